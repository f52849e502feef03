#pragma once
// What the firmware takes from a cryptographic library. On an ESP8266 and an RP2 that is BearSSL, which Arduino brings
// (docs/adr/0005): smaller and faster there than libsodium, which serves everywhere else. Neither branches on secrets
// nor indexes with them.

#include "bytes.h"

#if defined(USE_ESP8266) || defined(USE_RP2)
#define OCEANREMOTE_BEARSSL_PRIMITIVES
#include <bearssl/bearssl_hash.h>
#else
#include <sodium.h>
#endif

namespace esphome::oceanremote {

/// Overwrites secret bytes in a way that no optimizer leaves out.
void wipe_bytes(void *data, size_t size);

namespace primitives {

#ifdef OCEANREMOTE_BEARSSL_PRIMITIVES
using Sha256State = br_sha256_context;
#else
using Sha256State = crypto_hash_sha256_state;
#endif

void sha256_init(Sha256State &state);
void sha256_update(Sha256State &state, ByteView data);
void sha256_final(Sha256State &state, uint8_t digest[32]);

/// RFC 7748, with the private key clamped. All zero for a point of small order: the caller looks.
void x25519(uint8_t out[32], const uint8_t private_key[32], const uint8_t point[32]);
/// The same with the base point.
void x25519_base(uint8_t out[32], const uint8_t private_key[32]);

/// RFC 8439 section 2.4, in place.
void chacha20(const uint8_t key[32], const uint8_t nonce[12], uint32_t counter, uint8_t *data, size_t size);
/// RFC 8439 section 2.8: the tag over associated data and ciphertext.
void aead_tag(const uint8_t key[32], const uint8_t nonce[12], ByteView associated_data, ByteView ciphertext,
              uint8_t tag[16]);

}  // namespace primitives
}  // namespace esphome::oceanremote
