#include "cbor.h"

#include "cbor_float.h"
#include "utf8.h"

namespace esphome::oceanremote {

// A half: sign, 5 bits of exponent with bias 15, 10 bits of fraction. A float: 8 bits with bias 127, 23 bits.
static constexpr int HALF_BIAS = 15;
static constexpr int FLOAT_BIAS = 127;
static constexpr int FRACTION_DIFFERENCE = 13;

double half_to_double(uint16_t bits) {
  const uint32_t sign = static_cast<uint32_t>(bits & 0x8000) << 16;
  uint32_t exponent = (bits >> 10) & 0x1F;
  uint32_t fraction = bits & 0x3FF;
  if (exponent == 0x1F)
    return bits_to_float(sign | 0x7F800000 | (fraction << FRACTION_DIFFERENCE));
  if (exponent == 0) {
    if (fraction == 0)
      return bits_to_float(sign);
    // Subnormal: shift until the hidden bit shows.
    exponent = 1;
    while ((fraction & 0x400) == 0) {
      fraction <<= 1;
      exponent--;
    }
    fraction &= 0x3FF;
  }
  exponent += FLOAT_BIAS - HALF_BIAS;
  return bits_to_float(sign | (exponent << 23) | (fraction << FRACTION_DIFFERENCE));
}

bool float_to_half(float value, uint16_t &bits) {
  const uint32_t raw = float_to_bits(value);
  const auto sign = static_cast<uint16_t>((raw >> 16) & 0x8000);
  const int exponent = static_cast<int>((raw >> 23) & 0xFF) - FLOAT_BIAS;
  const uint32_t fraction = raw & 0x7FFFFF;
  if ((raw & 0x7FFFFFFF) == 0) {
    bits = sign;
    return true;
  }
  if (exponent > 15 || exponent < -24)
    return false;
  // The bits a half has no room for must be zero; a subnormal half has room for fewer.
  const uint32_t significand = fraction | 0x800000;
  const int dropped = exponent >= -14 ? FRACTION_DIFFERENCE : FRACTION_DIFFERENCE + (-14 - exponent);
  if ((significand & ((1U << dropped) - 1)) != 0)
    return false;
  const uint32_t kept = significand >> dropped;
  if (exponent >= -14)
    bits = static_cast<uint16_t>(sign | (static_cast<uint32_t>(exponent + HALF_BIAS) << 10) | (kept & 0x3FF));
  else
    bits = static_cast<uint16_t>(sign | kept);
  return true;
}

/// Whether a finite double is a float exactly, without relying on rounding modes.
static bool fits_float(double value) {
  const uint64_t raw = double_to_bits(value);
  if ((raw & 0x7FFFFFFFFFFFFFFFULL) == 0)
    return true;
  const int exponent = static_cast<int>((raw >> 52) & 0x7FF) - 1023;
  if (exponent > 127 || exponent < -149)
    return false;
  const uint64_t significand = (raw & 0xFFFFFFFFFFFFFULL) | (1ULL << 52);
  const int dropped = exponent >= -126 ? 29 : 29 + (-126 - exponent);
  return (significand & ((1ULL << dropped) - 1)) == 0;
}

uint8_t shortest_float_info(double value) {
  uint16_t ignored;
  if (!fits_float(value))
    return CBOR_FLOAT64;
  return float_to_half(static_cast<float>(value), ignored) ? CBOR_FLOAT16 : CBOR_FLOAT32;
}

void CborWriter::write_raw_(const uint8_t *bytes, size_t size) {
  if (!this->ok_)
    return;
  const size_t skipped = size < this->skip_ ? size : this->skip_;
  this->skip_ -= skipped;
  bytes += skipped;
  size -= skipped;
  const size_t room = this->capacity_ - this->size_;
  if (size > room) {
    this->ok_ = false;
    size = this->is_window_ ? room : 0;
  }
  if (size != 0)
    std::memcpy(this->out_ + this->size_, bytes, size);
  this->size_ += size;
}

void CborWriter::write_head_(uint8_t major, uint64_t value) {
  uint8_t head[9];
  size_t size;
  if (value <= 23) {
    head[0] = static_cast<uint8_t>(value);
    size = 1;
  } else if (value <= UINT8_MAX) {
    head[0] = 24;
    head[1] = static_cast<uint8_t>(value);
    size = 2;
  } else if (value <= UINT16_MAX) {
    head[0] = 25;
    store_be16(head + 1, static_cast<uint16_t>(value));
    size = 3;
  } else if (value <= UINT32_MAX) {
    head[0] = 26;
    store_be32(head + 1, static_cast<uint32_t>(value));
    size = 5;
  } else {
    head[0] = 27;
    store_be64(head + 1, value);
    size = 9;
  }
  head[0] = static_cast<uint8_t>(head[0] | (major << 5));
  this->write_raw_(head, size);
}

void CborWriter::write_int(int64_t value) {
  if (value >= 0)
    this->write_head_(0, static_cast<uint64_t>(value));
  else
    this->write_head_(1, static_cast<uint64_t>(-(value + 1)));
}

void CborWriter::write_bytes(ByteView value) {
  this->write_head_(2, value.size);
  this->write_raw_(value.data, value.size);
}

void CborWriter::write_text(std::string_view value, size_t max_size) {
  value = text_from(value, 0, utf8_prefix(value, max_size));
  this->write_head_(3, value.size());
  while (!value.empty() && this->ok_) {
    const size_t valid = utf8_valid_prefix(value);
    this->write_raw_(reinterpret_cast<const uint8_t *>(value.data()), valid);
    value.remove_prefix(valid);
    if (!value.empty()) {
      static constexpr uint8_t REPLACEMENT = '?';
      this->write_raw_(&REPLACEMENT, 1);
      value.remove_prefix(1);
    }
  }
}

void CborWriter::write_characters(std::string_view value, size_t max_characters) {
  this->write_text(value, utf8_first_characters(value, max_characters));
}

void CborWriter::write_bool(bool value) { this->write_head_(7, value ? 21 : 20); }

void CborWriter::write_null() { this->write_head_(7, 22); }

void CborWriter::write_float(float value) {
  if (!is_finite(value)) {
    this->write_null();
    return;
  }
  uint8_t encoded[5];
  uint16_t half;
  if (float_to_half(value, half)) {
    encoded[0] = (7 << 5) | CBOR_FLOAT16;
    store_be16(encoded + 1, half);
    this->write_raw_(encoded, 3);
  } else {
    encoded[0] = (7 << 5) | CBOR_FLOAT32;
    store_be32(encoded + 1, float_to_bits(value));
    this->write_raw_(encoded, 5);
  }
}

}  // namespace esphome::oceanremote
