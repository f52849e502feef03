// The primitives against Wycheproof (C2SP), and the rules that this project adds.

#include <gtest/gtest.h>

#include "crypto.h"
#include "support/vectors.h"

namespace esphome::oceanremote::testing {

static void set(Key &key, const std::string &hex) { key.assign(from_hex(hex).data()); }

TEST(X25519, AgreesWithWycheproofAndRefusesZeroResults) {
  size_t refused = 0;
  const auto rows = table("x25519.csv");
  ASSERT_GT(rows.size(), 500U);
  for (const auto &row : rows) {  // private, public, shared
    Key secret, shared;
    set(secret, row[0]);
    const Error error = x25519(shared, secret, from_hex(row[1]).data());
    if (row[2].find_first_not_of('0') == std::string::npos) {
      EXPECT_EQ(error, Error::WEAK_PUBLIC_KEY);
      refused++;
    } else {
      EXPECT_EQ(error, Error::NONE);
    }
    EXPECT_EQ(to_hex(shared.view()), row[2]);
  }
  EXPECT_GT(refused, 10U);
}

TEST(X25519, PublicKeyIsTheBasePointMultiplied) {
  Key secret, shared;
  set(secret, "77076d0a7318a57d3c16c17251b26645df4c2f92ebc099b5b7d1d4c9f0c5c2bd");
  uint8_t base[KEY_SIZE] = {9};
  uint8_t public_key[KEY_SIZE];
  x25519_public(public_key, secret);
  ASSERT_EQ(x25519(shared, secret, base), Error::NONE);
  EXPECT_EQ(to_hex(ByteView{public_key}), to_hex(shared.view()));
}

TEST(Aead, AgreesWithWycheproof) {
  size_t refused = 0;
  const auto rows = table("chacha20_poly1305.csv");  // key, iv, aad, msg, ct, tag, result
  ASSERT_GT(rows.size(), 300U);
  for (const auto &row : rows) {
    Key key;
    set(key, row[0]);
    uint8_t iv[12];
    std::memcpy(iv, from_hex(row[1]).data(), sizeof(iv));
    const Nonce nonce(iv);
    const Bytes aad = from_hex(row[2]);
    Bytes sealed = from_hex(row[4] + row[5]);
    const Bytes before = sealed;
    const Error error = aead_open(key, nonce, view(aad), sealed.data(), sealed.size());
    if (row[6] == "valid") {
      EXPECT_EQ(error, Error::NONE);
      sealed.resize(sealed.size() - TAG_SIZE);
      EXPECT_EQ(to_hex(sealed), row[3]);
      sealed.resize(sealed.size() + TAG_SIZE);
      aead_seal(key, nonce, view(aad), sealed.data(), sealed.size() - TAG_SIZE);
      EXPECT_EQ(to_hex(sealed), row[4] + row[5]);
    } else {
      EXPECT_EQ(error, Error::AUTHENTICATION_FAILED);
      EXPECT_EQ(sealed, before) << "what does not open stays as it was";
      refused++;
    }
  }
  EXPECT_GT(refused, 50U);
}

TEST(Aead, RefusesLessThanATag) {
  const Key key;
  uint8_t data[TAG_SIZE] = {};
  for (size_t size = 0; size < TAG_SIZE; size++)
    EXPECT_EQ(aead_open(key, Nonce(0), {}, data, size), Error::AUTHENTICATION_FAILED);
}

TEST(Aead, NonceCountsAsNoiseDoes) {
  EXPECT_EQ(to_hex(ByteView{Nonce(0x0102030405060708).bytes}), "000000000807060504030201");
}

TEST(Hmac, AgreesWithWycheproof) {
  const auto rows = table("hmac_sha256.csv");  // key, msg, tag, result
  ASSERT_GT(rows.size(), 150U);
  for (const auto &row : rows) {
    const Bytes key = from_hex(row[0]), message = from_hex(row[1]);
    uint8_t tag[HASH_SIZE];
    HmacSha256 mac(view(key));
    mac.update(view(message));
    mac.finish(tag);
    EXPECT_EQ(to_hex(ByteView{tag}).substr(0, row[2].size()) == row[2], row[3] == "valid");
  }
}

TEST(Hkdf, AgreesWithWycheproof) {
  const auto rows = table("hkdf_sha256.csv");  // ikm, salt, info, okm
  ASSERT_GT(rows.size(), 70U);
  for (const auto &row : rows) {
    const Bytes ikm = from_hex(row[0]), salt = from_hex(row[1]), info = from_hex(row[2]);
    Key out;
    hkdf_sha256(out, view(ikm), view(salt), view(info));
    const size_t compared = std::min(row[3].size(), 2 * KEY_SIZE);
    EXPECT_EQ(to_hex(out.view()).substr(0, compared), row[3].substr(0, compared));
  }
}

TEST(Sha256, HashesInPieces) {
  uint8_t digest[HASH_SIZE];
  Sha256 hash;
  hash.update("a");
  hash.update("");
  hash.update("bc");
  hash.finish(digest);
  EXPECT_EQ(to_hex(ByteView{digest}), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  hash.finish(digest);
  EXPECT_EQ(to_hex(ByteView{digest}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Secret, IsWipedWhenItEnds) {
  alignas(Key) uint8_t memory[sizeof(Key)];
  Key *key = new (memory) Key();
  std::memset(key->data(), 0xAA, KEY_SIZE);
  key->~Key();
  EXPECT_EQ(to_hex(ByteView{memory}), std::string(2 * sizeof(Key), '0'));
}

TEST(Secret, IsWipedWhereItIsTakenFrom) {
  Key from, to;
  std::memset(from.data(), 0xAA, KEY_SIZE);
  to.take(from);
  EXPECT_EQ(to_hex(from.view()), std::string(64, '0'));
  EXPECT_EQ(to_hex(to.view()).substr(0, 4), "aaaa");
}

TEST(EqualSecret, SeesEveryBit) {
  uint8_t a[8] = {1, 2, 3, 4, 5, 6, 7, 8}, b[8];
  std::memcpy(b, a, sizeof(a));
  EXPECT_TRUE(equal_secret(a, b, sizeof(a)));
  for (size_t i = 0; i < 64; i++) {
    b[i / 8] ^= static_cast<uint8_t>(1 << (i % 8));
    EXPECT_FALSE(equal_secret(a, b, sizeof(a)));
    b[i / 8] ^= static_cast<uint8_t>(1 << (i % 8));
  }
}

}  // namespace esphome::oceanremote::testing
