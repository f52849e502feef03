#include "ip_address.h"

#include <algorithm>

#include "bytes.h"

namespace esphome::oceanremote {

namespace {

bool read_ipv4(std::string_view text, uint8_t out[4]) {
  size_t at = 0;
  for (size_t i = 0; i < 4; i++) {
    if (i > 0) {
      if (at >= text.size() || text[at] != '.')
        return false;
      at++;
    }
    const size_t start = at;
    uint32_t value = 0;
    while (at < text.size() && at - start < 3 && text[at] >= '0' && text[at] <= '9')
      value = value * 10 + static_cast<uint32_t>(text[at++] - '0');
    if (at == start || value > 255 || (text[start] == '0' && at - start > 1))
      return false;
    out[i] = static_cast<uint8_t>(value);
  }
  return at == text.size();
}

/// -1 for anything but a hexadecimal digit.
int digit_value(char character) {
  if (character >= '0' && character <= '9')
    return character - '0';
  if (character >= 'a' && character <= 'f')
    return character - 'a' + 10;
  return character >= 'A' && character <= 'F' ? character - 'A' + 10 : -1;
}

/// One to four hexadecimal digits.
bool read_group(std::string_view text, uint8_t out[2]) {
  if (text.empty() || text.size() > 4)
    return false;
  unsigned value = 0;
  for (const char character : text) {
    const int digit = digit_value(character);
    if (digit < 0)
      return false;
    value = value * 16 + static_cast<unsigned>(digit);
  }
  out[0] = static_cast<uint8_t>(value >> 8);
  out[1] = static_cast<uint8_t>(value);
  return true;
}

class Ipv6Reader {
 public:
  explicit Ipv6Reader(uint8_t *out) : out_(out) {}

  [[nodiscard]] bool read(std::string_view text) {
    if (text_from(text, 0, std::min<size_t>(2, text.size())) != "::" && !this->take_part_(text))
      return false;
    while (!text.empty()) {
      text.remove_prefix(1);  // the colon that ended the part before
      if (!text.empty() && text[0] == ':') {
        if (this->has_gap_)
          return false;
        this->has_gap_ = true;
        this->gap_at_ = this->size_;
        text.remove_prefix(1);
        if (text.empty())
          break;
      }
      if (!this->take_part_(text))
        return false;
    }
    return this->fill_gap_();
  }

 protected:
  static constexpr size_t SIZE = 16;

  /// Takes a group, or the IPv4 address at the end; leaves the colon after it.
  [[nodiscard]] bool take_part_(std::string_view &text) {
    const std::string_view part = text_from(text, 0, std::min<size_t>(text.find(':'), text.size()));
    const bool is_ipv4 = part.find('.') != std::string_view::npos;
    const size_t size = is_ipv4 ? 4 : 2;
    if (this->size_ + size > SIZE || (is_ipv4 && part.size() != text.size()))
      return false;
    uint8_t *out = this->out_ + this->size_;
    if (is_ipv4 ? !read_ipv4(part, out) : !read_group(part, out))
      return false;
    this->size_ += size;
    text.remove_prefix(part.size());
    return true;
  }

  [[nodiscard]] bool fill_gap_() {
    if (!this->has_gap_ || this->size_ == SIZE)
      return !this->has_gap_ && this->size_ == SIZE;
    std::copy_backward(this->out_ + this->gap_at_, this->out_ + this->size_, this->out_ + SIZE);
    std::fill_n(this->out_ + this->gap_at_, SIZE - this->size_, uint8_t{0});
    return true;
  }

  uint8_t *out_;
  size_t size_{0};
  size_t gap_at_{0};
  bool has_gap_{false};
};

}  // namespace

bool read_ip_address(std::string_view text, IpAddress &out) {
  out = IpAddress();
  if (text.find(':') == std::string_view::npos)
    return read_ipv4(text, out.bytes);
  out.family = Family::IPV6;
  return Ipv6Reader(out.bytes).read(text);
}

bool is_ip_address(std::string_view host) {
  IpAddress address;
  return read_ip_address(host, address);
}

void OwnAddresses::add(const IpAddress &address) {
  const uint8_t first = address.bytes[0];
  if (address.family == Family::IPV4)
    this->has_ipv4_ = this->has_ipv4_ || (first != 0 && first != 127);
  else
    this->has_global_ipv6_ = this->has_global_ipv6_ || (first & 0xe0) == 0x20;  // 2000::/3
}

}  // namespace esphome::oceanremote
