#include "crypto.h"

#include <algorithm>

namespace esphome::oceanremote {

static_assert(KEY_SIZE == 32 && TAG_SIZE == 16 && HASH_SIZE == 32, "the primitives' sizes");

static constexpr size_t HMAC_BLOCK = 64;

bool equal_secret(const uint8_t *a, const uint8_t *b, size_t size) {
  // volatile keeps the compiler from leaving the loop early
  volatile uint8_t difference = 0;
  for (size_t i = 0; i < size; i++)
    difference = static_cast<uint8_t>(difference | (a[i] ^ b[i]));
  return difference == 0;
}

static bool is_zero(const uint8_t *bytes, size_t size) {
  volatile uint8_t sum = 0;
  for (size_t i = 0; i < size; i++)
    sum = static_cast<uint8_t>(sum | bytes[i]);
  return sum == 0;
}

void x25519_public(uint8_t public_key[KEY_SIZE], const Key &private_key) {
  primitives::x25519_base(public_key, private_key.data());
}

Error x25519(Key &shared, const Key &private_key, const uint8_t peer_public[KEY_SIZE]) {
  primitives::x25519(shared.data(), private_key.data(), peer_public);
  if (is_zero(shared.data(), KEY_SIZE)) {
    shared.wipe();
    return Error::WEAK_PUBLIC_KEY;
  }
  return Error::NONE;
}

Sha256::Sha256() { primitives::sha256_init(this->state_); }

Sha256::~Sha256() { wipe_bytes(&this->state_, sizeof(this->state_)); }

void Sha256::update(ByteView data) {
  if (data.size != 0)
    primitives::sha256_update(this->state_, data);
}

void Sha256::update(FlashText text) {
  uint8_t part[16];
  for (size_t at = 0; at < text.size(); at += sizeof(part)) {
    const size_t size = std::min<size_t>(text.size() - at, sizeof(part));
    text.copy_to(part, at, size);
    this->update(ByteView{part, size});
  }
}

void Sha256::finish(uint8_t digest[HASH_SIZE]) {
  primitives::sha256_final(this->state_, digest);
  primitives::sha256_init(this->state_);
}

HmacSha256::HmacSha256(ByteView key) {
  uint8_t padded[HMAC_BLOCK] = {};
  if (key.size > HMAC_BLOCK) {
    this->inner_.update(key);
    this->inner_.finish(padded);
  } else if (key.size != 0) {
    std::memcpy(padded, key.data, key.size);
  }
  for (size_t i = 0; i < HMAC_BLOCK; i++) {
    this->outer_pad_[i] = padded[i] ^ 0x5C;
    padded[i] ^= 0x36;
  }
  this->inner_.update(ByteView{padded});
  wipe_bytes(padded, sizeof(padded));
}

HmacSha256::~HmacSha256() { wipe_bytes(this->outer_pad_, sizeof(this->outer_pad_)); }

void HmacSha256::finish(uint8_t tag[HASH_SIZE]) {
  uint8_t digest[HASH_SIZE];
  this->inner_.finish(digest);
  this->inner_.update(ByteView{this->outer_pad_});
  this->inner_.update(ByteView{digest});
  this->inner_.finish(tag);
  wipe_bytes(digest, sizeof(digest));
}

void hkdf_sha256(Key &out, ByteView ikm, ByteView salt, ByteView info) {
  Key pseudorandom;
  {
    HmacSha256 extract(salt);
    extract.update(ikm);
    extract.finish(pseudorandom.data());
  }
  const uint8_t first_block[] = {1};
  HmacSha256 expand(pseudorandom.view());
  expand.update(info);
  expand.update(ByteView{first_block});
  expand.finish(out.data());
}

/// One output of Noise's HKDF: HMAC(temp_key, previous output || index).
static void noise_output(Key &out, const Key &temp_key, ByteView previous, uint8_t index) {
  HmacSha256 mac(temp_key.view());
  mac.update(previous);
  mac.update(ByteView{&index, 1});
  mac.finish(out.data());
}

void noise_hkdf(const Key &chaining_key, ByteView ikm, Key &out1, Key &out2, Key *out3) {
  Key temp_key;
  {
    HmacSha256 mac(chaining_key.view());
    mac.update(ikm);
    mac.finish(temp_key.data());
  }
  noise_output(out1, temp_key, ByteView{}, 1);
  noise_output(out2, temp_key, out1.view(), 2);
  if (out3 != nullptr)
    noise_output(*out3, temp_key, out2.view(), 3);
}

static void store_le64(uint8_t out[8], uint64_t value) {
  for (size_t i = 0; i < 8; i++)
    out[i] = static_cast<uint8_t>(value >> (8 * i));
}

Nonce::Nonce(uint64_t counter) {
  std::memset(this->bytes, 0, 4);
  store_le64(this->bytes + 4, counter);
}

void aead_seal(const Key &key, const Nonce &nonce, ByteView associated_data, uint8_t *data, size_t size) {
  primitives::chacha20(key.data(), nonce.bytes, 1, data, size);
  primitives::aead_tag(key.data(), nonce.bytes, associated_data, {data, size}, data + size);
}

Error aead_open(const Key &key, const Nonce &nonce, ByteView associated_data, uint8_t *data, size_t size) {
  if (size < TAG_SIZE)
    return Error::AUTHENTICATION_FAILED;
  const size_t plain_size = size - TAG_SIZE;
  uint8_t tag[TAG_SIZE];
  primitives::aead_tag(key.data(), nonce.bytes, associated_data, {data, plain_size}, tag);
  const bool genuine = equal_secret(tag, data + plain_size, TAG_SIZE);
  wipe_bytes(tag, sizeof(tag));
  if (!genuine)
    return Error::AUTHENTICATION_FAILED;
  primitives::chacha20(key.data(), nonce.bytes, 1, data, plain_size);
  return Error::NONE;
}

}  // namespace esphome::oceanremote
