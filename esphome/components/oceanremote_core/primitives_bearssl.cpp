#include "primitives.h"

#ifdef OCEANREMOTE_BEARSSL_PRIMITIVES

#include <bearssl/bearssl_block.h>
#include <bearssl/bearssl_ec.h>

namespace esphome::oceanremote {

void wipe_bytes(void *data, size_t size) {
  std::memset(data, 0, size);
  // What reads memory that the compiler cannot see keeps the writes.
  __asm__ __volatile__("" : : "r"(data) : "memory");
}

namespace primitives {

void sha256_init(Sha256State &state) { br_sha256_init(&state); }
void sha256_update(Sha256State &state, ByteView data) { br_sha256_update(&state, data.data, data.size); }
void sha256_final(Sha256State &state, uint8_t digest[32]) { br_sha256_out(&state, digest); }

void x25519(uint8_t out[32], const uint8_t private_key[32], const uint8_t point[32]) {
  uint8_t copy[32];
  std::memcpy(copy, point, sizeof(copy));
  // m15: products of 15 bits, for processors without a fast multiplication of more. Fails only for other sizes.
  (void) br_ec_c25519_m15.mul(copy, sizeof(copy), private_key, 32, BR_EC_curve25519);
  std::memcpy(out, copy, sizeof(copy));
}

void x25519_base(uint8_t out[32], const uint8_t private_key[32]) {
  const uint8_t base[32] = {9};
  x25519(out, private_key, base);
}

void chacha20(const uint8_t key[32], const uint8_t nonce[12], uint32_t counter, uint8_t *data, size_t size) {
  (void) br_chacha20_ct_run(key, nonce, counter, data, size);
}

/// Makes the key of the tag (block 0) and leaves the data, which begin with block 1, as they are.
static uint32_t tag_key_only(const void *key, const void *nonce, uint32_t counter, void *data, size_t size) {
  return counter == 0 ? br_chacha20_ct_run(key, nonce, counter, data, size) : counter;
}

void aead_tag(const uint8_t key[32], const uint8_t nonce[12], ByteView associated_data, ByteView ciphertext,
              uint8_t tag[16]) {
  // BearSSL would decrypt in the same call, before anybody has compared the tag. Nothing is written through this
  // pointer, which its interface has for that.
  auto *data = const_cast<uint8_t *>(ciphertext.data);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  br_poly1305_ctmul32_run(key, nonce, data, ciphertext.size, associated_data.data, associated_data.size, tag,
                          tag_key_only, 0);
}

}  // namespace primitives
}  // namespace esphome::oceanremote

#endif
