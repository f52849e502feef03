#pragma once
// Text forms with a checksum, so that a typing error is caught before it costs a handshake.

#include "crypto.h"

namespace esphome::oceanremote {

inline constexpr size_t TEXT_KEY_SIZE = 54;  // prefix 7, 43 for 32 bytes, 4 for the checksum

/// TOKEN_MALFORMED (prefix, length, alphabet, spare bits), TOKEN_CHECKSUM; out is then as it was.
[[nodiscard]] Error parse_registration_token(std::string_view text, Key &out);
[[nodiscard]] Error parse_hub_key(std::string_view text, uint8_t out[KEY_SIZE]);

/// The 8 bytes by which the hub finds a registration token.
void token_handle(const Key &token, uint8_t handle[TOKEN_HANDLE_SIZE]);
/// What STORED says about the permanent token.
void stored_hash(const Key &token, uint8_t hash[HASH_SIZE]);

}  // namespace esphome::oceanremote
