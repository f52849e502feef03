#include "hub_url.h"

#include "bytes.h"
#include "flash_text.h"
#include "ip_address.h"

namespace esphome::oceanremote {

static constexpr size_t LABEL_MAX = 63;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_of_name(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

/// Printable, and nothing that would begin a query, a fragment or follow a user.
static bool is_plain(std::string_view text) {
  for (const char c : text) {
    if (c < '!' || c > '~' || c == '?' || c == '#' || c == '@' || c == '\\')
      return false;
  }
  return true;
}

/// Labels with dots in between; what has only digits and dots is an address, or a mistake.
static bool is_name(std::string_view text) {
  bool any_letter = false;
  size_t label = 0;
  char last = '.';
  for (const char c : text) {
    const bool begins = label == 0;
    if (c == '.') {
      if (begins || last == '-')
        return false;
      label = 0;
    } else {
      if (!is_of_name(c) || (begins && c == '-') || ++label > LABEL_MAX)
        return false;
      any_letter = any_letter || !is_digit(c);
    }
    last = c;
  }
  return any_letter && last != '.' && last != '-';
}

static bool is_host(std::string_view text, bool in_brackets) {
  IpAddress address;
  if (read_ip_address(text, address))
    return in_brackets == (address.family == Family::IPV6);
  return !in_brackets && is_name(text);
}

static bool read_port(std::string_view text, uint16_t &port) {
  static constexpr size_t DIGITS_MAX = 5;
  if (text.empty() || text.size() > DIGITS_MAX || text[0] == '0')
    return false;
  uint32_t value = 0;
  for (const char c : text) {
    if (!is_digit(c))
      return false;
    value = value * 10 + static_cast<uint32_t>(c - '0');
  }
  port = static_cast<uint16_t>(value);
  return value <= UINT16_MAX;
}

/// Where a character is, or the end.
static size_t find(std::string_view text, char wanted) {
  size_t at = 0;
  while (at < text.size() && text[at] != wanted)
    at++;
  return at;
}

static bool read_authority(std::string_view text, HubUrl &out) {
  out.authority = text;
  out.ipv6 = !text.empty() && text[0] == '[';
  const size_t end = find(text, out.ipv6 ? ']' : ':');
  if (out.ipv6 && end == text.size())
    return false;
  out.host = out.ipv6 ? text_from(text, 1, end - 1) : text_from(text, 0, end);
  const std::string_view rest = text_from(text, out.ipv6 ? end + 1 : end);
  if (!is_host(out.host, out.ipv6))
    return false;
  return rest.empty() || (rest[0] == ':' && read_port(text_from(rest, 1), out.port));
}

static const char PATH[] IN_FLASH = "/api/oceanremote/connect";
static_assert(sizeof(PATH) - 1 == CONNECT_PATH.size());

bool is_connect_path(std::string_view text) {
  return text.size() == CONNECT_PATH.size() && starts_with(text, FlashText(PATH));
}

void copy_connect_path(char *out) { FlashText(PATH).copy_to(out); }

static bool is_prefix(std::string_view text) {
  if (text.empty())
    return true;
  const bool has_own_path =
      text.size() >= CONNECT_PATH.size() && is_connect_path(text_from(text, text.size() - CONNECT_PATH.size()));
  return text[text.size() - 1] != '/' && !has_own_path;
}

bool parse_hub_url(std::string_view text, HubUrl &out) {
  out = {};
  out.secure = starts_with(text, FLASH_LITERAL("wss://"));
  if (text.size() > HUB_URL_MAX || !is_plain(text) || !(out.secure || starts_with(text, FLASH_LITERAL("ws://"))))
    return false;
  out.port = out.secure ? 443 : 80;
  const std::string_view rest = text_from(text, out.secure ? sizeof("wss://") - 1 : sizeof("ws://") - 1);
  const size_t slash = find(rest, '/');
  out.prefix = text_from(rest, slash);
  return read_authority(text_from(rest, 0, slash), out) && is_prefix(out.prefix);
}

}  // namespace esphome::oceanremote
