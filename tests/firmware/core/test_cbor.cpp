// The reader against RFC 8949 appendix A and against everything that is not deterministic; the writer against the
// reader.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "cbor.h"
#include "cbor_float.h"
#include "support/vectors.h"

namespace esphome::oceanremote::testing {

static Error validate(const std::string &hex) {
  const Bytes bytes = from_hex(hex);
  return cbor_validate(view(bytes));
}

TEST(CborReader, TakesOfAppendixAWhatTheProtocolAllows) {
  size_t taken = 0, refused = 0;
  for (const auto &row : table("cbor_appendix_a.csv")) {  // hex, allowed
    EXPECT_EQ(validate(row[0]) == Error::NONE, row[1] == "yes") << row[0];
    (row[1] == "yes" ? taken : refused)++;
  }
  EXPECT_GT(taken, 30U);
  EXPECT_GT(refused, 20U);
}

TEST(CborReader, RefusesEveryCut) {
  const Bytes whole = from_hex("8403a2010203820405f6fb3fb999999999999a");
  ASSERT_EQ(cbor_validate(view(whole)), Error::NONE);
  for (size_t size = 0; size < whole.size(); size++)
    EXPECT_NE(cbor_validate({whole.data(), size}), Error::NONE) << size;
}

TEST(CborReader, RefusesWhatIsNotDeterministic) {
  const std::pair<const char *, const char *> cases[] = {
      {"1800", "0 in two bytes"},
      {"1817", "23 in two bytes"},
      {"190017", "in three"},
      {"1900ff", "255 in three"},
      {"1a0000ffff", "65535 in five"},
      {"1b00000000ffffffff", "2^32-1 in nine"},
      {"5800", "long empty bytes"},
      {"9800", "long empty array"},
      {"b800", "long empty map"},
      {"9fff", "indefinite array"},
      {"bfff", "indefinite map"},
      {"5fff", "indefinite bytes"},
      {"7fff", "indefinite text"},
      {"c000", "tag"},
      {"d9d9f780", "self-described"},
      {"f7", "undefined"},
      {"f0", "simple 16"},
      {"f818", "simple 24"},
      {"f8ff", "simple 255"},
      {"f97e00", "NaN"},
      {"f97c00", "infinity"},
      {"f9fc00", "-infinity"},
      {"fa7fc00000", "NaN as float"},
      {"fb7ff8000000000000", "NaN as double"},
      {"fa3f800000", "1.0 as float"},
      {"fb3ff0000000000000", "1.0 as double"},
      {"fb3fb99999a0000000", "a float as double"},
      {"a201000100", "key twice"},
      {"a202000100", "keys unsorted"},
      {"1c", "reserved"},
      {"1e", "reserved"},
      {"ff", "break alone"},
  };
  for (const auto &[hex, why] : cases)
    EXPECT_NE(validate(hex), Error::NONE) << why;
}

TEST(CborReader, RefusesOtherKeysThanUnsigned) {
  for (const char *hex : {"a12000", "a1616100", "a1416100", "a1f500", "a18000", "a1a000", "a1f6f6"})
    EXPECT_EQ(validate(hex), Error::CBOR_MALFORMED) << hex;
}

TEST(CborReader, CountsBeyondTheInputAreLies) {
  for (const char *hex : {"9b7fffffffffffffff", "bb7fffffffffffffff", "5b7fffffffffffffff", "7b7fffffffffffffff",
                          "9a0001000000", "b90100", "8200", "a100", "a2010203"})
    EXPECT_EQ(validate(hex), Error::CBOR_MALFORMED) << hex;
}

TEST(CborReader, NestsFiveDeep) {
  EXPECT_EQ(validate("8181818180"), Error::NONE);
  EXPECT_EQ(validate("818181818180"), Error::CBOR_TOO_DEEP);
  EXPECT_EQ(validate("a101a102a103a104a105a106a0"), Error::CBOR_TOO_DEEP);
  // Containers beside one another are not deep.
  EXPECT_EQ(validate("8481808180818080"), Error::NONE);
}

TEST(CborReader, RefusesTrailingBytes) {
  for (const char *hex : {"0000", "8000", "f6f6", "a000", "6100ff"})
    EXPECT_NE(validate(hex), Error::NONE) << hex;
  EXPECT_NE(validate(""), Error::NONE);
}

TEST(CborReader, TheFirstErrorSticks) {
  const Bytes bytes = from_hex("8301f502");
  CborReader reader(view(bytes));
  size_t count;
  uint64_t number;
  bool flag;
  ASSERT_TRUE(reader.read_array(count));
  EXPECT_FALSE(reader.read_bool(flag)) << "1 is no boolean";
  EXPECT_FALSE(reader.read_uint(number)) << "nothing can be read any more";
  EXPECT_FALSE(reader.skip());
  EXPECT_FALSE(reader.finished());
  EXPECT_EQ(reader.error(), Error::MESSAGE_MALFORMED);
}

TEST(CborReader, ReadsNoFurtherThanItsContainers) {
  const Bytes bytes = from_hex("8101");
  CborReader reader(view(bytes));
  size_t count;
  uint64_t number;
  ASSERT_TRUE(reader.read_array(count));
  ASSERT_TRUE(reader.read_uint(number));
  EXPECT_TRUE(reader.finished());
  EXPECT_FALSE(reader.read_uint(number));
}

TEST(CborReader, WhatIsLeftUnreadIsNoticed) {
  const Bytes bytes = from_hex("820102");
  CborReader reader(view(bytes));
  size_t count;
  uint64_t number;
  ASSERT_TRUE(reader.read_array(count) && reader.read_uint(number));
  EXPECT_FALSE(reader.finished());
}

TEST(CborReader, GivesTheBytesOfAnItem) {
  const Bytes message = from_hex("8301a102810304");
  CborReader sound(view(message));
  size_t count;
  uint64_t number;
  ByteView item;
  ASSERT_TRUE(sound.read_array(count) && sound.read_uint(number) && sound.read_item(item));
  EXPECT_EQ(to_hex(item), "a1028103");
  ASSERT_TRUE(sound.read_uint(number));
  EXPECT_EQ(number, 4U);
  EXPECT_TRUE(sound.finished());
}

// Floats

TEST(CborFloat, EveryHalfGoesThereAndBack) {
  for (uint32_t bits = 0; bits <= 0xFFFF; bits++) {
    const double value = half_to_double(static_cast<uint16_t>(bits));
    if (!std::isfinite(value))
      continue;
    uint16_t back;
    ASSERT_TRUE(float_to_half(static_cast<float>(value), back)) << bits;
    ASSERT_EQ(back, bits);
    ASSERT_EQ(shortest_float_info(value), CBOR_FLOAT16);
  }
}

TEST(CborFloat, NeighboursOfHalvesAreNoHalves) {
  for (uint32_t bits = 1; bits < 0x7C00; bits += 7) {
    const auto half = static_cast<float>(half_to_double(static_cast<uint16_t>(bits)));
    uint16_t ignored;
    EXPECT_FALSE(float_to_half(std::nextafter(half, 1e30F), ignored)) << bits;
    EXPECT_EQ(shortest_float_info(std::nextafter(half, 1e30F)), CBOR_FLOAT32);
    EXPECT_EQ(shortest_float_info(std::nextafter(static_cast<double>(half), 1e30)), CBOR_FLOAT64);
  }
}

TEST(CborFloat, EdgesOfTheWidths) {
  using Single = std::numeric_limits<float>;
  using Double = std::numeric_limits<double>;
  EXPECT_EQ(shortest_float_info(65504.0), CBOR_FLOAT16);
  EXPECT_EQ(shortest_float_info(65536.0), CBOR_FLOAT32);
  EXPECT_EQ(shortest_float_info(Single::max()), CBOR_FLOAT32);
  EXPECT_EQ(shortest_float_info(static_cast<double>(Single::max()) * 2), CBOR_FLOAT64);
  EXPECT_EQ(shortest_float_info(Single::denorm_min()), CBOR_FLOAT32);
  EXPECT_EQ(shortest_float_info(static_cast<double>(Single::denorm_min()) / 2), CBOR_FLOAT64);
  EXPECT_EQ(shortest_float_info(Double::denorm_min()), CBOR_FLOAT64);
  EXPECT_EQ(shortest_float_info(Double::max()), CBOR_FLOAT64);
  EXPECT_EQ(shortest_float_info(-0.0), CBOR_FLOAT16);
}

// Writer

template<typename Write> static std::string written(Write write, size_t capacity = 64) {
  Bytes buffer(capacity);
  CborWriter writer(buffer.data(), capacity);
  write(writer);
  return writer.ok() ? to_hex(writer.view()) : "full";
}

TEST(CborWriter, WritesShortestHeads) {
  const std::pair<uint64_t, const char *> cases[] = {
      {0, "00"},
      {23, "17"},
      {24, "1818"},
      {255, "18ff"},
      {256, "190100"},
      {65535, "19ffff"},
      {65536, "1a00010000"},
      {0xFFFFFFFF, "1affffffff"},
      {0x100000000, "1b0000000100000000"},
      {UINT64_MAX, "1bffffffffffffffff"},
  };
  for (const auto &[value, hex] : cases) {
    const uint64_t number = value;
    EXPECT_EQ(written([number](CborWriter &writer) { writer.write_uint(number); }), hex);
  }
  EXPECT_EQ(written([](CborWriter &writer) { writer.write_int(-1); }), "20");
  EXPECT_EQ(written([](CborWriter &writer) { writer.write_int(-500); }), "3901f3");
  EXPECT_EQ(written([](CborWriter &writer) { writer.write_int(INT64_MIN); }), "3b7fffffffffffffff");
}

TEST(CborWriter, WritesShortestFloatsAndNoNan) {
  const std::pair<float, const char *> cases[] = {
      {0.0F, "f90000"},
      {-0.0F, "f98000"},
      {1.5F, "f93e00"},
      {100000.0F, "fa47c35000"},
      {0.1F, "fa3dcccccd"},
      {5.9604645e-8F, "f90001"},
      {std::numeric_limits<float>::quiet_NaN(), "f6"},
      {std::numeric_limits<float>::infinity(), "f6"},
      {-std::numeric_limits<float>::infinity(), "f6"},
  };
  for (const auto &[value, hex] : cases) {
    const float number = value;
    EXPECT_EQ(written([number](CborWriter &writer) { writer.write_float(number); }), hex) << value;
  }
}

TEST(CborWriter, WritesOnlyValidTextWithinItsLimit) {
  EXPECT_EQ(written([](CborWriter &writer) {
              writer.write_text("ab\xFF"
                                "c",
                                10);
            }),
            "6461623f63");
  EXPECT_EQ(written([](CborWriter &writer) { writer.write_text("\xE2\x82\xAC\xE2\x82\xAC", 5); }), "63e282ac");
  EXPECT_EQ(written([](CborWriter &writer) { writer.write_text("\xC3", 10); }), "613f");
  EXPECT_EQ(written([](CborWriter &writer) { writer.write_text("", 0); }), "60");
}

TEST(CborWriter, StopsForGoodWhenFull) {
  const auto write = [](CborWriter &writer) {
    writer.write_array(2);
    writer.write_bytes(bytes_of("abcd"));
    writer.write_bool(true);
  };
  EXPECT_EQ(written(write, 7), "824461626364f5");
  for (size_t capacity = 0; capacity < 7; capacity++)
    EXPECT_EQ(written(write, capacity), "full") << capacity;
  uint8_t buffer[3];
  CborWriter writer(buffer, sizeof(buffer));
  writer.write_uint(1000000);
  EXPECT_FALSE(writer.ok());
  writer.write_uint(1);
  EXPECT_FALSE(writer.ok()) << "a gap must not be papered over";
  EXPECT_EQ(writer.size(), 0U);
}

TEST(CborWriter, RewindsToAMark) {
  uint8_t buffer[4];
  CborWriter writer(buffer, sizeof(buffer));
  writer.write_uint(1);
  const size_t mark = writer.size();
  writer.write_uint(1000000);
  EXPECT_FALSE(writer.ok());
  writer.rewind(mark);
  writer.write_uint(2);
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(to_hex(writer.view()), "0102");
}

}  // namespace esphome::oceanremote::testing
