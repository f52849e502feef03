// Command arguments: what a domain takes, and nothing else.

#include <gtest/gtest.h>

#include <limits>

#include "command_args.h"
#include "support/vectors.h"

namespace esphome::oceanremote::testing {

template<typename Value> static Error parse(Error (*parser)(ByteView, Value &), const std::string &hex, Value &value) {
  const Bytes bytes = from_hex(hex);
  return parser(view(bytes), value);
}

TEST(CommandArgs, Switch) {
  bool on = false;
  EXPECT_EQ(parse(parse_switch_args, "a101f5", on), Error::NONE);
  EXPECT_TRUE(on);
  for (const char *bad : {"a0", "a10101", "a102f5", "a101f6", "a201f502f5", "80", "f5", "a101f4ff", ""}) {
    EXPECT_EQ(parse(parse_switch_args, bad, on), Error::MESSAGE_MALFORMED) << bad;
    EXPECT_TRUE(on) << "as it was";
  }
}

TEST(CommandArgs, Button) {
  EXPECT_EQ(parse_button_args(view(from_hex("a0"))), Error::NONE);
  EXPECT_EQ(parse_button_args(view(from_hex("a101f5"))), Error::MESSAGE_MALFORMED);
  EXPECT_EQ(parse_button_args(view(from_hex("80"))), Error::MESSAGE_MALFORMED);
}

TEST(CommandArgs, NumberSaturatesWhatAFloatCannotHold) {
  float value = 1.0F;
  EXPECT_EQ(parse(parse_number_args, "a101f94d60", value), Error::NONE);
  EXPECT_EQ(value, 21.5F);
  EXPECT_EQ(parse(parse_number_args, "a101fb7fe1ccf385ebc8a0", value), Error::NONE);  // 1e308
  EXPECT_EQ(value, std::numeric_limits<float>::max());
  EXPECT_EQ(parse(parse_number_args, "a101fbffe1ccf385ebc8a0", value), Error::NONE);
  EXPECT_EQ(value, -std::numeric_limits<float>::max());
  EXPECT_EQ(parse(parse_number_args, "a10115", value), Error::MESSAGE_MALFORMED) << "an integer";
  EXPECT_EQ(parse(parse_number_args, "a101f5", value), Error::MESSAGE_MALFORMED) << "a boolean";
  EXPECT_EQ(parse(parse_number_args, "a101f97e00", value), Error::MESSAGE_MALFORMED) << "NaN";
}

TEST(CommandArgs, Select) {
  std::string_view option;
  const Bytes bytes = from_hex("a1016466756c6c");
  ASSERT_EQ(parse_select_args(view(bytes), option), Error::NONE);
  EXPECT_EQ(option, "full");
  EXPECT_EQ(parse(parse_select_args, "a10144aabbccdd", option), Error::MESSAGE_MALFORMED);
  Bytes longest = from_hex("a10178ff");
  longest.resize(longest.size() + 255, 'x');
  EXPECT_EQ(parse_select_args(view(longest), option), Error::NONE);
  Bytes longer = from_hex("a101790100");
  longer.resize(longer.size() + 256, 'x');
  EXPECT_EQ(parse_select_args(view(longer), option), Error::MESSAGE_MALFORMED);
}

TEST(CommandArgs, LightWithEverything) {
  HubMessage message;
  const Bytes bytes = transcripts().bytes("messages.hub.command_light_everything");
  ASSERT_EQ(parse_hub_message(view(bytes), message), Error::NONE);
  LightValues light;
  ASSERT_EQ(parse_light_args(message.command.args, light), Error::NONE);
  EXPECT_EQ(light.fields, 0x0FFF);
  EXPECT_TRUE(light.on);
  EXPECT_EQ(light.brightness, 0.5F);
  EXPECT_EQ(light.color_mode, 35);
  EXPECT_EQ(light.red, 1.0F);
  EXPECT_EQ(light.effect, "None");
  EXPECT_EQ(light.transition_ms, 1500U);
  EXPECT_EQ(light.flash_ms, 10000U);
}

TEST(CommandArgs, LightRefusesWhatIsOutOfRange) {
  LightValues light;
  EXPECT_EQ(parse(parse_light_args, "a0", light), Error::NONE);
  EXPECT_EQ(parse(parse_light_args, "a102f93c00", light), Error::NONE);
  for (const char *bad :
       {"a102f93c01", "a102f98001", "a102fb3ff0000000000001", "a1048200f5", "a10483f93c00f93c00f93c01", "a106f9bc00",
        "a1031901ff", "a10b20", "a10b1b0000000100000000", "a10df5", "a100f5", "a109f5", "80", "a0f5"})
    EXPECT_EQ(parse(parse_light_args, bad, light), Error::MESSAGE_MALFORMED) << bad;
}

TEST(CommandArgs, OnlyCommandableDomainsTakeAny) {
  const Bytes empty = from_hex("a0");
  for (int domain = 0; domain < 256; domain++) {
    const Error error = check_command_args(static_cast<uint8_t>(domain), view(empty));
    EXPECT_EQ(error == Error::NONE, domain == 5 || domain == 8) << domain;
  }
}

}  // namespace esphome::oceanremote::testing
