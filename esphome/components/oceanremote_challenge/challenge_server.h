#pragma once

#include <cerrno>
#include <cstdint>
#include <memory>

// The protocol itself is the Arduino library's, copied into the build by __init__.py.
#include "challenge/connection.h"
#include "challenge/sha1.h"
#include "challenge/sha256.h"
#include "challenge/sha512.h"
#include "challenge_entropy.h"
#include "challenge_listener.h"
#include "esphome/core/application.h"
#include "esphome/core/automation.h"
#include "esphome/core/component.h"
#include "esphome/core/helpers.h"
#include "esphome/core/log.h"

namespace esphome::oceanremote_challenge {

/// Challenges from the board's random source, conditioned: a source that is weak while the device
/// runs repeats one only if the start repeats its 32 bytes, too, at the same count
/// (docs/challenge-protocol.md, section 6).
template<class Sha> class ConditionedChallenges {
 public:
  [[nodiscard]] bool make(const challenge::FlashBytes &secret, uint8_t *out, uint8_t size,
                          typename Sha::State &workspace) {
    uint8_t seed[sizeof(this->start_) + 4];
    if (this->count_ == 0 && !first_random_bytes(this->start_, sizeof(this->start_)))
      return false;
    if (!random_bytes(seed, sizeof(this->start_)))
      return false;
    for (uint8_t i = 0; i < sizeof(this->start_); i++)
      seed[i] ^= this->start_[i];
    for (uint8_t i = 0; i < 4; i++)
      seed[sizeof(this->start_) + i] = static_cast<uint8_t>(this->count_ >> (8 * (3 - i)));
    this->count_++;
    challenge::derive_challenge<Sha>(secret, seed, sizeof(seed), out, size, workspace);
    challenge::wipe(seed, sizeof(seed));
    return true;
  }

 protected:
  uint8_t start_[32]{};
  uint32_t count_{0};  ///< 0 until the first challenge; 2^32 of them are no matter
};

/// Serves a bounded number of connections, each of them one challenge and one command.
///
/// One address may hold half of the connections, and where there is no room for another, the
/// peer that has kept its message back longest gives way: whoever holds connections open
/// leaves room for the hub. Nobody is ever locked out.
template<class Sha, uint8_t CONNECTIONS> class ChallengeServer : public Component {
 public:
  void set_port(uint16_t port) { this->port_ = port; }
  void set_profile(challenge::Mode mode, uint8_t wake_size, uint8_t challenge_size, uint16_t lifetime_ms) {
    this->profile_.mode = mode;
    this->profile_.wake_size = wake_size;
    this->profile_.challenge_size = challenge_size;
    this->profile_.lifetime_ms = lifetime_ms;
  }
  void set_secret(const uint8_t *secret, uint8_t size) { this->secret_ = {secret, size}; }
  void set_device_id(const uint8_t *device_id, uint8_t size) { this->device_id_ = {device_id, size}; }
  void set_commands(const uint8_t *commands, uint8_t size) {
    this->profile_.commands = {commands, size};
    this->triggers_.init(size);
    this->answers_.init(size);
  }
  /// How long the actions of a command may run before its response.
  void set_response_time(uint32_t milliseconds) { this->response_time_ = milliseconds; }
  /// In the order of set_commands().
  void add_trigger(Trigger<> *trigger) { this->triggers_.push_back(trigger); }
  /// Likewise, for all commands or none. The response is asked for when the command's
  /// actions have begun (`at_once`), or ended.
  void add_response(TemplatableFn<uint8_t> response, bool at_once) { this->answers_.push_back({response, at_once}); }

  float get_setup_priority() const override { return setup_priority::AFTER_WIFI; }

  void setup() override {
    if (!Connection::allows(this->profile_) || !this->key_.set(this->profile_.mode, this->secret_, this->device_id_) ||
        !this->listener_.open(this->port_)) {
      this->mark_failed();
    }
  }

  void dump_config() override {
    ESP_LOGCONFIG(TAG,
                  "OceanRemote challenge device:\n"
                  "  Port: %u\n"
                  "  Mode: %s\n"
                  "  MAC: %u bytes\n"
                  "  Wake-up, challenge: %u, %u bytes\n"
                  "  Commands: %u%s",
                  this->port_, this->profile_.mode == challenge::Mode::STRICT ? "strict" : "classic", Sha::SIZE,
                  this->profile_.wake_size, this->profile_.challenge_size, this->profile_.commands.size,
                  this->answers_.empty() ? "" : ", answered");
  }

  void loop() override {
    const uint32_t now = App.get_loop_component_start_time();
    this->accept_(now);
    for (auto &slot : this->slots_) {
      if (slot.socket != nullptr)
        this->serve_(slot, now);
    }
  }

 protected:
  using Connection = challenge::Connection<Sha, challenge::MAX_LENGTH>;
  using Step = challenge::Step;

  static constexpr const char *TAG = "oceanremote_challenge";
  static constexpr uint8_t SHARE = CONNECTIONS > 1 ? CONNECTIONS / 2 : 1;
  static constexpr uint32_t LOG_INTERVAL_MS = 5000;
  // Longer than any whole message, so that one read shows whether more waits behind it.
  static constexpr size_t READ_SIZE = 2 * challenge::MAX_LENGTH;

  struct Answer {
    TemplatableFn<uint8_t> response;
    bool at_once;
  };

  struct Slot {
    std::unique_ptr<socket::Socket> socket;
    PeerAddress peer;
    Connection connection;
    const uint8_t *outgoing{nullptr};
    uint8_t outgoing_size{0};
    uint8_t index{0};       ///< of the command that runs
    bool running{false};    ///< its response is still to come
    uint32_t opened_at{0};  ///< or when the command began
  };

  void accept_(uint32_t now) {
    PeerAddress peer;
    auto socket = this->listener_.accept(peer);
    if (socket == nullptr)
      return;
    Slot *const place = this->place_for_(peer, now);
    if (place == nullptr) {
      this->log_refusal_("too many connections", now);
      return;
    }
    place->socket = std::move(socket);
    place->peer = peer;
    place->opened_at = now;
    place->outgoing_size = 0;
    place->running = false;
    this->act_(*place, place->connection.open(this->profile_, now), now);
  }

  /// A place for a connection from `peer`; nullptr if there is none.
  Slot *place_for_(const PeerAddress &peer, uint32_t now) {
    Slot *free = nullptr;
    Slot *slowest = nullptr;
    Slot *slowest_of_peer = nullptr;
    uint8_t held = 0;
    for (auto &slot : this->slots_) {
      if (slot.socket == nullptr) {
        free = &slot;
        continue;
      }
      const bool own = slot.peer == peer;
      held += own ? 1 : 0;
      // Who knows the secret is no stranger.
      if (slot.running)
        continue;
      slowest = slower_(slowest, slot, now);
      if (own)
        slowest_of_peer = slower_(slowest_of_peer, slot, now);
    }
    if (free != nullptr && held < SHARE)
      return free;
    Slot *const place = held < SHARE ? slowest : slowest_of_peer;
    if (place == nullptr || place->connection.waited(now) < challenge::GIVE_WAY_MS)
      return nullptr;
    this->log_refusal_("slow, and others wait", now);
    close_(*place);
    return place;
  }

  static Slot *slower_(Slot *known, Slot &other, uint32_t now) {
    return known == nullptr || other.connection.waited(now) > known->connection.waited(now) ? &other : known;
  }

  void serve_(Slot &slot, uint32_t now) {
    if (!this->write_(slot)) {
      close_(slot);
      return;
    }
    uint8_t buffer[READ_SIZE];
    while (!slot.connection.closed() || slot.running) {
      const ssize_t size = slot.socket->read(buffer, sizeof(buffer));
      if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        break;
      if (size <= 0) {
        close_(slot);
        return;
      }
      for (ssize_t i = 0; i < size && !slot.connection.closed(); i++)
        this->act_(slot, slot.connection.receive(this->profile_, this->key_, buffer[i], i + 1 < size, now), now);
    }
    this->act_(slot, slot.connection.tick(this->profile_, now), now);
    this->respond_(slot, now);
    if (slot.running)
      return;
    const bool finished = slot.connection.closed() && slot.outgoing_size == 0;
    if (finished || now - slot.opened_at >= 3U * this->profile_.lifetime_ms)
      close_(slot);
  }

  /// Sends what is on its way before the end of the connection: on lwIP a socket that is only
  /// destroyed resets its connection, and the response is lost.
  static void close_(Slot &slot) {
    slot.socket->close();
    slot.socket.reset();
  }

  void act_(Slot &slot, Step step, uint32_t now) {
    switch (step) {
      case Step::WAIT:
        return;
      case Step::MAKE_CHALLENGE:
        if (!this->challenges_.make(this->secret_, slot.connection.challenge(), this->profile_.challenge_size,
                                    slot.connection.workspace())) {
          ESP_LOGE(TAG, "No random bytes");
          slot.connection.close();
          return;
        }
        slot.connection.begin_answer(this->profile_, now);
        this->queue_(slot, slot.connection.challenge(), this->profile_.challenge_size);
        return;
      case Step::EXECUTE:
        this->execute_(slot, now);
        return;
      case Step::REFUSE:
        this->log_refusal_(name_of_(slot.connection.cause()), now);
        return;
    }
  }

  void execute_(Slot &slot, uint32_t now) {
    const uint8_t command = slot.connection.command();
    slot.index = 0;
    while (this->profile_.commands[slot.index] != command)
      slot.index++;
    ESP_LOGI(TAG, "Command 0x%02X", command);
    slot.opened_at = now;
    slot.running = !this->answers_.empty();
    this->triggers_[slot.index]->trigger();
    this->respond_(slot, now);
  }

  /// Responds to a command that has come so far, or gives that up when its time is over.
  void respond_(Slot &slot, uint32_t now) {
    if (!slot.running)
      return;
    const Answer &answer = this->answers_[slot.index];
    if (!answer.at_once && this->triggers_[slot.index]->is_action_running()) {
      if (now - slot.opened_at < this->response_time_)
        return;
      slot.running = false;
      ESP_LOGW(TAG, "Command 0x%02X still runs: no response", slot.connection.command());
      return;
    }
    slot.running = false;
    slot.opened_at = now;
    this->queue_(slot, slot.connection.respond(this->key_, answer.response.value()), Sha::SIZE);
  }

  void queue_(Slot &slot, const uint8_t *data, uint8_t size) {
    slot.outgoing = data;
    slot.outgoing_size = size;
    if (!this->write_(slot))
      slot.connection.close();
  }

  /// Writes what is queued as far as the network takes it; false if the connection is gone.
  [[nodiscard]] bool write_(Slot &slot) {
    while (slot.outgoing_size > 0) {
      const ssize_t size = slot.socket->write(slot.outgoing, slot.outgoing_size);
      if (size <= 0) {
        const bool later = size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
        if (!later)
          slot.outgoing_size = 0;
        return later;
      }
      slot.outgoing += size;
      slot.outgoing_size -= static_cast<uint8_t>(size);
    }
    return true;
  }

  void log_refusal_(const char *what, uint32_t now) {
    if (this->logged_ && now - this->logged_at_ < LOG_INTERVAL_MS)
      return;
    this->logged_ = true;
    this->logged_at_ = now;
    ESP_LOGW(TAG, "Refused: %s", what);
  }

  static const char *name_of_(challenge::Cause cause) {
    switch (cause) {
      case challenge::Cause::EARLY_DATA:
        return "data before the challenge";
      case challenge::Cause::ANSWER_TOO_LONG:
        return "answer too long";
      case challenge::Cause::ANSWER_UNKNOWN:
        return "unknown answer";
      case challenge::Cause::EXPIRED:
        return "too late";
      case challenge::Cause::NONE:
        break;
    }
    return "closed";
  }

  ChallengeListener listener_;
  challenge::Profile profile_{};
  challenge::FlashBytes secret_{nullptr, 0};
  challenge::FlashBytes device_id_{nullptr, 0};
  challenge::DeviceKey<Sha> key_;
  ConditionedChallenges<Sha> challenges_;
  FixedVector<Trigger<> *> triggers_;
  FixedVector<Answer> answers_;
  Slot slots_[CONNECTIONS];
  uint32_t response_time_{0};
  uint32_t logged_at_{0};
  uint16_t port_{0};
  bool logged_{false};
};

}  // namespace esphome::oceanremote_challenge
