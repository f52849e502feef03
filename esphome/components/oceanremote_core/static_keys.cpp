#include "static_keys.h"

namespace esphome::oceanremote {

static constexpr char HUB_KEY_ID_LABEL[] IN_FLASH = "oceanremote/1 hub key id";
static constexpr char MAC1_LABEL[] IN_FLASH = "oceanremote/1 mac1";
static constexpr char REGISTRATION_LABEL[] IN_FLASH = "oceanremote/1 registration";
static constexpr char SESSION_LABEL[] IN_FLASH = "oceanremote/1 session";

static constexpr char COMPARISON_LABEL[] IN_FLASH = "oceanremote/1 short authentication string";

void comparison_code(char out[COMPARISON_CODE_SIZE], const uint8_t hub_public[KEY_SIZE],
                     const uint8_t device_public[KEY_SIZE], const uint8_t handshake_hash[HASH_SIZE]) {
  uint8_t digest[HASH_SIZE];
  Sha256 hash;
  hash.update(COMPARISON_LABEL);
  hash.update(ByteView{hub_public, KEY_SIZE});
  hash.update(ByteView{device_public, KEY_SIZE});
  hash.update(ByteView{handshake_hash, HASH_SIZE});
  hash.finish(digest);
  uint64_t number = 0;
  for (size_t i = 0; i < 8; i++)
    number = number << 8 | digest[i];
  auto digits = static_cast<uint32_t>(number % 1000000);
  for (size_t i = COMPARISON_CODE_SIZE - 1; i-- > 0;) {
    if (i == 3) {
      out[i] = ' ';
      continue;
    }
    out[i] = static_cast<char>('0' + digits % 10);
    digits /= 10;
  }
  out[COMPARISON_CODE_SIZE - 1] = '\0';
}

void hub_key_id(uint8_t out[HUB_KEY_ID_SIZE], const uint8_t public_key[KEY_SIZE]) {
  uint8_t digest[HASH_SIZE];
  Sha256 hash;
  hash.update(HUB_KEY_ID_LABEL);
  hash.update(ByteView{public_key, KEY_SIZE});
  hash.finish(digest);
  std::memcpy(out, digest, HUB_KEY_ID_SIZE);
}

void HubKey::set(const uint8_t public_key[KEY_SIZE]) {
  std::memcpy(this->public_key_, public_key, KEY_SIZE);
  hub_key_id(this->id_, public_key);
  Sha256 hash;
  hash.update(MAC1_LABEL);
  hash.update(ByteView{this->public_key_});
  hash.finish(this->mac1_key_);
}

void StaticKey::set(const Key &private_key) {
  this->wipe();
  this->private_key_.assign(private_key);
}

void StaticKey::wipe() {
  this->private_key_.wipe();
  this->shared_.wipe();
  this->has_public_ = false;
  this->has_shared_ = false;
}

void StaticKey::prepare_public() {
  x25519_public(this->public_key_, this->private_key_);
  this->has_public_ = true;
}

Error StaticKey::prepare_shared(const HubKey &hub) {
  const Error error = x25519(this->shared_, this->private_key_, hub.public_key());
  this->has_shared_ = error == Error::NONE;
  return error;
}

void derive_psk(Key &psk, const Key &token, const uint8_t mac[MAC_SIZE], Purpose purpose) {
  const FlashText label = purpose == Purpose::REGISTRATION ? FlashText(REGISTRATION_LABEL) : FlashText(SESSION_LABEL);
  uint8_t info[sizeof(REGISTRATION_LABEL)];
  static_assert(sizeof(info) >= sizeof(SESSION_LABEL), "room for the longer one");
  label.copy_to(info);
  hkdf_sha256(psk, token.view(), ByteView{mac, MAC_SIZE}, ByteView{info, label.size()});
}

}  // namespace esphome::oceanremote
