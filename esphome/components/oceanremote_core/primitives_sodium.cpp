#include "primitives.h"

#ifndef OCEANREMOTE_BEARSSL_PRIMITIVES

namespace esphome::oceanremote {

static_assert(crypto_scalarmult_curve25519_BYTES == 32, "X25519 key size");
static_assert(crypto_onetimeauth_poly1305_BYTES == 16, "Poly1305 tag size");
static_assert(crypto_hash_sha256_BYTES == 32, "SHA-256 size");

void wipe_bytes(void *data, size_t size) { sodium_memzero(data, size); }

namespace primitives {

void sha256_init(Sha256State &state) { (void) crypto_hash_sha256_init(&state); }
void sha256_update(Sha256State &state, ByteView data) {
  if (data.size != 0)
    (void) crypto_hash_sha256_update(&state, data.data, data.size);
}
void sha256_final(Sha256State &state, uint8_t digest[32]) { (void) crypto_hash_sha256_final(&state, digest); }

void x25519(uint8_t out[32], const uint8_t private_key[32], const uint8_t point[32]) {
  // Its own check for points of small order, which trimmed builds may leave out, leaves what is there.
  if (crypto_scalarmult_curve25519(out, private_key, point) != 0)
    std::memset(out, 0, 32);
}

void x25519_base(uint8_t out[32], const uint8_t private_key[32]) {
  // Fails only for null pointers: the base point has full order.
  (void) crypto_scalarmult_curve25519_base(out, private_key);
}

void chacha20(const uint8_t key[32], const uint8_t nonce[12], uint32_t counter, uint8_t *data, size_t size) {
  (void) crypto_stream_chacha20_ietf_xor_ic(data, data, size, nonce, counter, key);
}

static void store_le64(uint8_t out[8], uint64_t value) {
  for (size_t i = 0; i < 8; i++)
    out[i] = static_cast<uint8_t>(value >> (8 * i));
}

static void update_padded(crypto_onetimeauth_poly1305_state &state, ByteView data) {
  const uint8_t zeros[16] = {};
  if (data.size == 0)
    return;
  (void) crypto_onetimeauth_poly1305_update(&state, data.data, data.size);
  if (data.size % 16 != 0)
    (void) crypto_onetimeauth_poly1305_update(&state, zeros, 16 - data.size % 16);
}

void aead_tag(const uint8_t key[32], const uint8_t nonce[12], ByteView associated_data, ByteView ciphertext,
              uint8_t tag[16]) {
  uint8_t block[64] = {};
  chacha20(key, nonce, 0, block, sizeof(block));
  crypto_onetimeauth_poly1305_state state;
  (void) crypto_onetimeauth_poly1305_init(&state, block);
  update_padded(state, associated_data);
  update_padded(state, ciphertext);
  store_le64(block, associated_data.size);
  store_le64(block + 8, ciphertext.size);
  (void) crypto_onetimeauth_poly1305_update(&state, block, 16);
  (void) crypto_onetimeauth_poly1305_final(&state, tag);
  wipe_bytes(block, sizeof(block));
  wipe_bytes(&state, sizeof(state));
}

}  // namespace primitives
}  // namespace esphome::oceanremote

#endif
