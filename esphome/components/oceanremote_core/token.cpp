#include "token.h"

namespace esphome::oceanremote {

static constexpr char TOKEN_LABEL[] IN_FLASH = "oceanremote/1 registration token";
static constexpr char HUB_KEY_LABEL[] IN_FLASH = "oceanremote/1 hub key";
static constexpr char HANDLE_LABEL[] IN_FLASH = "oceanremote/1 token handle";
static constexpr char STORED_LABEL[] IN_FLASH = "oceanremote/1 stored";
static constexpr char TOKEN_PREFIX[] IN_FLASH = "oc_reg_";
static constexpr char HUB_KEY_PREFIX[] IN_FLASH = "oc_hub_";
static constexpr size_t BODY_LENGTH = 43;
static constexpr size_t CHECK_LENGTH = 4;
static constexpr size_t CHECK_SIZE = 3;
static_assert(sizeof(TOKEN_PREFIX) - 1 + BODY_LENGTH + CHECK_LENGTH == TEXT_KEY_SIZE, "text form");

static int base64url_value(char character) {
  if (character >= 'A' && character <= 'Z')
    return character - 'A';
  if (character >= 'a' && character <= 'z')
    return character - 'a' + 26;
  if (character >= '0' && character <= '9')
    return character - '0' + 52;
  if (character == '-')
    return 62;
  return character == '_' ? 63 : -1;
}

/// Base64url without padding (RFC 4648 section 5); false for foreign characters and for spare bits that are not zero.
static bool decode_base64url(std::string_view text, uint8_t *out) {
  uint32_t bits = 0;
  unsigned held = 0;
  for (const char character : text) {
    const int value = base64url_value(character);
    if (value < 0)
      return false;
    bits = (bits << 6) | static_cast<uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      *out++ = static_cast<uint8_t>(bits >> held);
      bits &= (1U << held) - 1;
    }
  }
  return bits == 0;
}

static void labelled_hash(FlashText label, ByteView data, uint8_t digest[HASH_SIZE]) {
  Sha256 hash;
  hash.update(label);
  hash.update(data);
  hash.finish(digest);
}

static Error parse_text(std::string_view text, FlashText prefix, FlashText label, Key &out) {
  if (text.size() != TEXT_KEY_SIZE || !starts_with(text, prefix))
    return Error::TOKEN_MALFORMED;
  Key secret;
  uint8_t check[CHECK_SIZE];
  if (!decode_base64url(text_from(text, prefix.size(), BODY_LENGTH), secret.data()) ||
      !decode_base64url(text_from(text, prefix.size() + BODY_LENGTH), check))
    return Error::TOKEN_MALFORMED;
  uint8_t digest[HASH_SIZE];
  labelled_hash(label, secret.view(), digest);
  if (!equal_secret(digest, check, CHECK_SIZE))
    return Error::TOKEN_CHECKSUM;
  out.take(secret);
  return Error::NONE;
}

Error parse_registration_token(std::string_view text, Key &out) {
  return parse_text(text, TOKEN_PREFIX, TOKEN_LABEL, out);
}

Error parse_hub_key(std::string_view text, uint8_t out[KEY_SIZE]) {
  Key key;
  const Error error = parse_text(text, HUB_KEY_PREFIX, HUB_KEY_LABEL, key);
  if (error == Error::NONE)
    std::memcpy(out, key.data(), KEY_SIZE);
  return error;
}

void token_handle(const Key &token, uint8_t handle[TOKEN_HANDLE_SIZE]) {
  uint8_t digest[HASH_SIZE];
  labelled_hash(HANDLE_LABEL, token.view(), digest);
  std::memcpy(handle, digest, TOKEN_HANDLE_SIZE);
}

void stored_hash(const Key &token, uint8_t hash[HASH_SIZE]) { labelled_hash(STORED_LABEL, token.view(), hash); }

}  // namespace esphome::oceanremote
