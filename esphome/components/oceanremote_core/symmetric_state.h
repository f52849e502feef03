#pragma once
// Noise's SymmetricState (Noise section 5.2) for 25519_ChaChaPoly_SHA256.

#include "crypto.h"

namespace esphome::oceanremote {

class SymmetricState {
 public:
  /// h = protocol name (hashed if longer than 32 bytes), ck = h.
  void initialize(FlashText protocol_name);
  void mix_hash(ByteView data);
  void mix_key(ByteView ikm);
  void mix_key_and_hash(const Key &psk);
  /// Seals size bytes in place (room for TAG_SIZE more) and mixes the result into h.
  void encrypt_and_hash(uint8_t *data, size_t size);
  /// Opens in place; size counts the tag. On failure neither data nor this state has changed.
  [[nodiscard]] Error decrypt_and_hash(uint8_t *data, size_t size);
  /// first: initiator to responder. This state is wiped but for the hash.
  void split(Key &first, Key &second);
  /// A trial copy: the caller decides later which of the two goes on.
  void copy_from(const SymmetricState &other);
  void wipe();

  [[nodiscard]] const uint8_t *hash() const { return this->hash_; }

 protected:
  Key chaining_key_;
  Key cipher_key_;
  uint8_t hash_[HASH_SIZE]{};
  uint64_t nonce_{0};
};

}  // namespace esphome::oceanremote
