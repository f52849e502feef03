#include "support/vectors.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace esphome::oceanremote::testing {

[[noreturn]] static void die(const std::string &message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  std::abort();
}

static std::string environment(const char *name) {
  const char *value = std::getenv(name);
  if (value == nullptr)
    die(std::string(name) + " is not set; run the tests by pytest");
  return value;
}

Bytes from_hex(const std::string &hex) {
  Bytes bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<uint8_t>(std::stoul(hex.substr(i, 2), nullptr, 16)));
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
  std::ifstream stream(file);
  if (!stream)
    die("cannot read " + file);
  std::string line;
  while (std::getline(stream, line)) {
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
  static const Vectors VECTORS(environment("OCEANREMOTE_VECTORS") + "/transcripts.txt");
  return VECTORS;
}

std::vector<std::vector<std::string>> table(const std::string &file) {
  const std::string path = environment("OCEANREMOTE_TABLES") + "/" + file;
  std::ifstream stream(path);
  if (!stream)
    die("cannot read " + path);
  std::vector<std::vector<std::string>> rows;
  std::string line;
  while (std::getline(stream, line)) {
    std::vector<std::string> row;
    std::stringstream columns(line);
    std::string column;
    while (std::getline(columns, column, ','))
      row.push_back(column);
    rows.push_back(row);
  }
  return rows;
}

}  // namespace esphome::oceanremote::testing
