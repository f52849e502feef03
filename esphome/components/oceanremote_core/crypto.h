#pragma once
// X25519 (RFC 7748), ChaCha20-Poly1305 (RFC 8439) and SHA-256 as primitives.h has them; HMAC (RFC 2104) and HKDF
// (RFC 5869) are built here. Nothing is to be initialized, nothing draws random bytes.

#include "bytes.h"
#include "errors.h"
#include "flash_text.h"
#include "frames.h"
#include "primitives.h"

namespace esphome::oceanremote {

/// N secret bytes with one owner: not copyable, wiped on every exit.
template<size_t N> class Secret {
 public:
  Secret() = default;
  ~Secret() { this->wipe(); }
  Secret(const Secret &) = delete;
  Secret &operator=(const Secret &) = delete;

  [[nodiscard]] uint8_t *data() { return this->bytes_; }
  [[nodiscard]] const uint8_t *data() const { return this->bytes_; }
  [[nodiscard]] static constexpr size_t size() { return N; }
  [[nodiscard]] ByteView view() const { return {this->bytes_, N}; }
  void assign(const uint8_t *bytes) { std::memcpy(this->bytes_, bytes, N); }
  void assign(const Secret &other) { std::memcpy(this->bytes_, other.bytes_, N); }
  /// Moves the value here and wipes it there.
  void take(Secret &other) {
    this->assign(other);
    other.wipe();
  }
  void wipe() { wipe_bytes(this->bytes_, N); }

 protected:
  uint8_t bytes_[N]{};
};

using Key = Secret<KEY_SIZE>;

/// Equality in constant time.
[[nodiscard]] bool equal_secret(const uint8_t *a, const uint8_t *b, size_t size);

/// public_key = X25519(private_key, 9). One curve operation, about 2 KB of stack on a board.
void x25519_public(uint8_t public_key[KEY_SIZE], const Key &private_key);

/// shared = X25519(private_key, peer_public). One curve operation. WEAK_PUBLIC_KEY when the result is all zero
/// (RFC 7748 section 6.1); shared is then wiped.
[[nodiscard]] Error x25519(Key &shared, const Key &private_key, const uint8_t peer_public[KEY_SIZE]);

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256 &) = delete;
  Sha256 &operator=(const Sha256 &) = delete;

  void update(ByteView data);
  void update(FlashText text);
  /// Writes the digest and starts over.
  void finish(uint8_t digest[HASH_SIZE]);

 protected:
  primitives::Sha256State state_;
};

class HmacSha256 {
 public:
  explicit HmacSha256(ByteView key);
  ~HmacSha256();
  HmacSha256(const HmacSha256 &) = delete;
  HmacSha256 &operator=(const HmacSha256 &) = delete;

  void update(ByteView data) { this->inner_.update(data); }
  void finish(uint8_t tag[HASH_SIZE]);

 protected:
  Sha256 inner_;
  uint8_t outer_pad_[64];
};

/// HKDF-SHA256 with 32 bytes of output (RFC 5869).
void hkdf_sha256(Key &out, ByteView ikm, ByteView salt, ByteView info);

/// Noise's HKDF (Noise section 4.3) with two or three outputs; out3 may be null. Outputs may alias chaining_key.
void noise_hkdf(const Key &chaining_key, ByteView ikm, Key &out1, Key &out2, Key *out3);

/// A nonce of ChaCha20-Poly1305 as Noise counts it: 4 zero bytes, u64 little-endian (Noise section 12.3).
struct Nonce {
  explicit Nonce(uint64_t counter);
  explicit Nonce(const uint8_t (&bytes_in)[12]) { std::memcpy(this->bytes, bytes_in, sizeof(this->bytes)); }
  uint8_t bytes[12];
};

/// ChaCha20-Poly1305 (RFC 8439) in place. data has room for size + TAG_SIZE.
void aead_seal(const Key &key, const Nonce &nonce, ByteView associated_data, uint8_t *data, size_t size);
/// size counts the tag. AUTHENTICATION_FAILED leaves data as it was.
[[nodiscard]] Error aead_open(const Key &key, const Nonce &nonce, ByteView associated_data, uint8_t *data, size_t size);

}  // namespace esphome::oceanremote
