#pragma once
// An address of the hub as it travels in a session: the text that a YAML may have, in its shortest form.

#include <string_view>

#include "messages.h"

namespace esphome::oceanremote {

/// The parts of a text, inside it.
struct HubUrl {
  std::string_view host;       ///< a name or an IP address, without brackets
  std::string_view authority;  ///< host and port as they stand there
  std::string_view prefix;     ///< of the path: empty, or begins with a slash and does not end with one
  uint16_t port{0};
  bool secure{false};
  bool ipv6{false};  ///< the host is an IPv6 address
};

/// False for what no configuration could have: another scheme, a user, a query, a fragment, a host that is none, port
/// 0, the connect path itself, anything but printable ASCII, more than HUB_URL_MAX bytes.
[[nodiscard]] bool parse_hub_url(std::string_view text, HubUrl &out);

/// CONNECT_PATH is kept in flash once, for who compares or writes it.
[[nodiscard]] bool is_connect_path(std::string_view text);
/// `out` has room for CONNECT_PATH.size().
void copy_connect_path(char *out);

}  // namespace esphome::oceanremote
