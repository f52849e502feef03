#pragma once
// The two static keys of a handshake with all that is derived from them once, and the pre-shared key of a token.

#include "crypto.h"

namespace esphome::oceanremote {

/// By which INIT names a hub key.
void hub_key_id(uint8_t out[HUB_KEY_ID_SIZE], const uint8_t public_key[KEY_SIZE]);

/// The hub's public key and what is derived from it once.
class HubKey {
 public:
  void set(const uint8_t public_key[KEY_SIZE]);
  [[nodiscard]] const uint8_t *public_key() const { return this->public_key_; }
  [[nodiscard]] const uint8_t *id() const { return this->id_; }
  [[nodiscard]] const uint8_t *mac1_key() const { return this->mac1_key_; }

 protected:
  uint8_t public_key_[KEY_SIZE]{};
  uint8_t id_[HUB_KEY_ID_SIZE]{};
  uint8_t mac1_key_[HASH_SIZE]{};
};

/// The device's static key with the two curve results that never change while it runs.
class StaticKey {
 public:
  /// Forgets what was cached.
  void set(const Key &private_key);
  void wipe();
  [[nodiscard]] bool has_public() const { return this->has_public_; }
  [[nodiscard]] bool has_shared() const { return this->has_shared_; }
  /// One curve operation each. WEAK_PUBLIC_KEY: the hub's.
  void prepare_public();
  /// The hub has another key now.
  void forget_shared() {
    this->shared_.wipe();
    this->has_shared_ = false;
  }
  [[nodiscard]] Error prepare_shared(const HubKey &hub);

  [[nodiscard]] const Key &private_key() const { return this->private_key_; }
  [[nodiscard]] const uint8_t *public_key() const { return this->public_key_; }
  [[nodiscard]] const Key &shared() const { return this->shared_; }

 protected:
  Key private_key_;
  Key shared_;
  uint8_t public_key_[KEY_SIZE]{};
  bool has_public_{false};
  bool has_shared_{false};
};

/// "123 456" and a terminator.
static constexpr size_t COMPARISON_CODE_SIZE = 8;

/// Six digits of a session that a person compares on both screens before he approves a new device: SHA-256 over a
/// label, both static public keys and the handshake hash, its first 64 bits modulo a million (docs/protocol.md).
void comparison_code(char out[COMPARISON_CODE_SIZE], const uint8_t hub_public[KEY_SIZE],
                     const uint8_t device_public[KEY_SIZE], const uint8_t handshake_hash[HASH_SIZE]);

/// psk = HKDF-SHA256(token, salt = MAC, info by purpose), 32 bytes.
void derive_psk(Key &psk, const Key &token, const uint8_t mac[MAC_SIZE], Purpose purpose);

}  // namespace esphome::oceanremote
