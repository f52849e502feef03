#pragma once
// Views over bytes and big-endian integers. Nothing here owns memory.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace esphome::oceanremote {

/// Bytes that somebody else owns; valid as long as their owner says.
struct ByteView {
  const uint8_t *data{nullptr};
  size_t size{0};

  constexpr ByteView() = default;
  constexpr ByteView(const uint8_t *bytes, size_t count) : data(bytes), size(count) {}
  template<size_t N> constexpr ByteView(const uint8_t (&bytes)[N]) : data(bytes), size(N) {}  // NOLINT

  [[nodiscard]] constexpr bool empty() const { return this->size == 0; }
};

/// The bytes of an ASCII or UTF-8 text, without terminator.
inline ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t *>(text.data()), text.size()};
}

/// The part of a text from `at` on, which is at most its size: substr() without its exception and the text of that.
inline constexpr std::string_view text_from(std::string_view text, size_t at) {
  return {text.data() + at, text.size() - at};
}
inline constexpr std::string_view text_from(std::string_view text, size_t at, size_t size) {
  return {text.data() + at, size};
}

inline void store_be16(uint8_t *out, uint16_t value) {
  out[0] = static_cast<uint8_t>(value >> 8);
  out[1] = static_cast<uint8_t>(value);
}

inline void store_be32(uint8_t *out, uint32_t value) {
  store_be16(out, static_cast<uint16_t>(value >> 16));
  store_be16(out + 2, static_cast<uint16_t>(value));
}

inline void store_be64(uint8_t *out, uint64_t value) {
  store_be32(out, static_cast<uint32_t>(value >> 32));
  store_be32(out + 4, static_cast<uint32_t>(value));
}

[[nodiscard]] inline uint16_t load_be16(const uint8_t *in) {
  return static_cast<uint16_t>((static_cast<uint16_t>(in[0]) << 8) | in[1]);
}

[[nodiscard]] inline uint32_t load_be32(const uint8_t *in) {
  return (static_cast<uint32_t>(load_be16(in)) << 16) | load_be16(in + 2);
}

[[nodiscard]] inline uint64_t load_be64(const uint8_t *in) {
  return (static_cast<uint64_t>(load_be32(in)) << 32) | load_be32(in + 4);
}

}  // namespace esphome::oceanremote
