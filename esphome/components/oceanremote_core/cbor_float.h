#pragma once
// The three widths of CBOR floats (RFC 8949 section 3.3), private to the reader and the writer.

#include <cstdint>
#include <cstring>

namespace esphome::oceanremote {

inline constexpr uint8_t CBOR_FLOAT16 = 25;
inline constexpr uint8_t CBOR_FLOAT32 = 26;
inline constexpr uint8_t CBOR_FLOAT64 = 27;

inline float bits_to_float(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

inline uint32_t float_to_bits(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

inline double bits_to_double(uint64_t bits) {
  double value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

inline uint64_t double_to_bits(double value) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

/// By the exponent's bits: ESPHome compiles with -ffast-math on some boards, where std::isfinite() is always true.
inline bool is_finite(double value) { return ((double_to_bits(value) >> 52) & 0x7FF) != 0x7FF; }
inline bool is_finite(float value) { return ((float_to_bits(value) >> 23) & 0xFF) != 0xFF; }

[[nodiscard]] double half_to_double(uint16_t bits);
/// True, and the half's bits, if value is a half exactly.
[[nodiscard]] bool float_to_half(float value, uint16_t &bits);
/// The shortest width that keeps a finite value.
[[nodiscard]] uint8_t shortest_float_info(double value);

}  // namespace esphome::oceanremote
