#pragma once

// A receiver on the host with a transport in memory, and the sender's side of its MACs.

#include <deque>
#include "ChallengeReceiver.h"
#include "vectors.h"

inline challenge::FlashBytes view(const Bytes &bytes) {
  return challenge::FlashBytes{bytes.data(), static_cast<uint8_t>(bytes.size())};
}

struct MemoryTransport {
  bool open{false};
  bool another{false};  ///< a second peer waits
  std::deque<uint8_t> input;
  Bytes output;
  uint32_t time{0};
  unsigned closed{0};

  bool connected() const { return this->open; }
  int available() const { return static_cast<int>(this->input.size()); }
  uint8_t read() {
    const uint8_t byte = this->input.front();
    this->input.pop_front();
    return byte;
  }
  void write(const uint8_t *data, uint8_t size) { this->output.insert(this->output.end(), data, data + size); }
  void close() {
    this->open = false;
    this->input.clear();
    this->closed++;
  }
  bool next() {
    if (!this->another)
      return false;
    this->close();
    this->open = true;
    this->another = false;
    return true;
  }
  uint32_t now() const { return this->time; }
};

/// Challenges that a test chose, or none.
template<class Sha> struct GivenChallenges {
  Bytes next;
  bool make(uint8_t *out, uint8_t size, typename Sha::State &) {
    if (this->next.size() < size)
      return false;
    memcpy(out, this->next.data(), size);
    return true;
  }
};

/// A receiver of any hash, seen from the network.
class AnyPeer {
 public:
  virtual ~AnyPeer() {}
  virtual void loop() = 0;
  virtual Bytes &next_challenge() = 0;

  void connect() {
    this->transport.open = true;
    this->transport.output.clear();
    this->loop();
  }
  Bytes send(const Bytes &bytes) {
    this->transport.output.clear();
    this->transport.input.insert(this->transport.input.end(), bytes.begin(), bytes.end());
    this->loop();
    return this->transport.output;
  }
  Bytes send_slowly(const Bytes &bytes) {
    Bytes all;
    for (uint8_t byte : bytes) {
      const Bytes output = this->send(Bytes{byte});
      all.insert(all.end(), output.begin(), output.end());
    }
    return all;
  }

  static Bytes &executed() {
    static Bytes commands;
    return commands;
  }
  static uint8_t execute(uint8_t command) {
    executed().push_back(command);
    return 0x01;
  }

  MemoryTransport transport;
  bool ready{false};
};

template<class Sha> class Peer : public AnyPeer {
 public:
  Peer(challenge::Mode mode, const Bytes &secret, const Bytes &device_id, uint8_t wake, const Bytes &challenge,
       const Bytes &commands, bool responds = true)
      : secret_(secret), device_id_(device_id), commands_(commands), receiver_(this->transport, this->challenges_) {
    executed().clear();
    this->challenges_.next = challenge;
    this->profile_ =
        challenge::Profile{mode, wake, static_cast<uint8_t>(challenge.size()), view(this->commands_), 2000};
    this->ready = this->receiver_.begin(this->profile_, view(this->secret_), view(this->device_id_), execute, responds);
  }
  void loop() override { this->receiver_.loop(); }
  Bytes &next_challenge() override { return this->challenges_.next; }

 protected:
  Bytes secret_, device_id_, commands_;
  challenge::Profile profile_;
  GivenChallenges<Sha> challenges_;
  challenge::Receiver<Sha, MemoryTransport, GivenChallenges<Sha>, challenge::MAX_LENGTH> receiver_;
};
