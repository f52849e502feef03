#pragma once
// UTF-8 as RFC 3629 defines it: no surrogates, no overlong forms, nothing above U+10FFFF.

#include "bytes.h"

namespace esphome::oceanremote {

/// The length of the valid character that text starts with, 0 if there is none.
[[nodiscard]] size_t utf8_character(std::string_view text);

/// How many bytes valid characters take at the beginning of text.
[[nodiscard]] size_t utf8_valid_prefix(std::string_view text);

[[nodiscard]] bool utf8_valid(std::string_view text);

/// How many bytes of text fit into max without cutting a character in two.
[[nodiscard]] size_t utf8_prefix(std::string_view text, size_t max);

/// How many bytes the first max characters of text take; a byte that belongs to none counts as one.
[[nodiscard]] size_t utf8_first_characters(std::string_view text, size_t max);

/// Copies text, with "?" for each byte that belongs to no character; returns its size.
size_t utf8_copy(uint8_t *out, std::string_view text);

}  // namespace esphome::oceanremote
