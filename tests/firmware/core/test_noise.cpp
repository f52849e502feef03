// SymmetricState against the published Noise_IKpsk2_25519_ChaChaPoly_SHA256 vector: the pattern walked by hand.

#include <gtest/gtest.h>

#include "handshake.h"
#include "support/vectors.h"

namespace esphome::oceanremote::testing {

static std::string row(const std::string &name) {
  for (const auto &entry : table("noise_ikpsk2.csv")) {
    if (entry[0] == name)
      return entry[1];
  }
  ADD_FAILURE() << "no " << name;
  return {};
}

static void set(Key &key, const std::string &name) { key.assign(from_hex(row(name)).data()); }

/// Seals a payload with its vector's name and returns the ciphertext.
static std::string seal_payload(SymmetricState &symmetric, const Bytes &payload) {
  Bytes data = payload;
  data.resize(payload.size() + TAG_SIZE);
  symmetric.encrypt_and_hash(data.data(), payload.size());
  return to_hex(data);
}

TEST(Noise, WalksThePublishedVector) {
  Key s, e, psk, shared;
  set(s, "init_static");
  set(e, "init_ephemeral");
  set(psk, "init_psk");
  const Bytes hub = from_hex(row("init_remote_static"));
  uint8_t s_public[KEY_SIZE], e_public[KEY_SIZE];
  x25519_public(s_public, s);
  x25519_public(e_public, e);

  SymmetricState symmetric;
  symmetric.initialize(NOISE_PROTOCOL);
  symmetric.mix_hash(view(from_hex(row("init_prologue"))));
  symmetric.mix_hash(view(hub));
  // -> e, es, s, ss
  symmetric.mix_hash(ByteView{e_public});
  symmetric.mix_key(ByteView{e_public});
  ASSERT_EQ(x25519(shared, e, hub.data()), Error::NONE);
  symmetric.mix_key(shared.view());
  const std::string sealed_static = seal_payload(symmetric, copy(ByteView{s_public}));
  ASSERT_EQ(x25519(shared, s, hub.data()), Error::NONE);
  symmetric.mix_key(shared.view());
  const std::string sealed_payload = seal_payload(symmetric, from_hex(row("payload_0")));
  EXPECT_EQ(to_hex(ByteView{e_public}) + sealed_static + sealed_payload, row("ciphertext_0"));

  // <- e, ee, se, psk
  Bytes reply = from_hex(row("ciphertext_1"));
  symmetric.mix_hash({reply.data(), KEY_SIZE});
  symmetric.mix_key({reply.data(), KEY_SIZE});
  ASSERT_EQ(x25519(shared, e, reply.data()), Error::NONE);
  symmetric.mix_key(shared.view());
  ASSERT_EQ(x25519(shared, s, reply.data()), Error::NONE);
  symmetric.mix_key(shared.view());
  symmetric.mix_key_and_hash(psk);
  ASSERT_EQ(symmetric.decrypt_and_hash(reply.data() + KEY_SIZE, reply.size() - KEY_SIZE), Error::NONE);
  EXPECT_EQ(to_hex({reply.data() + KEY_SIZE, reply.size() - KEY_SIZE - TAG_SIZE}), row("payload_1"));
  EXPECT_EQ(to_hex({symmetric.hash(), HASH_SIZE}), row("handshake_hash"));

  Key send, receive;
  symmetric.split(send, receive);
  for (uint64_t i = 0; i < 4; i++) {
    const std::string number = std::to_string(i + 2);
    Bytes data = from_hex(row("payload_" + number));
    const size_t size = data.size();
    data.resize(size + TAG_SIZE);
    aead_seal(i % 2 == 0 ? send : receive, Nonce(i / 2), {}, data.data(), size);
    EXPECT_EQ(to_hex(data), row("ciphertext_" + number));
  }
}

TEST(Noise, FailedDecryptionChangesNothing) {
  SymmetricState symmetric;
  symmetric.initialize("Noise_short");
  const uint8_t ikm[KEY_SIZE] = {1};
  symmetric.mix_key(ByteView{ikm});
  SymmetricState sender;
  sender.copy_from(symmetric);
  Bytes genuine(40 + TAG_SIZE, 0x33);
  sender.encrypt_and_hash(genuine.data(), 40);
  for (size_t bit = 0; bit < 8 * genuine.size(); bit++) {
    Bytes tampered = genuine;
    tampered[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
    ASSERT_EQ(symmetric.decrypt_and_hash(tampered.data(), tampered.size()), Error::AUTHENTICATION_FAILED);
  }
  ASSERT_EQ(symmetric.decrypt_and_hash(genuine.data(), genuine.size()), Error::NONE);
  EXPECT_EQ(to_hex({symmetric.hash(), HASH_SIZE}), to_hex({sender.hash(), HASH_SIZE}));
}

}  // namespace esphome::oceanremote::testing
