// IP addresses: what the C library of this machine reads is read alike, and nothing else is.

#include <arpa/inet.h>
#include <cstdlib>
#include <cstring>
#include <string>

#include "ip_address.h"

using namespace esphome::oceanremote;  // NOLINT(google-build-using-namespace)

namespace {

bool is_read_alike(const std::string &text) {
  IpAddress address;
  const bool is_read = read_ip_address(text, address);
  uint8_t bytes[16];
  const bool is_ipv6 = text.find(':') != std::string::npos;
  if (::inet_pton(is_ipv6 ? AF_INET6 : AF_INET, text.c_str(), bytes) != 1)
    return !is_read;
  return is_read && address.size() == (is_ipv6 ? 16U : 4U) && std::memcmp(address.bytes, bytes, address.size()) == 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static constexpr char CHARACTERS[] = "0123456789abcdefABF:::...g%";
  // As it is, and as letters of which addresses are made.
  std::string raw, likely;
  for (size_t i = 0; i < size; i++) {
    if (data[i] == 0)
      continue;
    raw += static_cast<char>(data[i]);
    likely += CHARACTERS[data[i] % (sizeof(CHARACTERS) - 1)];
  }
  if (!is_read_alike(raw) || !is_read_alike(likely))
    std::abort();
  return 0;
}
