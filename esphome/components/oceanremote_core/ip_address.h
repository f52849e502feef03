#pragma once
// IP addresses: as people write them, and what those of a board say about its network.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace esphome::oceanremote {

enum class Family : uint8_t { IPV4, IPV6 };

[[nodiscard]] constexpr Family other_family(Family family) {
  return family == Family::IPV4 ? Family::IPV6 : Family::IPV4;
}

struct IpAddress {
  Family family{Family::IPV4};
  uint8_t bytes[16]{};  ///< in network order; of an IPv4 address the first four

  [[nodiscard]] size_t size() const { return this->family == Family::IPV4 ? 4 : 16; }
};

/// Reads an address in digits: four numbers of at most 255 without leading zeros, or RFC 4291 section 2.2 without
/// brackets and zone. False for anything else, a host name above all; out then is undefined.
[[nodiscard]] bool read_ip_address(std::string_view text, IpAddress &out);

/// Whether a host is an address in digits, and no name.
[[nodiscard]] bool is_ip_address(std::string_view host);

/// The addresses that a board has been given, as far as they say which family reaches more.
class OwnAddresses {
 public:
  void add(const IpAddress &address);
  /// IPv6 comes first where it leads to the internet, or where there is nothing else.
  [[nodiscard]] bool prefers_ipv6() const { return this->has_global_ipv6_ || !this->has_ipv4_; }

 protected:
  bool has_ipv4_{false};
  bool has_global_ipv6_{false};
};

}  // namespace esphome::oceanremote
