#include "utf8.h"

#include <cstring>

namespace esphome::oceanremote {

struct LeadByte {
  uint8_t length;
  uint8_t second_min;
  uint8_t second_max;
};

/// RFC 3629 section 4, as a table of lead bytes.
static LeadByte classify(uint8_t lead) {
  if (lead < 0x80)
    return {1, 0, 0};
  if (lead < 0xC2)
    return {0, 0, 0};
  if (lead < 0xE0)
    return {2, 0x80, 0xBF};
  if (lead == 0xE0)
    return {3, 0xA0, 0xBF};
  if (lead == 0xED)
    return {3, 0x80, 0x9F};
  if (lead < 0xF0)
    return {3, 0x80, 0xBF};
  if (lead == 0xF0)
    return {4, 0x90, 0xBF};
  if (lead < 0xF4)
    return {4, 0x80, 0xBF};
  if (lead == 0xF4)
    return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

static bool is_continuation(uint8_t byte) { return (byte & 0xC0) == 0x80; }

size_t utf8_character(std::string_view text) {
  if (text.empty())
    return 0;
  const LeadByte lead = classify(static_cast<uint8_t>(text[0]));
  if (lead.length > text.size())
    return 0;
  if (lead.length < 2)
    return lead.length;
  const auto second = static_cast<uint8_t>(text[1]);
  if (second < lead.second_min || second > lead.second_max)
    return 0;
  for (size_t i = 2; i < lead.length; i++) {
    if (!is_continuation(static_cast<uint8_t>(text[i])))
      return 0;
  }
  return lead.length;
}

size_t utf8_valid_prefix(std::string_view text) {
  size_t valid = 0;
  size_t length;
  while ((length = utf8_character(text_from(text, valid))) != 0)
    valid += length;
  return valid;
}

bool utf8_valid(std::string_view text) { return utf8_valid_prefix(text) == text.size(); }

size_t utf8_first_characters(std::string_view text, size_t max) {
  size_t size = 0;
  for (; max != 0 && size < text.size(); max--) {
    const size_t length = utf8_character(text_from(text, size));
    size += length == 0 ? 1 : length;
  }
  return size;
}

size_t utf8_prefix(std::string_view text, size_t max) {
  if (text.size() <= max)
    return text.size();
  while (max > 0 && is_continuation(static_cast<uint8_t>(text[max])))
    max--;
  return max;
}

size_t utf8_copy(uint8_t *out, std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t size = utf8_character({text.data() + at, text.size() - at});
    if (size == 0) {
      out[at++] = '?';
      continue;
    }
    std::memcpy(out + at, text.data() + at, size);
    at += size;
  }
  return text.size();
}

}  // namespace esphome::oceanremote
