// Messages against the Python core's samples.

#include <gtest/gtest.h>

#include "arguments.h"
#include "messages.h"
#include "requests.h"
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
  ASSERT_EQ(parse(v.bytes("messages.hub.stay_awake"), message), Error::NONE);
  EXPECT_TRUE(message.stay_awake);
  ASSERT_EQ(parse(v.bytes("messages.hub.stay_awake_no_longer"), message), Error::NONE);
  EXPECT_FALSE(message.stay_awake);
  ASSERT_EQ(parse(v.bytes("messages.hub.ping"), message), Error::NONE);
  EXPECT_EQ(message.nonce[7], 7);
}

TEST(HubMessages, AddressesComeOutAsTheyWentIn) {
  const Vectors &v = transcripts();
  HubMessage message;
  for (const auto &[name, phase] : {std::pair{"new_hub_key_to_come", HubKeyPhase::TO_COME},
                                    std::pair{"new_hub_key_in_force", HubKeyPhase::IN_FORCE}}) {
    const Bytes told = v.bytes(std::string("messages.hub.") + name);
    ASSERT_EQ(parse_hub_message(view(told), message), Error::NONE);
    EXPECT_EQ(message.new_hub_key.phase, phase);
    EXPECT_EQ(message.new_hub_key.key[0], 96);
    EXPECT_EQ(message.new_hub_key.key[KEY_SIZE - 1], 127);
  }
  const Bytes two = v.bytes("messages.hub.addresses");
  ASSERT_EQ(parse(two, message), Error::NONE);
  EXPECT_EQ(message.addresses.version, UINT32_MAX);
  ASSERT_EQ(message.addresses.count, 2);
  EXPECT_EQ(message.addresses.urls[0], "ws://192.168.1.10:8123");
  EXPECT_EQ(message.addresses.urls[1], "wss://home.example.com/proxy");
  const Bytes most = v.bytes("messages.hub.addresses_most");
  ASSERT_EQ(parse(most, message), Error::NONE);
  ASSERT_EQ(message.addresses.count, ADDRESS_LIST_MAX);
  EXPECT_EQ(message.addresses.urls[3].size(), HUB_URL_MAX);
}

TEST(HubMessages, UpdatesComeOutAsTheyWentIn) {
  const Vectors &v = transcripts();
  HubMessage message;
  const Bytes largest = v.bytes("messages.hub.update_offer_largest");
  ASSERT_EQ(parse(largest, message), Error::NONE);
  EXPECT_EQ(message.update_offer.update, UINT32_MAX);
  EXPECT_EQ(message.update_offer.size, FIRMWARE_MAX);
  EXPECT_FALSE(message.update_offer.demands);
  const Bytes offer = v.bytes("messages.hub.update_offer");
  ASSERT_EQ(parse(offer, message), Error::NONE);
  EXPECT_EQ(message.update_offer.digest[31], 31);
  const Bytes last = v.bytes("messages.hub.update_chunk_last");
  ASSERT_EQ(parse(last, message), Error::NONE);
  EXPECT_EQ(message.update_chunk.offset, FIRMWARE_MAX - 1);
  EXPECT_EQ(message.update_chunk.part.size, 1U);
  ASSERT_EQ(parse(v.bytes("messages.hub.update_install"), message), Error::NONE);
  EXPECT_EQ(message.update, 1U);
}

TEST(HubMessages, AnOfferMayDemandWhatOnlyNewerDevicesKnow) {
  Bytes offer = transcripts().bytes("messages.hub.update_offer");
  offer.back() = 0xA2;  // {1: [1, {2: "x"}], 100: h'00'}
  for (const uint8_t byte : {0x01, 0x82, 0x01, 0xA1, 0x02, 0x61, 0x78, 0x18, 0x64, 0x41, 0x00})
    offer.push_back(byte);
  HubMessage message;
  ASSERT_EQ(parse(offer, message), Error::NONE);
  EXPECT_TRUE(message.update_offer.demands);
  offer.pop_back();
  EXPECT_NE(parse(offer, message), Error::NONE);
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
  EXPECT_EQ(written([&](CborWriter &w) { write_describe_head(w, 262143, 262144, 1); }) + "80",
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
  EXPECT_EQ(written([&](CborWriter &w) { write_event(w, {10, 0, 7}, 0); }), sample("event"));
  EXPECT_EQ(written([&](CborWriter &w) { write_event(w, {10, 0, 7}, 254); }), sample("event_of_the_last_type"));
  const uint8_t timings[] = {0xd0, 0x8c, 0x01, 0xa7, 0x46, 0xe0, 0x08, 0xdf, 0x08, 0x02, 0x01};
  EXPECT_EQ(written([&](CborWriter &w) { write_heard_signal(w, {24, 0, 8}, {timings, sizeof(timings)}); }),
            sample("heard_signal"));
  EXPECT_EQ(written([](CborWriter &w) { write_log(w, 3, "wifi", "Connected"); }), sample("log"));
  EXPECT_EQ(written([](CborWriter &w) { write_rotate(w); }), sample("rotate"));
  EXPECT_EQ(written([](CborWriter &w) { write_states_complete(w); }), sample("states_complete"));
  EXPECT_EQ(written([&](CborWriter &w) { write_pong(w, counting); }), sample("pong"));
  const auto goodbye = [](uint32_t seconds, GoodbyeReason why) {
    return written([=](CborWriter &w) { write_goodbye(w, seconds, why); });
  };
  EXPECT_EQ(goodbye(0, GoodbyeReason::RESTART), sample("goodbye_restart"));
  EXPECT_EQ(goodbye(86400, GoodbyeReason::SLEEP), sample("goodbye_asleep"));
  EXPECT_EQ(goodbye(0, GoodbyeReason::SLEEP), sample("goodbye_asleep_until_a_pin"));
  EXPECT_EQ(goodbye(UINT32_MAX, GoodbyeReason::UPDATE), sample("goodbye_update"));
  EXPECT_EQ(goodbye(0, GoodbyeReason::POWER_OFF), sample("goodbye_power_off"));
}

TEST(DeviceMessages, TellHowAnUpdateGoes) {
  const auto position = [](uint32_t update, uint32_t offset) {
    return written([=](CborWriter &w) { write_update_position(w, update, offset); });
  };
  const auto outcome = [](uint32_t update, UpdateStatus status, UpdateFailure failure) {
    return written([=](CborWriter &w) { write_update_outcome(w, update, status, failure); });
  };
  EXPECT_EQ(position(1, 0), sample("update_position"));
  EXPECT_EQ(position(UINT32_MAX, FIRMWARE_MAX), sample("update_position_last"));
  EXPECT_EQ(outcome(1, UpdateStatus::INSTALLED, UpdateFailure::NONE), sample("update_installed"));
  EXPECT_EQ(outcome(2, UpdateStatus::FAILED, UpdateFailure::GIVEN_UP), sample("update_failed"));
}

TEST(DeviceMessages, TellHealthWithoutWhatABoardDoesNotHave) {
  Health health;
  health.uptime_s = 86400;
  health.wifi_signal_dbm = -67;
  health.free_heap = UINT32_MAX - 1;
  health.longest_loop_ms = 412;
  const std::string everything = written([&](CborWriter &w) { write_health(w, health); });
  EXPECT_EQ(everything, sample("health_everything"));
  health = {};
  health.uptime_s = 1;
  health.free_heap = 23456;
  EXPECT_EQ(written([&](CborWriter &w) { write_health(w, health); }), sample("health_without_wifi"));
}

TEST(DeviceMessages, TellTheLastLines) {
  EXPECT_EQ(written([](CborWriter &w) { write_last_lines_head(w, "Power lost", 0); }), sample("last_lines_none"));
  std::string text;
  for (int i = 0; i < 127; i++)
    text += "ä";
  EXPECT_EQ(written([&](CborWriter &w) {
              write_last_lines_head(w, "Exception", 2);
              write_last_line(w, 2, "wifi", "Weak signal");
              write_last_line(w, 1, "", text);
            }),
            sample("last_lines"));
}

TEST(DeviceMessages, AskAsThePythonCoreReadsIt) {
  EXPECT_EQ(written([](CborWriter &w) { write_import(w, 0, "sensor.outdoor_temperature", ""); }),
            sample("import_state"));
  EXPECT_EQ(written([](CborWriter &w) { write_import(w, 63, "climate.living_room", "current_temperature"); }),
            sample("import_attribute"));
  const auto request = [](auto write) {
    uint8_t buffer[2048];
    RequestWriter writer(buffer, sizeof(buffer));
    write(writer);
    EXPECT_TRUE(writer.ok());
    return to_hex({buffer, writer.size()});
  };
  EXPECT_EQ(request([](RequestWriter &w) { w.begin(1, RequestKind::ACTION, "light.turn_on", 0); }),
            sample("request_action"));
  EXPECT_EQ(request([](RequestWriter &w) { w.begin(4, RequestKind::TAG, "04-A1-B2-C3", 0); }), sample("request_tag"));
  EXPECT_EQ(request([](RequestWriter &w) {
              w.begin(UINT32_MAX, RequestKind::EVENT, "esphome.doorbell", 1);
              w.open(RequestPart::DATA, 1);
              w.field("button", "left");
            }),
            sample("request_event"));
  EXPECT_EQ(request([](RequestWriter &w) {
              w.begin(2, RequestKind::ACTION, "weather.get_forecasts", 5);
              w.open(RequestPart::DATA, 2);
              w.field("entity_id", "weather.home");
              w.field("type", "daily");
              w.open(RequestPart::DATA_TEMPLATE, 1);
              w.field("brightness", "{{ level | int }}");
              w.open(RequestPart::VARIABLES, 2);
              w.field("level", "21.5");
              w.field("a", "");
              w.want_response();
              w.response_template("{{ response['weather.home'].forecast[0].condition }}");
            }),
            sample("request_action_everything"));
  EXPECT_EQ(request([](RequestWriter &w) {
              w.begin(3, RequestKind::ACTION, "a.b", 1);
              w.open(RequestPart::DATA, 16);
              for (int i = 0; i < 16; i++)
                w.field("key_" + std::to_string(i), "ääääääääääää");
            }),
            sample("request_sixteen_pairs"));
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
  facts.keeps_time = true;
  EXPECT_EQ(written([&](CborWriter &w) { write_ready(w, hash, facts); }), sample("ready_keeps_time"));
  facts.keeps_time = false;
  facts.sleeps = true;
  EXPECT_EQ(written([&](CborWriter &w) { write_ready(w, hash, facts); }), sample("ready_sleeps"));
  facts.sleeps = false;
  facts.remembers = true;
  EXPECT_EQ(written([&](CborWriter &w) { write_ready(w, hash, facts); }), sample("ready_remembers"));
  facts.remembers = false;
  facts.reports_health = true;
  EXPECT_EQ(written([&](CborWriter &w) { write_ready(w, hash, facts); }), sample("ready_reports_health"));
  facts.reports_health = false;
  facts.takes_hub_keys = true;
  EXPECT_EQ(written([&](CborWriter &w) { write_ready(w, hash, facts); }), sample("ready_takes_hub_keys"));
  facts.takes_hub_keys = false;
  UpdateFacts updates{"ESP8266", "1a2b3c4d", 960, true, false};
  facts.updates = &updates;
  EXPECT_EQ(written([&](CborWriter &w) { write_ready(w, hash, facts); }), sample("ready_takes_updates"));
  updates = {"ESP32S3", "1a2b3c4d-1795000000", 1, false, true};
  EXPECT_EQ(written([&](CborWriter &w) { write_ready(w, hash, facts); }), sample("ready_falls_back"));
  facts.updates = nullptr;
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

TEST(DeviceMessages, ReadingsAreTheirHeadAndThenEachOne) {
  EXPECT_EQ(written([](CborWriter &w) {
              write_readings_head(w, {0, UINT32_MAX, 0, 0, 0}, 1);
              write_reading(w, 0, 21.5F);
            }),
            sample("readings_one"));
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

TEST(DeviceMessages, StoredAddressesAreWrittenAsThePythonCoreWritesThem) {
  const uint8_t hub_key_id[HUB_KEY_ID_SIZE] = {0, 1, 2, 3};
  EXPECT_EQ(written([&](CborWriter &writer) { write_hub_key_stored(writer, hub_key_id); }), sample("hub_key_stored"));
  EXPECT_EQ(written([](CborWriter &writer) { write_addresses_stored(writer, 0, 0, 0); }),
            sample("addresses_none_stored"));
  EXPECT_EQ(written([](CborWriter &writer) { write_addresses_stored(writer, UINT32_MAX, 0b1000, 0b0111); }),
            sample("addresses_stored"));
}

}  // namespace esphome::oceanremote::testing
