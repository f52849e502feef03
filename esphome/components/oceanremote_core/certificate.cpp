#include "certificate.h"

#include <algorithm>

#include "ip_address.h"

namespace esphome::oceanremote {

namespace {

constexpr uint8_t TAG_BOOLEAN = 0x01;
constexpr uint8_t TAG_INTEGER = 0x02;
constexpr uint8_t TAG_BIT_STRING = 0x03;
constexpr uint8_t TAG_OCTET_STRING = 0x04;
constexpr uint8_t TAG_OID = 0x06;
constexpr uint8_t TAG_UTC_TIME = 0x17;
constexpr uint8_t TAG_GENERALIZED_TIME = 0x18;
constexpr uint8_t TAG_SEQUENCE = 0x30;
constexpr uint8_t TAG_VERSION = 0xA0;
constexpr uint8_t TAG_EXTENSIONS = 0xA3;
constexpr uint8_t TAG_DNS_NAME = 0x82;
constexpr uint8_t TAG_IP_ADDRESS = 0x87;

constexpr uint8_t OID_ALT_NAME[] = {0x55, 0x1D, 0x11};
constexpr uint8_t OID_RSA[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01};
constexpr uint8_t OID_EC[] = {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01};

bool equal(ByteView a, ByteView b) { return a.size == b.size && std::memcmp(a.data, b.data, a.size) == 0; }

/// Takes DER elements off the front. The first failure stays: everything after it is empty.
class Reader {
 public:
  explicit Reader(ByteView data) : rest_(data) {}

  [[nodiscard]] Error error() const { return this->error_; }
  [[nodiscard]] bool at_end() const { return this->rest_.empty(); }
  [[nodiscard]] bool next_is(uint8_t tag) const { return !this->rest_.empty() && this->rest_.data[0] == tag; }

  /// Returns the content of the next element, which must have this tag; header_too: the whole element.
  ByteView take(uint8_t tag, bool header_too = false) {
    size_t header = 0;
    size_t size = 0;
    if (!this->read_header_(tag, header, size))
      return {};
    if (size > this->rest_.size - header) {
      this->fail_(Error::BUFFER_TOO_SMALL);
      return {};
    }
    const ByteView element{this->rest_.data, header + size};
    this->rest_ = {this->rest_.data + element.size, this->rest_.size - element.size};
    return header_too ? element : ByteView{element.data + header, size};
  }

  /// As take(), whatever the tag.
  ByteView take_any() { return this->rest_.empty() ? ByteView{} : this->take(this->rest_.data[0]); }

  /// Goes into the next element, of which not all needs to be there.
  void enter(uint8_t tag) {
    size_t header = 0;
    size_t size = 0;
    if (!this->read_header_(tag, header, size))
      return;
    const size_t there = this->rest_.size - header;
    this->rest_ = {this->rest_.data + header, std::min<size_t>(size, there)};
  }

 protected:
  void fail_(Error error) {
    if (this->error_ == Error::NONE)
      this->error_ = error;
    this->rest_ = {};
  }

  bool read_header_(uint8_t tag, size_t &header, size_t &size) {
    const ByteView in = this->rest_;
    if (this->error_ != Error::NONE)
      return false;
    if (in.size < 2 || (in.size < 4 && in.data[1] > 0x80)) {
      this->fail_(Error::BUFFER_TOO_SMALL);
      return false;
    }
    header = 2;
    size = in.data[1];
    // Two bytes of length hold 64 kB, more than any certificate.
    if (size == 0x81) {
      header = 3;
      size = in.data[2];
    } else if (size == 0x82) {
      header = 4;
      size = load_be16(in.data + 2);
    }
    const bool shortest = header == 2 ? size < 0x80 : size >= (header == 3 ? 0x80U : 0x100U);
    if (in.data[0] != tag || !shortest) {
      this->fail_(Error::CERTIFICATE_MALFORMED);
      return false;
    }
    return true;
  }

  ByteView rest_;
  Error error_{Error::NONE};
};

/// Days from 1970-01-01, of the proleptic Gregorian calendar.
uint64_t days_since_1970(uint32_t year, uint32_t month, uint32_t day) {
  // Counted from March on, so that the leap day ends the year.
  const uint32_t y = year - (month <= 2 ? 1 : 0);
  const uint32_t m = (month + 9) % 12;
  const uint64_t days = 365ULL * y + y / 4 - y / 100 + y / 400 + (m * 306 + 5) / 10 + (day - 1);
  return days - 719468;
}

/// Reads one of the two forms of time that RFC 5280, section 4.1.2.5, allows, both in UTC and to the second.
bool read_time(ByteView text, bool generalized, uint64_t &out) {
  const size_t year_digits = generalized ? 4 : 2;
  if (text.size != year_digits + 11 || text.data[text.size - 1] != 'Z')
    return false;
  uint32_t fields[7]{};  // century, year, month, day, hour, minute, second
  for (size_t i = 0; i + 1 < text.size; i++) {
    const uint8_t digit = text.data[i];
    if (digit < '0' || digit > '9')
      return false;
    uint32_t &field = fields[(i + (generalized ? 0 : 2)) / 2];
    field = field * 10 + (digit - '0');
  }
  const uint32_t year =
      generalized ? fields[0] * 100 + fields[1] : (fields[1] < 50 ? 2000 + fields[1] : 1900 + fields[1]);
  if (fields[2] < 1 || fields[2] > 12 || fields[3] < 1 || fields[3] > 31 || fields[4] > 23 || fields[5] > 59 ||
      fields[6] > 59)
    return false;
  // Before 1970 nothing is valid any more; where it begins there does not matter.
  out = year < 1970
            ? 0
            : days_since_1970(year, fields[2], fields[3]) * 86400 + fields[4] * 3600 + fields[5] * 60 + fields[6];
  return true;
}

Error take_time(Reader &reader, uint64_t &out) {
  const bool generalized = reader.next_is(TAG_GENERALIZED_TIME);
  const ByteView text = reader.take(generalized ? TAG_GENERALIZED_TIME : TAG_UTC_TIME);
  if (reader.error() != Error::NONE)
    return reader.error();
  return read_time(text, generalized, out) ? Error::NONE : Error::CERTIFICATE_MALFORMED;
}

/// Reads tbsCertificate up to the public key.
Error take_head(Reader &reader, Certificate &out) {
  if (reader.next_is(TAG_VERSION))
    (void) reader.take(TAG_VERSION);
  (void) reader.take(TAG_INTEGER);   // serial number
  (void) reader.take(TAG_SEQUENCE);  // signature algorithm
  out.issuer = reader.take(TAG_SEQUENCE, true);
  Reader validity(reader.take(TAG_SEQUENCE));
  out.subject = reader.take(TAG_SEQUENCE, true);
  out.public_key = reader.take(TAG_SEQUENCE, true);
  if (reader.error() != Error::NONE)
    return reader.error();
  Error error = take_time(validity, out.not_before);
  if (error == Error::NONE)
    error = take_time(validity, out.not_after);
  // Its own bytes are all there: what is missing in it will not come.
  return error == Error::BUFFER_TOO_SMALL ? Error::CERTIFICATE_MALFORMED : error;
}

Error take_alt_names(ByteView extensions, Certificate &out) {
  Reader list(extensions);
  Reader each(list.take(TAG_SEQUENCE));
  while (!each.at_end()) {
    Reader extension(each.take(TAG_SEQUENCE));
    const ByteView id = extension.take(TAG_OID);
    if (extension.next_is(TAG_BOOLEAN))
      (void) extension.take(TAG_BOOLEAN);
    const ByteView value = extension.take(TAG_OCTET_STRING);
    if (extension.error() != Error::NONE)
      return Error::CERTIFICATE_MALFORMED;
    if (!equal(id, OID_ALT_NAME))
      continue;
    Reader names(value);
    out.alt_names = names.take(TAG_SEQUENCE);
    if (names.error() != Error::NONE)
      return Error::CERTIFICATE_MALFORMED;
  }
  return list.error() == Error::NONE && each.error() == Error::NONE ? Error::NONE : Error::CERTIFICATE_MALFORMED;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_names(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool matches_dns_name(std::string_view pattern, std::string_view host) {
  if (equal_names(pattern, host))
    return true;
  if (pattern.size() < 3 || pattern[0] != '*' || pattern[1] != '.')
    return false;
  const size_t dot = host.find('.');
  // Not for a whole top-level domain.
  return dot != std::string_view::npos && dot > 0 && pattern.find('.', 2) != std::string_view::npos &&
         equal_names(text_from(pattern, 1), text_from(host, dot));
}

ByteView without_leading_zeros(ByteView number) {
  while (!number.empty() && number.data[0] == 0)
    number = {number.data + 1, number.size - 1};
  return number;
}

}  // namespace

Error read_certificate_head(ByteView der, Certificate &out) {
  Reader reader(der);
  reader.enter(TAG_SEQUENCE);  // Certificate
  reader.enter(TAG_SEQUENCE);  // tbsCertificate
  return take_head(reader, out);
}

Error read_certificate(ByteView der, Certificate &out) {
  Reader outer(der);
  Reader certificate(outer.take(TAG_SEQUENCE));
  Reader body(certificate.take(TAG_SEQUENCE));
  if (outer.error() != Error::NONE || certificate.error() != Error::NONE || !outer.at_end())
    return Error::CERTIFICATE_MALFORMED;
  const Error error = take_head(body, out);
  if (error != Error::NONE)
    return Error::CERTIFICATE_MALFORMED;
  out.alt_names = {};
  // Unique identifiers (tags 0x81, 0x82) have been out of use for decades.
  return body.next_is(TAG_EXTENSIONS) ? take_alt_names(body.take(TAG_EXTENSIONS), out) : Error::NONE;
}

bool is_for_host(const Certificate &certificate, std::string_view host) {
  IpAddress address;
  const bool is_address = read_ip_address(host, address);
  Reader names(certificate.alt_names);
  while (!names.at_end()) {
    if (names.next_is(TAG_DNS_NAME)) {
      const ByteView name = names.take(TAG_DNS_NAME);
      if (!is_address && matches_dns_name({reinterpret_cast<const char *>(name.data), name.size}, host))
        return true;
    } else if (names.next_is(TAG_IP_ADDRESS)) {
      const ByteView name = names.take(TAG_IP_ADDRESS);
      if (is_address && equal(name, {address.bytes, address.size()}))
        return true;
    } else {
      (void) names.take_any();
    }
  }
  return false;
}

Error read_public_key(ByteView info, PublicKeyParts &out) {
  Reader outer(info);
  Reader body(outer.take(TAG_SEQUENCE));
  Reader algorithm(body.take(TAG_SEQUENCE));
  const ByteView kind = algorithm.take(TAG_OID);
  const ByteView bits = body.take(TAG_BIT_STRING);
  // The first byte counts unused bits at the end; a key has none.
  if (body.error() != Error::NONE || algorithm.error() != Error::NONE || bits.size < 2 || bits.data[0] != 0)
    return Error::CERTIFICATE_MALFORMED;
  const ByteView key{bits.data + 1, bits.size - 1};
  if (equal(kind, OID_EC)) {
    out.kind = KeyKind::EC;
    out.curve = algorithm.take(TAG_OID);
    out.point = key;
    return algorithm.error() == Error::NONE && key.data[0] == 0x04 ? Error::NONE : Error::CERTIFICATE_MALFORMED;
  }
  if (!equal(kind, OID_RSA))
    return Error::CERTIFICATE_MALFORMED;
  Reader sequence(key);
  Reader numbers(sequence.take(TAG_SEQUENCE));
  out.kind = KeyKind::RSA;
  out.modulus = without_leading_zeros(numbers.take(TAG_INTEGER));
  out.exponent = without_leading_zeros(numbers.take(TAG_INTEGER));
  const bool good = numbers.error() == Error::NONE && !out.modulus.empty() && !out.exponent.empty();
  return good ? Error::NONE : Error::CERTIFICATE_MALFORMED;
}

}  // namespace esphome::oceanremote
