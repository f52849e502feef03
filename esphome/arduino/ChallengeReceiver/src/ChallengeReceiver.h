#pragma once

// Commands of one byte, authenticated, for boards too small for everything else.
// Header-only, C++11, no heap. The protocol: docs/challenge-protocol.md.

#include "challenge/boot_counter.h"
#include "challenge/connection.h"
#include "challenge/sha1.h"
#include "challenge/sha256.h"
#include "challenge/sha512.h"

namespace challenge {

/// Serves one connection at a time; a peer that keeps its message back gives way to others.
///
/// `Transport`: `bool connected()` (true while a peer is there or bytes of it wait; accepts
/// the next one), `int available()`, `uint8_t read()`, `void write(const uint8_t *, uint8_t)`,
/// `void close()`, `bool next()` (true if another peer waits: it takes the place of this
/// one, which is closed), `uint32_t now()` (milliseconds, may wrap).
/// `Challenges`: `bool make(uint8_t *out, uint8_t size, Sha::State &workspace)`, false if
/// there is none to give; what it leaves in the workspace is overwritten.
template<class Sha, class Transport, class Challenges, uint8_t MAX_CHALLENGE = MIN_STRICT_CHALLENGE> class Receiver {
 public:
  /// Carries out `command` and returns the response byte.
  using Handler = uint8_t (*)(uint8_t command);

  Receiver(Transport &transport, Challenges &challenges) : transport_(transport), challenges_(challenges) {}

  /// `responds` is false for a device whose hub has no response table. `profile` must stay
  /// where it is. Returns false, and serves nobody, if the parameters are outside of the
  /// protocol.
  CHALLENGE_NODISCARD bool begin(const Profile &profile, const FlashBytes &secret, const FlashBytes &device_id,
                                 Handler handler, bool responds) {
    this->profile_ = &profile;
    this->handler_ = handler;
    this->responds_ = responds;
    this->ready_ = Connection<Sha, MAX_CHALLENGE>::allows(profile) && this->key_.set(profile.mode, secret, device_id);
    return this->ready_;
  }

  /// To be called often; does not wait.
  void loop() {
    if (!this->ready_)
      return;
    if (!this->transport_.connected()) {
      this->serving_ = false;
      this->connection_.close();
      return;
    }
    if (this->serving_ && this->connection_.waited(this->transport_.now()) >= GIVE_WAY_MS && this->transport_.next())
      this->serving_ = false;
    if (!this->serving_) {
      this->serving_ = true;
      this->act_(this->connection_.open(*this->profile_, this->transport_.now()));
    }
    while (this->serving_ && this->transport_.available() > 0) {
      const uint8_t byte = this->transport_.read();
      const bool more = this->transport_.available() > 0;
      this->act_(this->connection_.receive(*this->profile_, this->key_, byte, more, this->transport_.now()));
    }
    if (this->serving_)
      this->act_(this->connection_.tick(*this->profile_, this->transport_.now()));
  }

 protected:
  void act_(Step step) {
    switch (step) {
      case Step::WAIT:
        return;
      case Step::MAKE_CHALLENGE:
        if (this->challenges_.make(this->connection_.challenge(), this->profile_->challenge_size,
                                   this->connection_.workspace())) {
          this->connection_.begin_answer(*this->profile_, this->transport_.now());
          this->transport_.write(this->connection_.challenge(), this->profile_->challenge_size);
          return;
        }
        break;
      case Step::EXECUTE: {
        const uint8_t response = this->handler_(this->connection_.command());
        if (this->responds_)
          this->transport_.write(this->connection_.respond(this->key_, response), Sha::SIZE);
        break;
      }
      case Step::REFUSE:
        break;
    }
    this->connection_.close();
    this->serving_ = false;
    this->transport_.close();
  }

  Transport &transport_;
  Challenges &challenges_;
  const Profile *profile_{nullptr};
  Handler handler_{nullptr};
  DeviceKey<Sha> key_;
  Connection<Sha, MAX_CHALLENGE> connection_;
  bool responds_{false};
  bool ready_{false};
  bool serving_{false};
};

}  // namespace challenge
