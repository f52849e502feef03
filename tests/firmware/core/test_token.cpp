// Text forms against those of the Python core.

#include <gtest/gtest.h>

#include "support/vectors.h"
#include "token.h"

namespace esphome::oceanremote::testing {

TEST(Token, ParsesTheTextForms) {
  const Vectors &v = transcripts();
  Key token;
  ASSERT_EQ(parse_registration_token(v.text("keys.registration_token_text"), token), Error::NONE);
  EXPECT_EQ(copy(token.view()), v.bytes("keys.registration_token"));
  uint8_t handle[TOKEN_HANDLE_SIZE];
  token_handle(token, handle);
  EXPECT_EQ(copy(ByteView{handle}), v.bytes("keys.registration_token_handle"));
  uint8_t hub[KEY_SIZE];
  ASSERT_EQ(parse_hub_key(v.text("keys.hub_key_text"), hub), Error::NONE);
  EXPECT_EQ(copy(ByteView{hub}), v.bytes("keys.hub_public"));
  EXPECT_EQ(parse_registration_token(v.text("keys.zero_token_text"), token), Error::NONE);
  EXPECT_EQ(parse_registration_token(v.text("keys.ones_token_text"), token), Error::NONE);
  EXPECT_EQ(to_hex(token.view()), std::string(64, 'f'));
}

TEST(Token, RefusesEveryBadTextAndKeepsWhatItHad) {
  const Vectors &v = transcripts();
  for (const std::string &name : v.children("bad_texts")) {
    Key token;
    std::memset(token.data(), 0x11, KEY_SIZE);
    EXPECT_NE(parse_registration_token(v.text("bad_texts." + name), token), Error::NONE) << name;
    EXPECT_EQ(token.data()[0], 0x11);
  }
}

TEST(Token, OneWrongCharacterIsNoticedWhereverItIs) {
  const std::string good = transcripts().text("keys.registration_token_text");
  for (size_t i = 0; i < good.size(); i++) {
    std::string bad = good;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    Key token;
    EXPECT_NE(parse_registration_token(bad, token), Error::NONE) << i;
  }
}

TEST(Token, AKeyIsNoTokenAndATokenIsNoKey) {
  const Vectors &v = transcripts();
  Key token;
  uint8_t hub[KEY_SIZE];
  EXPECT_EQ(parse_registration_token(v.text("keys.hub_key_text"), token), Error::TOKEN_MALFORMED);
  EXPECT_EQ(parse_hub_key(v.text("keys.registration_token_text"), hub), Error::TOKEN_MALFORMED);
  // The checksum has the kind in it too.
  const std::string disguised = "oc_hub_" + v.text("keys.registration_token_text").substr(7);
  EXPECT_EQ(parse_hub_key(disguised, hub), Error::TOKEN_CHECKSUM);
}

TEST(Token, StoredHash) {
  const Vectors &v = transcripts();
  Key token;
  token.assign(v.bytes("keys.permanent_token_1").data());
  uint8_t hash[HASH_SIZE];
  stored_hash(token, hash);
  EXPECT_EQ(copy(ByteView{hash}), v.bytes("keys.permanent_token_1_stored_hash"));
}

}  // namespace esphome::oceanremote::testing
