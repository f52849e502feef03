#include "support/vectors.h"

#include <cstdio>
#include <cstdlib>

namespace esphome::oceanremote::testing {

[[noreturn]] static void die(const std::string &message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  std::abort();
}

/// Takes the next line off a text; false at its end.
static bool take_line(std::string_view &text, std::string &line) {
  if (text.empty())
    return false;
  const size_t end = text.find('\n');
  line = std::string(text.substr(0, end));
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return true;
}

static uint8_t digit(char character) {
  if (character <= '9')
    return static_cast<uint8_t>(character - '0');
  return static_cast<uint8_t>((character | 0x20) - 'a' + 10);
}

Bytes from_hex(const std::string &hex) {
  Bytes bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<uint8_t>((digit(hex[i]) << 4) | digit(hex[i + 1])));
  return bytes;
}

std::string to_hex(ByteView bytes) {
  static const char *const DIGITS = "0123456789abcdef";
  std::string hex;
  for (size_t i = 0; i < bytes.size; i++) {
    hex += DIGITS[bytes.data[i] >> 4];
    hex += DIGITS[bytes.data[i] & 15];
  }
  return hex;
}

Vectors::Vectors(const std::string &file) {
  std::string_view rest = text_of_file("OCEANREMOTE_VECTORS", file);
  std::string line;
  while (take_line(rest, line)) {
    const size_t equals = line.find(" =");
    if (line.empty() || line[0] == '#' || equals == std::string::npos)
      continue;
    const std::string name = line.substr(0, equals);
    this->order_.push_back(name);
    this->values_[name] = equals + 3 <= line.size() ? line.substr(equals + 3) : "";
  }
}

const std::string &Vectors::raw_(const std::string &name) const {
  const auto found = this->values_.find(name);
  if (found == this->values_.end())
    die("no vector " + name);
  return found->second;
}

std::string Vectors::text(const std::string &name) const {
  const std::string &raw = this->raw_(name);
  if (raw.size() < 2 || raw.front() != '"')
    die("not a text: " + name);
  return raw.substr(1, raw.size() - 2);
}

std::vector<std::string> Vectors::children(const std::string &prefix) const {
  std::vector<std::string> found;
  const std::string start = prefix + ".";
  for (const std::string &name : this->order_) {
    if (name.compare(0, start.size(), start) != 0)
      continue;
    const std::string rest = name.substr(start.size());
    const std::string child = rest.substr(0, rest.find('.'));
    if (found.empty() || found.back() != child)
      found.push_back(child);
  }
  return found;
}

const Vectors &transcripts() {
  static const Vectors VECTORS("transcripts.txt");
  return VECTORS;
}

/// The columns of a row; the last may be empty.
static std::vector<std::string> columns(const std::string &line) {
  std::vector<std::string> row;
  size_t start = 0;
  size_t comma;
  while ((comma = line.find(',', start)) != std::string::npos) {
    row.push_back(line.substr(start, comma - start));
    start = comma + 1;
  }
  row.push_back(line.substr(start));
  return row;
}

std::vector<std::vector<std::string>> table(const std::string &file) {
  std::string_view rest = text_of_file("OCEANREMOTE_TABLES", file);
  std::vector<std::vector<std::string>> rows;
  std::string line;
  while (take_line(rest, line))
    rows.push_back(columns(line));
  return rows;
}

}  // namespace esphome::oceanremote::testing
