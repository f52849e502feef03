#pragma once

// The keys and MACs of docs/challenge-protocol.md, sections 4 to 6.

#include "digest.h"

namespace challenge {

static const char STRICT_KEY_LABEL[] CHALLENGE_FLASH = "oceanremote-challenge/1 strict";
static const char CHALLENGE_KEY_LABEL[] CHALLENGE_FLASH = "oceanremote-challenge/1 challenge";
static const char MAC_LABEL[] CHALLENGE_FLASH = "oc-challenge/1";

static constexpr uint8_t NONCE_SIZE = 16;
static constexpr uint8_t MIN_STRICT_CHALLENGE = 16;
static constexpr uint8_t MAX_LENGTH = 64;  // of wake-up, challenge, secret and tables
static constexpr uint8_t MIN_STRICT_SECRET = 16;
static constexpr uint8_t MAX_DEVICE_ID = 32;

enum class Mode : uint8_t { CLASSIC, STRICT };

/// What both sides contributed to one connection.
template<uint8_t MAX_CHALLENGE> struct Exchange {
  uint8_t nonce[NONCE_SIZE];
  uint8_t challenge[MAX_CHALLENGE];
  uint8_t challenge_size;
};

template<size_t SIZE> inline FlashBytes flash_text(const char (&text)[SIZE]) {
  return FlashBytes{text, static_cast<uint8_t>(SIZE - 1)};
}

/// A secret whose bytes are no text.
template<size_t SIZE> inline FlashBytes flash_text(const uint8_t (&bytes)[SIZE]) {
  return FlashBytes{bytes, static_cast<uint8_t>(SIZE)};
}

/// The key of one device: the secret itself (classic) or K (strict), kept as the two states
/// that HMAC begins with. A MAC over a short message then takes two compressions, not four.
template<class Sha> class DeviceKey {
 public:
  DeviceKey() {}
  DeviceKey(const DeviceKey &) = delete;
  DeviceKey &operator=(const DeviceKey &) = delete;
  ~DeviceKey() {
    wipe(&this->inner_, sizeof(this->inner_));
    wipe(&this->outer_, sizeof(this->outer_));
  }

  /// Refuses what the mode does not allow. The secret is not kept.
  CHALLENGE_NODISCARD bool set(Mode mode, const FlashBytes &secret, const FlashBytes &device_id) {
    const bool strict = mode == Mode::STRICT;
    if (secret.size < (strict ? MIN_STRICT_SECRET : 1) || secret.size > MAX_LENGTH)
      return false;
    if (strict ? device_id.size < 1 || device_id.size > MAX_DEVICE_ID : device_id.size != 0)
      return false;
    this->mode_ = mode;
    this->derive_(secret, device_id);
    return true;
  }

  /// Whether `answer` stands for `command`.
  template<uint8_t MAX>
  CHALLENGE_NODISCARD CHALLENGE_NOINLINE bool verify(const Exchange<MAX> &exchange, uint8_t command,
                                                     const uint8_t *answer) const {
    Digest<Sha> mac;
    this->add_head_(mac, exchange, 'C');
    this->add_byte_(mac, command);
    mac.finish_keyed(this->outer_);
    return mac.equals(answer);
  }

  /// Writes what stands for `response` to `command`.
  template<uint8_t MAX>
  CHALLENGE_NOINLINE void respond(const Exchange<MAX> &exchange, uint8_t command, uint8_t response,
                                  uint8_t *out) const {
    Digest<Sha> mac;
    this->add_head_(mac, exchange, 'R');
    if (this->mode_ == Mode::STRICT)
      this->add_byte_(mac, command);
    this->add_byte_(mac, response);
    mac.finish_keyed(this->outer_);
    mac.write(out, Sha::SIZE);
  }

 protected:
  CHALLENGE_NOINLINE void derive_(const FlashBytes &secret, const FlashBytes &device_id) {
    Digest<Sha> mac;
    mac.start_keyed(secret, secret.size, this->outer_);
    if (this->mode_ == Mode::STRICT) {
      mac.add(flash_text(STRICT_KEY_LABEL));
      mac.add(device_id.size);
      mac.add(device_id);
      mac.finish_keyed(this->outer_);
      this->outer_ = mac.state();
      mac.start_keyed(typename Digest<Sha>::Bytes{this->outer_}, Sha::SIZE, this->outer_);
    }
    this->inner_ = mac.state();
  }

  template<uint8_t MAX>
  CHALLENGE_NOINLINE void add_head_(Digest<Sha> &mac, const Exchange<MAX> &exchange, char direction) const {
    mac.resume(this->inner_);
    if (this->mode_ == Mode::STRICT) {
      mac.add(static_cast<uint8_t>(sizeof(MAC_LABEL) - 1));
      mac.add(flash_text(MAC_LABEL));
      this->add_byte_(mac, static_cast<uint8_t>(direction));
      mac.add(NONCE_SIZE);
      mac.add(exchange.nonce, NONCE_SIZE);
      mac.add(exchange.challenge_size);
    }
    mac.add(exchange.challenge, exchange.challenge_size);
  }
  void add_byte_(Digest<Sha> &mac, uint8_t byte) const {
    if (this->mode_ == Mode::STRICT)
      mac.add(static_cast<uint8_t>(1));
    mac.add(byte);
  }

  typename Sha::State inner_;
  typename Sha::State outer_;
  Mode mode_{Mode::STRICT};
};

/// Stretches a seed that never repeats under `secret` into a challenge (section 6).
/// `workspace` holds keys on the way and is wiped.
template<class Sha>
CHALLENGE_NOINLINE void derive_challenge(const FlashBytes &secret, const uint8_t *seed, uint8_t seed_size, uint8_t *out,
                                         uint8_t size, typename Sha::State &workspace) {
  Digest<Sha> mac;
  for (uint8_t done = 0; done < size; done += Sha::SIZE) {
    mac.start_keyed(secret, secret.size, workspace);
    mac.add(flash_text(CHALLENGE_KEY_LABEL));
    mac.finish_keyed(workspace);
    workspace = mac.state();
    mac.start_keyed(typename Digest<Sha>::Bytes{workspace}, Sha::SIZE, workspace);
    mac.add(seed, seed_size);
    mac.add(static_cast<uint8_t>(done / Sha::SIZE));
    mac.finish_keyed(workspace);
    const uint8_t rest = size - done;
    mac.write(out + done, rest < Sha::SIZE ? rest : Sha::SIZE);
  }
  wipe(&workspace, sizeof(workspace));
}

}  // namespace challenge
