// Command arguments: what a domain takes, and nothing else.

// As an ESP8266 reads it: behind the macros of Arduino's core.
#define HIGH 0x1
#define LOW 0x0
#include "wire_domains.h"

#include <gtest/gtest.h>

#include <limits>

#include "arguments.h"
#include "messages.h"
#include "support/vectors.h"

namespace esphome::oceanremote::testing {

using wire::Domain;

static Error check(Domain domain, const std::string &hex) {
  return check_arguments(static_cast<uint8_t>(domain), view(from_hex(hex)));
}

/// Checks the arguments, and reads one if they are right.
template<typename Value> static Error take(Domain domain, uint8_t key, const std::string &hex, Value &value) {
  const Bytes bytes = from_hex(hex);
  const Error error = check_arguments(static_cast<uint8_t>(domain), view(bytes));
  if (error == Error::NONE) {
    EXPECT_TRUE(Arguments(view(bytes)).get(key, value)) << hex;
  }
  return error;
}

TEST(Arguments, Switch) {
  bool on = false;
  EXPECT_EQ(take(Domain::SWITCH, wire::switch_::command::ON, "a101f5", on), Error::NONE);
  EXPECT_TRUE(on);
  for (const char *bad : {"a0", "a10101", "a102f5", "a101f6", "a201f502f5", "80", "f5", "a101f4ff", ""}) {
    EXPECT_EQ(take(Domain::SWITCH, wire::switch_::command::ON, bad, on), Error::MESSAGE_MALFORMED) << bad;
    const Bytes bytes = from_hex(bad);
    if (std::string(bad) != "a101f4ff" && std::string(bad) != "a201f502f5") {
      EXPECT_FALSE(Arguments(view(bytes)).get(1, on)) << bad;
    }
    EXPECT_TRUE(on) << "as it was";
  }
}

TEST(Arguments, Button) {
  EXPECT_EQ(check(Domain::BUTTON, "a0"), Error::NONE);
  EXPECT_EQ(check(Domain::BUTTON, "a101f5"), Error::MESSAGE_MALFORMED);
  EXPECT_EQ(check(Domain::BUTTON, "80"), Error::MESSAGE_MALFORMED);
}

TEST(Arguments, NumberSaturatesWhatAFloatCannotHold) {
  float value = 1.0F;
  const auto number = [&value](const char *hex) {
    return take(Domain::NUMBER, wire::number::command::VALUE, hex, value);
  };
  EXPECT_EQ(number("a101f94d60"), Error::NONE);
  EXPECT_EQ(value, 21.5F);
  EXPECT_EQ(number("a101fb7fe1ccf385ebc8a0"), Error::NONE);  // 1e308
  EXPECT_EQ(value, std::numeric_limits<float>::max());
  EXPECT_EQ(number("a101fbffe1ccf385ebc8a0"), Error::NONE);
  EXPECT_EQ(value, -std::numeric_limits<float>::max());
  EXPECT_EQ(number("a10115"), Error::MESSAGE_MALFORMED) << "an integer";
  EXPECT_EQ(number("a101f5"), Error::MESSAGE_MALFORMED) << "a boolean";
  EXPECT_EQ(number("a101f97e00"), Error::MESSAGE_MALFORMED) << "NaN";
}

TEST(Arguments, Select) {
  std::string_view option;
  const Bytes bytes = from_hex("a1016466756c6c");
  ASSERT_EQ(check_arguments(wire::select::NUMBER, view(bytes)), Error::NONE);
  ASSERT_TRUE(Arguments(view(bytes)).get(wire::select::command::OPTION, option));
  EXPECT_EQ(option, "full");
  EXPECT_EQ(check(Domain::SELECT, "a10144aabbccdd"), Error::MESSAGE_MALFORMED);
  Bytes longest = from_hex("a10178ff");
  longest.resize(longest.size() + 255, 'x');
  EXPECT_EQ(check_arguments(wire::select::NUMBER, view(longest)), Error::NONE);
  Bytes longer = from_hex("a101790100");
  longer.resize(longer.size() + 256, 'x');
  EXPECT_EQ(check_arguments(wire::select::NUMBER, view(longer)), Error::MESSAGE_MALFORMED);
}

TEST(Arguments, LightWithEverything) {
  namespace key = wire::light::command;
  HubMessage message;
  const Bytes bytes = transcripts().bytes("messages.hub.command_light_everything");
  ASSERT_EQ(parse_hub_message(view(bytes), message), Error::NONE);
  const Arguments light(message.command.args);
  EXPECT_EQ(light.count(), 12U);
  bool on = false;
  uint32_t color_mode, transition, flash;
  float brightness, rgb[3];
  std::string_view effect;
  EXPECT_TRUE(light.get(key::ON, on) && on);
  EXPECT_TRUE(light.get(key::BRIGHTNESS, brightness) && brightness == 0.5F);
  EXPECT_TRUE(light.get(key::COLOR_MODE, color_mode) && color_mode == 35);
  EXPECT_TRUE(light.get(key::RGB, rgb) && rgb[0] == 1.0F);
  EXPECT_TRUE(light.get(key::EFFECT, effect) && effect == "None");
  EXPECT_TRUE(light.get(key::TRANSITION, transition) && transition == 1500U);
  EXPECT_TRUE(light.get(key::FLASH, flash) && flash == 10000U);
  for (const uint8_t share :
       {key::WHITE, key::COLOR_TEMPERATURE, key::COLD_WHITE, key::WARM_WHITE, key::COLOR_BRIGHTNESS})
    EXPECT_TRUE(light.get(share, brightness)) << int(share);
  EXPECT_FALSE(light.get(13, on));
}

TEST(Arguments, LightRefusesWhatIsOutOfRange) {
  EXPECT_EQ(check(Domain::LIGHT, "a0"), Error::NONE);
  for (const char *bad :
       {"a102f93c01", "a102f98001", "a102fb3ff0000000000001", "a1048200f5", "a10483f93c00f93c00f93c01", "a106f9bc00",
        "a1031901ff", "a10b20", "a10b1b0000000100000000", "a10df5", "a100f5", "a109f5", "80", "a0f5"})
    EXPECT_EQ(check(Domain::LIGHT, bad), Error::MESSAGE_MALFORMED) << bad;
}

TEST(Arguments, Valve) {
  float position = 0.0F;
  bool stop = false;
  EXPECT_EQ(take(Domain::VALVE, wire::valve::command::POSITION, "a101f93800", position), Error::NONE);
  EXPECT_EQ(position, 0.5F);
  EXPECT_EQ(take(Domain::VALVE, wire::valve::command::STOP, "a102f5", stop), Error::NONE);
  EXPECT_TRUE(stop);
  EXPECT_EQ(check(Domain::VALVE, "a103f5"), Error::NONE);
  for (const char *bad : {"a101f93c01", "a101f5", "a10201", "a104f5", "80", "a102f5f5"})
    EXPECT_EQ(check(Domain::VALVE, bad), Error::MESSAGE_MALFORMED) << bad;
}

TEST(Arguments, Climate) {
  namespace key = wire::climate::command;
  uint32_t mode = 0;
  float target = 0.0F;
  std::string_view word;
  EXPECT_EQ(take(Domain::CLIMATE, key::MODE, "a10106", mode), Error::NONE);
  EXPECT_EQ(mode, uint32_t(wire::climate::Mode::AUTO));
  EXPECT_EQ(take(Domain::CLIMATE, key::TARGET_TEMPERATURE, "a102f9cd00", target), Error::NONE);
  EXPECT_EQ(target, -20.0F);
  EXPECT_EQ(take(Domain::CLIMATE, key::CUSTOM_FAN_MODE, "a10c65547572626f", word), Error::NONE);
  for (const char *bad : {"a10107", "a1050a", "a10608", "a10704", "a102f97e00", "a10215", "a10900", "a10af94d00",
                          "a10bf94d00", "a10cf5", "a10ef5", "80"})
    EXPECT_EQ(check(Domain::CLIMATE, bad), Error::MESSAGE_MALFORMED) << bad;
}

TEST(Arguments, WaterHeater) {
  namespace key = wire::water_heater::command;
  bool away = false;
  EXPECT_EQ(take(Domain::WATER_HEATER, key::AWAY, "a105f5", away), Error::NONE);
  EXPECT_TRUE(away);
  for (const char *bad : {"a10107", "a102f97c00", "a10501", "a107f94d00", "a108f5", "80"})
    EXPECT_EQ(check(Domain::WATER_HEATER, bad), Error::MESSAGE_MALFORMED) << bad;
}

TEST(Arguments, WhatIsNotThereLeavesItsPlaceAlone) {
  const Bytes bytes = from_hex("a201f5096478c3a478");  // on, effect
  const Arguments light(view(bytes));
  uint32_t number = 7;
  float real = 8.0F, rgb[3] = {9.0F, 9.0F, 9.0F};
  std::string_view text = "before";
  EXPECT_FALSE(light.get(wire::light::command::TRANSITION, number) || light.get(wire::light::command::ON, number));
  EXPECT_FALSE(light.get(wire::light::command::BRIGHTNESS, real) || light.get(wire::light::command::ON, real));
  EXPECT_FALSE(light.get(wire::light::command::RGB, rgb) || light.get(wire::light::command::EFFECT, rgb));
  EXPECT_EQ(number, 7U);
  EXPECT_EQ(real, 8.0F);
  EXPECT_EQ(rgb[0], 9.0F);
  EXPECT_FALSE(light.get(wire::light::command::ON, text));
  EXPECT_EQ(text, "before");
  EXPECT_TRUE(light.get(wire::light::command::EFFECT, text));
  EXPECT_EQ(text, "x\xc3\xa4x");
}

TEST(Arguments, AreThoseOfTheHubsTables) {
  size_t taken = 0, refused = 0;
  for (const auto &row : table("arguments.csv")) {  // domain, whether it takes them, arguments
    const Bytes bytes = from_hex(row[2]);
    const bool takes = row[1] == "yes";
    const Error error = check_arguments(static_cast<uint8_t>(std::stoi(row[0])), view(bytes));
    EXPECT_EQ(error == Error::NONE, takes) << row[0] << ": " << row[2];
    (takes ? taken : refused)++;
  }
  EXPECT_GT(taken, 50U);
  EXPECT_GT(refused, 300U);
}

}  // namespace esphome::oceanremote::testing
