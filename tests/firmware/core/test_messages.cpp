// Messages against the Python core's samples.

#include <gtest/gtest.h>

#include "arguments.h"
#include "messages.h"
#include "support/vectors.h"

namespace esphome::oceanremote::testing {

static Error parse(const Bytes &bytes, HubMessage &out) { return parse_hub_message(view(bytes), out); }

TEST(HubMessages, EverySampleParses) {
  const Vectors &v = transcripts();
  const auto names = v.children("messages.hub");
  ASSERT_GT(names.size(), 10U);
  for (const std::string &name : names) {
    HubMessage message;
    EXPECT_EQ(parse(v.bytes("messages.hub." + name), message), Error::NONE) << name;
  }
}

TEST(HubMessages, NoSampleParsesWhenCutOrGrown) {
  const Vectors &v = transcripts();
  for (const std::string &name : v.children("messages.hub")) {
    Bytes bytes = v.bytes("messages.hub." + name);
    HubMessage message;
    for (size_t size = 0; size < bytes.size(); size++)
      EXPECT_NE(parse_hub_message({bytes.data(), size}, message), Error::NONE) << name << " " << size;
    bytes.push_back(0);
    EXPECT_NE(parse(bytes, message), Error::NONE) << name;
  }
}

TEST(HubMessages, EveryInvalidSampleIsRefused) {
  const Vectors &v = transcripts();
  size_t refused = 0;
  for (const std::string &name : v.children("invalid_messages")) {
    const std::string prefix = "invalid_messages." + name;
    if (v.text(prefix + ".from") != "hub")
      continue;
    HubMessage message;
    message.type = MessageType::TIME;
    EXPECT_NE(parse(v.bytes(prefix + ".bytes"), message), Error::NONE) << name << ": " << v.text(prefix + ".reason");
    EXPECT_EQ(message.type, MessageType::TIME) << "untouched";
    refused++;
  }
  EXPECT_GT(refused, 40U);
}

TEST(HubMessages, DeviceMessagesAreNotForDevices) {
  const Vectors &v = transcripts();
  for (const std::string &name : v.children("messages.device")) {
    HubMessage message;
    EXPECT_EQ(parse(v.bytes("messages.device." + name), message), Error::MESSAGE_UNEXPECTED) << name;
  }
}

TEST(HubMessages, FieldsComeOutAsTheyWentIn) {
  const Vectors &v = transcripts();
  HubMessage message;
  ASSERT_EQ(parse(v.bytes("messages.hub.welcome_wants_description"), message), Error::NONE);
  EXPECT_TRUE(message.welcome.want_description);
  EXPECT_EQ(message.welcome.hub_time_ms, 0x1a1ee565e7bU);
  EXPECT_TRUE(message.welcome.ticket.empty());
  const Bytes greeting = v.bytes("messages.hub.welcome_with_longest_ticket");
  ASSERT_EQ(parse(greeting, message), Error::NONE);
  ASSERT_EQ(message.welcome.ticket.size, TICKET_MAX);
  EXPECT_EQ(message.welcome.ticket.data[63], 63);
  const Bytes command = v.bytes("messages.hub.command_switch");
  ASSERT_EQ(parse(command, message), Error::NONE);
  EXPECT_EQ(message.command.id, 1U);
  EXPECT_EQ(message.command.deadline_ms, 5000U);
  EXPECT_EQ(message.command.address.domain, 4);
  EXPECT_EQ(message.command.address.key, 123456U);
  bool on = false;
  ASSERT_TRUE(Arguments(message.command.args).get(1, on));
  EXPECT_TRUE(on);
  const Bytes token = v.bytes("messages.hub.issue_token");
  ASSERT_EQ(parse(token, message), Error::NONE);
  EXPECT_EQ(message.issue_token.generation, 1U);
  EXPECT_EQ(message.issue_token.token[0], 0x40);
  ASSERT_EQ(parse(v.bytes("messages.hub.subscribe_logs"), message), Error::NONE);
  EXPECT_EQ(message.log_level, 5);
  ASSERT_EQ(parse(v.bytes("messages.hub.ping"), message), Error::NONE);
  EXPECT_EQ(message.nonce[7], 7);
}

// Device to hub

template<typename Write> static std::string written(Write write) {
  uint8_t buffer[2048];
  CborWriter writer(buffer, sizeof(buffer));
  write(writer);
  EXPECT_TRUE(writer.ok());
  return to_hex(writer.view());
}

static std::string sample(const std::string &name) { return to_hex(transcripts().bytes("messages.device." + name)); }

static Facts sample_facts() {
  Facts facts;
  facts.name = "garden-pump";
  facts.friendly_name = "Garden pump";
  facts.esphome_version = "2026.10.0";
  facts.project_version = "1.0.0";
  facts.board = "nodemcu-32s";
  facts.platform = "esp32";
  return facts;
}

TEST(DeviceMessages, AreByteForByteThoseOfThePythonCore) {
  uint8_t counting[32];
  for (uint8_t i = 0; i < 32; i++)
    counting[i] = i;
  EXPECT_EQ(written([&](CborWriter &w) { write_ready(w, counting, sample_facts()); }), sample("ready"));
  EXPECT_EQ(written([&](CborWriter &w) { write_describe_head(w, 0, 0, 0); }), sample("describe_nothing"));
  EXPECT_EQ(written([&](CborWriter &w) { write_describe_head(w, 131071, 131072, 1); }) + "80",
            sample("describe_last_part"));
  EXPECT_EQ(written([](CborWriter &w) { write_result(w, 1, CommandStatus::DONE, ""); }), sample("result_done"));
  EXPECT_EQ(written([](CborWriter &w) { write_result(w, 2, CommandStatus::REFUSED, "interlocked"); }),
            sample("result_refused"));
  EXPECT_EQ(written([](CborWriter &w) { write_result(w, UINT32_MAX, CommandStatus::EXPIRED, ""); }),
            sample("result_expired"));
  uint8_t hash[32];
  for (uint8_t i = 0; i < 32; i++)
    hash[i] = static_cast<uint8_t>(0x20 + i);
  EXPECT_EQ(written([&](CborWriter &w) { write_stored(w, hash); }), sample("stored"));
  EXPECT_EQ(written([](CborWriter &w) { write_log(w, 3, "wifi", "Connected"); }), sample("log"));
  EXPECT_EQ(written([](CborWriter &w) { write_rotate(w); }), sample("rotate"));
  EXPECT_EQ(written([](CborWriter &w) { write_states_complete(w); }), sample("states_complete"));
  EXPECT_EQ(written([&](CborWriter &w) { write_pong(w, counting); }), sample("pong"));
  EXPECT_EQ(written([](CborWriter &w) { write_goodbye(w, 0); }), sample("goodbye_unknown"));
  EXPECT_EQ(written([](CborWriter &w) { write_goodbye(w, 86400); }), sample("goodbye_asleep"));
}

TEST(DeviceMessages, FactsThatMayBeMissingAreLeftOutWhenEmpty) {
  const uint8_t hash[32] = {};
  Facts facts = sample_facts();
  facts.area = "Garden";
  EXPECT_EQ(written([&](CborWriter &w) { write_ready(w, hash, facts); }), sample("ready_area"));
  facts.area = "";
  facts.small_store = true;
  EXPECT_EQ(written([&](CborWriter &w) { write_ready(w, hash, facts); }), sample("ready_small_store"));
  facts.small_store = false;
  facts.friendly_name = "Gartenpumpe „Süd“";
  facts.project_version = "";
  facts.board = "d1_mini";
  facts.platform = "esp8266";
  facts.safe_mode = true;
  facts.reset_reason = "Exception";
  facts.area = "Südgarten";
  EXPECT_EQ(written([&](CborWriter &w) { write_ready(w, hash, facts); }), sample("ready_every_fact"));
  facts.area = "";
  EXPECT_EQ(written([&](CborWriter &w) { write_ready(w, hash, facts); }), sample("ready_safe_mode"));
}

TEST(DeviceMessages, LongTextsAreCutToTheGrammar) {
  const std::string text(2000, 'x');
  Facts facts;
  facts.name = facts.friendly_name = facts.esphome_version = facts.project_version = facts.board = facts.platform =
      facts.reset_reason = facts.area = text;
  uint8_t hash[32] = {};
  EXPECT_EQ(written([&](CborWriter &w) { write_ready(w, hash, facts); }).size(), 2 * (1 + 1 + 34 + 1 + 8 * 67 + 2));
  EXPECT_EQ(written([&](CborWriter &w) { write_result(w, 1, CommandStatus::REFUSED, text); }).size(), 2U * (4 + 66));
  EXPECT_EQ(written([&](CborWriter &w) { write_log(w, 1, text, text); }).size(), 2U * (3 + 66 + 1027));
}

}  // namespace esphome::oceanremote::testing
