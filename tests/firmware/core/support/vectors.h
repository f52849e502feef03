#pragma once
// Flat vector files: `name = value` lines, bytes in hex, integers in decimal, texts in double quotes.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bytes.h"

namespace esphome::oceanremote::testing {

using Bytes = std::vector<uint8_t>;

inline ByteView view(const Bytes &bytes) { return {bytes.data(), bytes.size()}; }
inline Bytes copy(ByteView bytes) { return {bytes.data, bytes.data + bytes.size}; }
Bytes from_hex(const std::string &hex);
std::string to_hex(ByteView bytes);
inline std::string to_hex(const Bytes &bytes) { return to_hex(view(bytes)); }

/// The whole text of a file in the folder that an environment variable names; ends the test program without it.
std::string_view text_of_file(const char *folder, const std::string &name);

/// The values of one file. Asking for a name that is not there ends the test program.
class Vectors {
 public:
  explicit Vectors(const std::string &file);

  [[nodiscard]] Bytes bytes(const std::string &name) const { return from_hex(this->raw_(name)); }
  [[nodiscard]] uint64_t number(const std::string &name) const { return std::stoull(this->raw_(name)); }
  [[nodiscard]] std::string text(const std::string &name) const;
  [[nodiscard]] bool has(const std::string &name) const { return this->values_.count(name) != 0; }
  /// The names that lie directly under a prefix, in the file's order: `a.b.x`, `a.b.y` give `b` for `a`.
  [[nodiscard]] std::vector<std::string> children(const std::string &prefix) const;

 protected:
  [[nodiscard]] const std::string &raw_(const std::string &name) const;

  std::map<std::string, std::string> values_;
  std::vector<std::string> order_;
};

/// What the Python core has written.
const Vectors &transcripts();

/// Rows of columns, made of the published JSON files by test_core.py.
std::vector<std::vector<std::string>> table(const std::string &file);

}  // namespace esphome::oceanremote::testing
