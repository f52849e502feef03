#pragma once

#include <cstddef>
#include <cstdint>

namespace esphome {

/// The board's generator; the test defines it.
bool random_bytes(uint8_t *data, size_t size);

/// No interrupt comes here anyway.
struct InterruptLock {
  ~InterruptLock() {}
};

}  // namespace esphome
