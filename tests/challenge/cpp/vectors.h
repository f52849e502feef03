#pragma once

// Reads the `name = hex` lines of tests/vectors/challenge.txt.

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

using Bytes = std::vector<uint8_t>;

class Vectors {
 public:
  Vectors() {
    std::ifstream file(VECTOR_FILE);
    for (std::string line; std::getline(file, line);) {
      const size_t middle = line.find(" = ");
      if (middle == std::string::npos)
        throw std::runtime_error("not a vector: " + line);
      this->bytes_[line.substr(0, middle)] = from_hex(line.substr(middle + 3));
    }
  }
  const Bytes &operator[](const std::string &name) const { return this->bytes_.at(name); }

  static Bytes from_hex(const std::string &text) {
    Bytes bytes;
    for (size_t i = 0; i + 1 < text.size(); i += 2)
      bytes.push_back(static_cast<uint8_t>(std::strtoul(text.substr(i, 2).c_str(), nullptr, 16)));
    return bytes;
  }

 protected:
  std::map<std::string, Bytes> bytes_;
};
