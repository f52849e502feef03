#pragma once

#include <cstddef>
#include <cstdint>

namespace esphome {

/// The board's generator; the test defines it.
bool random_bytes(uint8_t *data, size_t size);

}  // namespace esphome
