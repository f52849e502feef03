// Batches of states.

#include <gtest/gtest.h>

#include <limits>

#include "states.h"
#include "support/vectors.h"
#include "wire_domains.h"

namespace esphome::oceanremote::testing {

static const EntityAddress SENSOR{2, 0, UINT32_MAX};

TEST(States, AreThoseOfThePythonCore) {
  uint8_t buffer[256];
  StatesWriter missing(buffer, sizeof(buffer));
  ASSERT_TRUE(missing.add_missing({1, 0, 1}));
  ASSERT_TRUE(missing.add_float(SENSOR, std::numeric_limits<float>::quiet_NaN()));
  ASSERT_TRUE(missing.add_missing({3, 0, 2}));
  ASSERT_TRUE(missing.add_missing({6, 0, 4}));
  ASSERT_TRUE(missing.add_missing({7, 0, 5}));
  EXPECT_EQ(to_hex({buffer, missing.finish()}), to_hex(transcripts().bytes("messages.device.states_missing")));
  StatesWriter half(buffer, sizeof(buffer));
  ASSERT_TRUE(half.add_float(SENSOR, -0.0F));
  EXPECT_EQ(to_hex({buffer, half.finish()}), to_hex(transcripts().bytes("messages.device.states_float_half")));
  StatesWriter single(buffer, sizeof(buffer));
  ASSERT_TRUE(single.add_float(SENSOR, 16777216.0F));
  EXPECT_EQ(to_hex({buffer, single.finish()}), to_hex(transcripts().bytes("messages.device.states_float_single")));
  StatesWriter decimal(buffer, sizeof(buffer));
  ASSERT_TRUE(decimal.add_float(SENSOR, 0.1F));
  EXPECT_EQ(to_hex({buffer, decimal.finish()}), to_hex(transcripts().bytes("messages.device.states_float_decimal")));
  StatesWriter off(buffer, sizeof(buffer));
  StateMap light(off, {8, 0, 6});
  light.flag(wire::light::state::ON, false);
  ASSERT_TRUE(light.end());
  EXPECT_EQ(to_hex({buffer, off.finish()}), to_hex(transcripts().bytes("messages.device.states_light_off")));
}

/// Every part that a light may have.
static bool add_light(StatesWriter &writer, std::string_view effect) {
  namespace key = wire::light::state;
  StateMap light(writer, {8, 0, 6});
  light.flag(key::ON, true);
  light.share(key::BRIGHTNESS, 0.5F);
  light.number(key::COLOR_MODE, 35);
  light.rgb(key::RGB, 1.0F, 0.0F, 0.0F);
  light.share(key::WHITE, 0.0F);
  light.real(key::COLOR_TEMPERATURE, 0.0F, 1.0e6F);
  light.share(key::COLD_WHITE, 0.0F);
  light.share(key::WARM_WHITE, 0.0F);
  light.text(key::EFFECT, effect);
  light.share(key::COLOR_BRIGHTNESS, 0.3F);
  return light.end();
}

TEST(States, ALightHasAllItsFieldsInOrder) {
  uint8_t buffer[256];
  StatesWriter writer(buffer, sizeof(buffer));
  ASSERT_TRUE(add_light(writer, "Rainbow"));
  const size_t size = writer.finish();
  EXPECT_EQ(cbor_validate({buffer, size}), Error::NONE);
  EXPECT_EQ(to_hex({buffer, size}).substr(0, 24), "820381840800"
                                                  "06aa01f502f9");
}

TEST(States, PartsAreHeldToTheGrammar) {
  uint8_t buffer[64];
  StatesWriter writer(buffer, sizeof(buffer));
  StateMap light(writer, {8, 0, 6});
  light.share(wire::light::state::BRIGHTNESS, 1.0000001F);
  light.share(wire::light::state::WHITE, std::numeric_limits<float>::quiet_NaN());
  light.real(wire::light::state::COLOR_TEMPERATURE, -5.0F, 1.0e6F);
  ASSERT_TRUE(light.end());
  EXPECT_EQ(to_hex({buffer, writer.finish()}), "8203818408000"
                                               "6a302f93c0005f9000006f90000");
}

TEST(States, WhatDoesNotFitLeavesNoTrace) {
  for (size_t capacity = 0; capacity < 80; capacity++) {
    Bytes buffer(capacity);
    StatesWriter writer(buffer.data(), capacity);
    size_t added = 0;
    while (writer.add_text({3, 0, 1000}, "0123456789"))
      added++;
    EXPECT_EQ(writer.count(), added);
    const size_t size = writer.finish();
    EXPECT_EQ(size == 0, added == 0);
    if (added != 0) {
      EXPECT_EQ(cbor_validate({buffer.data(), size}), Error::NONE) << capacity;
    }
  }
}

TEST(States, ABatchEndsWhereItsHeadWouldGrow) {
  Bytes buffer(4096);
  StatesWriter writer(buffer.data(), buffer.size());
  size_t added = 0;
  while (writer.add_bool({4, 0, static_cast<uint32_t>(added)}, true))
    added++;
  EXPECT_EQ(added, STATES_PER_FRAME);
  EXPECT_FALSE(writer.add_missing(SENSOR) || writer.add_float(SENSOR, 1.0F) || writer.add_text(SENSOR, "x") ||
               add_light(writer, "x"));
  EXPECT_EQ(cbor_validate({buffer.data(), writer.finish()}), Error::NONE);
}

static std::string repeated(const std::string &character, size_t times) {
  std::string text;
  for (size_t i = 0; i < times; i++)
    text += character;
  return text;
}

TEST(States, TextsAreCutAt255Characters) {
  for (const std::string &character : {std::string("x"), std::string("\xc3\xa4"), std::string("\xf0\x9f\x98\x80")}) {
    Bytes buffer(2048);
    StatesWriter writer(buffer.data(), buffer.size());
    ASSERT_TRUE(writer.add_text({3, 0, 2}, repeated(character, 300)));
    const size_t head = character.size() == 1 ? 2 : 3;
    EXPECT_EQ(writer.finish(), 3U + 4U + head + 255U * character.size());
  }
  Bytes buffer(1024);
  StatesWriter writer(buffer.data(), buffer.size());
  ASSERT_TRUE(writer.add_text({3, 0, 2}, repeated("\xc3\xa4", 300)));
  EXPECT_EQ(to_hex({buffer.data(), writer.finish()}),
            to_hex(transcripts().bytes("messages.device.states_text_255_characters")));
}

TEST(States, ATextThatLosesItsEndIsKnown) {
  Bytes buffer(2048);
  StatesWriter writer(buffer.data(), buffer.size());
  ASSERT_TRUE(writer.add_text({3, 0, 2}, std::string(255, 'x')));
  EXPECT_FALSE(writer.cut());
  ASSERT_TRUE(writer.add_text({3, 0, 2}, std::string(256, 'x')));
  EXPECT_TRUE(writer.cut());
  ASSERT_TRUE(writer.add_bool({4, 0, 1}, true));
  EXPECT_FALSE(writer.cut()) << "the latest one was whole";
}

TEST(States, ALightThatNoMessageHoldsLosesTheEndOfItsEffect) {
  const std::string effect = repeated("\xf0\x9f\x98\x80", 255);
  Bytes large(2048);
  StatesWriter whole(large.data(), large.size());
  ASSERT_TRUE(add_light(whole, effect));
  EXPECT_FALSE(whole.cut());
  for (size_t capacity = 90; capacity < whole.finish() + 20; capacity++) {
    Bytes buffer(capacity);
    StatesWriter writer(buffer.data(), capacity);
    ASSERT_TRUE(add_light(writer, effect)) << capacity;
    EXPECT_EQ(writer.cut(), writer.finish() < whole.finish()) << capacity;
    EXPECT_EQ(cbor_validate({buffer.data(), writer.finish()}), Error::NONE) << capacity;
    EXPECT_FALSE(add_light(writer, effect)) << "a second one goes into the next message, whole";
  }
}

TEST(States, ATextThatNoMessageHoldsIsCutAtACharacter) {
  const std::string text = repeated("\xf0\x9f\x98\x80", 255);
  for (size_t capacity = 20; capacity < 1040; capacity++) {
    Bytes buffer(capacity);
    StatesWriter writer(buffer.data(), capacity);
    ASSERT_TRUE(writer.add_text({3, 0, UINT32_MAX}, text)) << capacity;
    const size_t size = writer.finish();
    EXPECT_EQ(cbor_validate({buffer.data(), size}), Error::NONE) << capacity;
    EXPECT_TRUE(capacity - size < 6 || capacity >= 11 + 3 + 1020) << capacity;
    EXPECT_FALSE(writer.add_text({3, 0, 1}, text)) << "a second one goes into the next message, whole";
  }
}

/// A climate that knows of two long words.
static bool add_climate(StatesWriter &writer, std::string_view fan_mode, std::string_view preset) {
  namespace key = wire::climate::state;
  StateMap climate(writer, {14, 0, 6});
  climate.number(key::MODE, 3);
  climate.real(key::CURRENT_TEMPERATURE, 20.1F);
  climate.texts(key::CUSTOM_FAN_MODE, fan_mode, key::CUSTOM_PRESET, preset);
  return climate.end();
}

TEST(States, ANumberThatIsNoneIsLeftOut) {
  uint8_t buffer[64];
  StatesWriter writer(buffer, sizeof(buffer));
  StateMap climate(writer, {14, 0, 6});
  for (const float none : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                           -std::numeric_limits<float>::infinity()})
    climate.real(wire::climate::state::TARGET_TEMPERATURE, none);
  climate.real(wire::climate::state::CURRENT_TEMPERATURE, -40.0F);
  ASSERT_TRUE(climate.end());
  EXPECT_EQ(to_hex({buffer, writer.finish()}), "82038184"
                                               "0e0006a10af9d100");
}

TEST(States, TwoTextsShareAMessage) {
  const std::string fan_mode = repeated("\xf0\x9f\x8c\x80", 255), preset = repeated("\xf0\x9f\x8e\x89", 255);
  Bytes large(4096);
  StatesWriter whole(large.data(), large.size());
  ASSERT_TRUE(add_climate(whole, fan_mode, preset));
  EXPECT_FALSE(whole.cut());
  const size_t needed = whole.finish();
  for (size_t capacity = 120; capacity < needed + 40; capacity++) {
    Bytes buffer(capacity);
    StatesWriter writer(buffer.data(), capacity);
    ASSERT_TRUE(add_climate(writer, fan_mode, preset)) << capacity;
    const size_t size = writer.finish();
    EXPECT_EQ(writer.cut(), size < needed) << capacity;
    EXPECT_EQ(cbor_validate({buffer.data(), size}), Error::NONE) << capacity;
    EXPECT_TRUE(capacity - size < 48 || size == needed) << capacity << " is used";
  }
}

TEST(States, AShortTextLeavesTheRoomToTheOther) {
  const std::string longest = repeated("\xf0\x9f\x8c\x80", 255);
  for (const std::string &other : {std::string(), std::string("Eco")}) {
    Bytes buffer(1100);
    StatesWriter first(buffer.data(), buffer.size());
    ASSERT_TRUE(add_climate(first, longest, other));
    EXPECT_FALSE(first.cut());
    StatesWriter second(buffer.data(), buffer.size());
    ASSERT_TRUE(add_climate(second, other, longest));
    EXPECT_FALSE(second.cut());
  }
}

}  // namespace esphome::oceanremote::testing
