#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

namespace esphome {

inline bool random_bytes(uint8_t *data, size_t size) {
  memset(data, 0x5A, size);
  return true;
}

template<typename T> struct FixedVector : std::vector<T> {
  void init(size_t) {}
};

}  // namespace esphome
