#pragma once
// CRC-32 as zlib computes it: against worn flash, not against anybody.

#include "bytes.h"

namespace esphome::oceanremote {

/// so_far: the result for the bytes before these, which may thus be in several places.
[[nodiscard]] inline uint32_t crc32(ByteView data, uint32_t so_far = 0) {
  uint32_t crc = ~so_far;
  for (size_t i = 0; i < data.size; i++) {
    crc ^= data.data[i];
    for (int bit = 0; bit < 8; bit++)
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

}  // namespace esphome::oceanremote
