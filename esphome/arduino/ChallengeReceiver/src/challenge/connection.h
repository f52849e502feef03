#pragma once

// One connection to a receiver: docs/challenge-protocol.md, section 3. No I/O: bytes and
// milliseconds in, a Step out.

#include "mac.h"

namespace challenge {

/// A peer whose message is not complete after this long gives way when another one wants in.
static const uint16_t GIVE_WAY_MS = 500;

/// The parameters that both ends share, and how long this end waits.
struct Profile {
  Mode mode;
  uint8_t wake_size;
  uint8_t challenge_size;
  FlashBytes commands;
  uint16_t lifetime_ms;
};

enum class Step : uint8_t {
  WAIT,            ///< nothing to do until more bytes, or time, arrive
  MAKE_CHALLENGE,  ///< fill challenge(), call begin_answer(), write it
  EXECUTE,         ///< carry out command(); respond() if the device responds
  REFUSE,          ///< close, say nothing; cause() is for the device's own log
};

enum class Cause : uint8_t { NONE, EARLY_DATA, ANSWER_TOO_LONG, ANSWER_UNKNOWN, EXPIRED };

template<class Sha, uint8_t MAX_CHALLENGE> class Connection {
 public:
  static_assert(MAX_CHALLENGE >= 1 && MAX_CHALLENGE <= MAX_LENGTH, "challenges have 1 to 64 bytes");

  /// Whether this build can serve `profile`.
  CHALLENGE_NODISCARD static bool allows(const Profile &profile) {
    if (profile.challenge_size < 1 || profile.challenge_size > MAX_CHALLENGE || profile.wake_size > MAX_LENGTH)
      return false;
    if (profile.commands.size < 1 || profile.commands.size > MAX_LENGTH || profile.lifetime_ms == 0)
      return false;
    return profile.mode == Mode::CLASSIC ||
           (profile.wake_size == NONCE_SIZE && profile.challenge_size >= MIN_STRICT_CHALLENGE);
  }

  /// A peer connected; a profile without wake-up bytes asks for the challenge at once.
  CHALLENGE_NODISCARD Step open(const Profile &profile, uint32_t now) {
    this->state_ = State::WAKE;
    this->cause_ = Cause::NONE;
    this->received_ = 0;
    this->since_ = now;
    return profile.wake_size == 0 ? Step::MAKE_CHALLENGE : Step::WAIT;
  }

  /// Where the challenge goes, `challenge_size` bytes of it.
  uint8_t *challenge() { return this->exchange_.challenge; }
  const uint8_t *challenge() const { return this->exchange_.challenge; }

  /// Free to use while the challenge is made.
  typename Sha::State &workspace() { return this->workspace_; }

  /// The challenge is made: from now on the answer is awaited.
  void begin_answer(const Profile &profile, uint32_t now) {
    this->exchange_.challenge_size = profile.challenge_size;
    this->state_ = State::ANSWER;
    this->received_ = 0;
    this->since_ = now;
  }

  /// Takes one byte; `more` says whether others wait behind it.
  CHALLENGE_NODISCARD CHALLENGE_NOINLINE Step receive(const Profile &profile, const DeviceKey<Sha> &key, uint8_t byte,
                                                      bool more, uint32_t now) {
    if (this->state_ == State::CLOSED)
      return Step::WAIT;
    if (this->expired_(profile, now))
      return this->refuse_(Cause::EXPIRED);
    if (this->state_ == State::WAKE)
      return this->receive_wake_(profile, byte, more);
    this->answer_[this->received_++] = byte;
    if (this->received_ < Sha::SIZE)
      return Step::WAIT;
    if (more)
      return this->refuse_(Cause::ANSWER_TOO_LONG);
    return this->match_(profile, key);
  }

  /// To be called often while a connection is open.
  CHALLENGE_NODISCARD CHALLENGE_NOINLINE Step tick(const Profile &profile, uint32_t now) {
    if (this->state_ == State::CLOSED || !this->expired_(profile, now))
      return Step::WAIT;
    return this->refuse_(Cause::EXPIRED);
  }

  /// For how long the message that is due, wake-up or answer, has not been complete.
  uint32_t waited(uint32_t now) const { return now - this->since_; }

  /// The peer went away.
  void close() { this->state_ = State::CLOSED; }

  uint8_t command() const { return this->command_; }
  Cause cause() const { return this->cause_; }
  bool closed() const { return this->state_ == State::CLOSED; }

  /// After EXECUTE, once: returns the `Sha::SIZE` bytes that prove `response`.
  const uint8_t *respond(const DeviceKey<Sha> &key, uint8_t response) {
    key.respond(this->exchange_, this->command_, response, this->answer_);
    return this->answer_;
  }

 protected:
  enum class State : uint8_t { CLOSED, WAKE, ANSWER };

  bool expired_(const Profile &profile, uint32_t now) const { return this->waited(now) >= profile.lifetime_ms; }

  Step receive_wake_(const Profile &profile, uint8_t byte, bool more) {
    if (this->received_ < NONCE_SIZE)
      this->exchange_.nonce[this->received_] = byte;
    this->received_++;
    if (this->received_ < profile.wake_size)
      return Step::WAIT;
    return more ? this->refuse_(Cause::EARLY_DATA) : Step::MAKE_CHALLENGE;
  }

  // Every command is tried, whichever matches: the time tells nothing about it.
  Step match_(const Profile &profile, const DeviceKey<Sha> &key) {
    bool found = false;
    for (uint8_t i = 0; i < profile.commands.size; i++) {
      const uint8_t command = profile.commands[i];
      if (key.verify(this->exchange_, command, this->answer_) && !found) {
        this->command_ = command;
        found = true;
      }
    }
    if (!found)
      return this->refuse_(Cause::ANSWER_UNKNOWN);
    this->state_ = State::CLOSED;
    return Step::EXECUTE;
  }

  Step refuse_(Cause cause) {
    this->state_ = State::CLOSED;
    this->cause_ = cause;
    return Step::REFUSE;
  }

  Exchange<MAX_CHALLENGE> exchange_;
  union {
    typename Sha::State workspace_;
    uint8_t answer_[Sha::SIZE];  // as it arrives; then the response
  };
  uint32_t since_{0};
  uint8_t received_{0};
  uint8_t command_{0};
  State state_{State::CLOSED};
  Cause cause_{Cause::NONE};
};

}  // namespace challenge
