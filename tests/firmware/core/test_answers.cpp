// What the hub answers to requests and tells of imported states, and its clock.

#include <gtest/gtest.h>

#include <string>

#include "messages.h"
#include "support/vectors.h"

namespace esphome::oceanremote::testing {

/// [type, items…] with what the last items are written by.
template<typename Write> static Bytes message(uint8_t type, size_t items, Write write) {
  uint8_t buffer[4096];
  CborWriter writer(buffer, sizeof(buffer));
  writer.write_array(items);
  writer.write_uint(type);
  write(writer);
  EXPECT_TRUE(writer.ok());
  return {buffer, buffer + writer.size()};
}

static Error parse(const Bytes &bytes, HubMessage &out) { return parse_hub_message({bytes.data(), bytes.size()}, out); }

static Bytes answer(uint64_t id, uint64_t status, const std::string &reason, const std::string *response) {
  return message(73, 5, [&](CborWriter &w) {
    w.write_uint(id);
    w.write_uint(status);
    w.write_text(reason, 4096);
    if (response == nullptr)
      w.write_null();
    else
      w.write_text(*response, 4096);
  });
}

TEST(Answers, ComeOutAsTheyWentIn) {
  HubMessage out;
  const std::string text = "{\"a\": 1}";
  Bytes bytes = answer(UINT32_MAX, 0, "", &text);
  ASSERT_EQ(parse(bytes, out), Error::NONE);
  ASSERT_EQ(out.type, MessageType::ANSWER);
  EXPECT_EQ(out.answer.id, UINT32_MAX);
  EXPECT_EQ(out.answer.status, AnswerStatus::DONE);
  EXPECT_EQ(out.answer.response, text);
  bytes = answer(1, 3, "no such action", nullptr);
  ASSERT_EQ(parse(bytes, out), Error::NONE);
  EXPECT_EQ(out.answer.status, AnswerStatus::NO_SUCH);
  EXPECT_EQ(out.answer.reason, "no such action");
  EXPECT_TRUE(out.answer.response.empty());
}

TEST(Answers, AreHeldToTheirLimits) {
  HubMessage out;
  const std::string longest(RESPONSE_MAX, 'r'), reason(REASON_MAX, 'x');
  EXPECT_EQ(parse(answer(1, 0, reason, &longest), out), Error::NONE);
  const std::string longer = longest + "r";
  EXPECT_EQ(parse(answer(1, 0, "", &longer), out), Error::MESSAGE_MALFORMED);
  EXPECT_EQ(parse(answer(1, 0, reason + "x", nullptr), out), Error::MESSAGE_MALFORMED);
  EXPECT_EQ(parse(answer(1, 4, "", nullptr), out), Error::MESSAGE_MALFORMED);
  EXPECT_EQ(parse(answer(0, 0, "", nullptr), out), Error::MESSAGE_MALFORMED);
  EXPECT_EQ(parse(answer(1ULL << 32, 0, "", nullptr), out), Error::MESSAGE_MALFORMED);
  const Bytes number = message(73, 5, [](CborWriter &w) {
    w.write_uint(1);
    w.write_uint(0);
    w.write_text("", 1);
    w.write_uint(7);
  });
  EXPECT_EQ(parse(number, out), Error::MESSAGE_MALFORMED);
}

static Bytes imported(uint64_t slot, uint64_t status, const std::string &value) {
  return message(74, 4, [&](CborWriter &w) {
    w.write_uint(slot);
    w.write_uint(status);
    w.write_text(value, 4096);
  });
}

TEST(Imports, ComeOutAsTheyWentIn) {
  HubMessage out;
  std::string value;
  for (int i = 0; i < 255; i++)
    value += "ü";
  Bytes bytes = imported(63, 0, value);
  ASSERT_EQ(parse(bytes, out), Error::NONE);
  ASSERT_EQ(out.type, MessageType::IMPORTED);
  EXPECT_EQ(out.imported.slot, 63);
  EXPECT_EQ(out.imported.status, ImportedStatus::VALUE);
  EXPECT_EQ(out.imported.value, value);
  bytes = imported(0, 2, "");
  ASSERT_EQ(parse(bytes, out), Error::NONE);
  EXPECT_EQ(out.imported.status, ImportedStatus::NOT_ALLOWED);
  EXPECT_EQ(parse(imported(0, 0, value + "u"), out), Error::MESSAGE_MALFORMED);
  EXPECT_EQ(parse(imported(64, 0, ""), out), Error::MESSAGE_MALFORMED);
  EXPECT_EQ(parse(imported(0, 3, ""), out), Error::MESSAGE_MALFORMED);
  EXPECT_EQ(parse(imported(0, 1, "x"), out), Error::MESSAGE_MALFORMED) << "nothing there, and yet a value";
  EXPECT_EQ(parse(imported(0, 2, "x"), out), Error::MESSAGE_MALFORMED);
}

TEST(HubTimes, MayNameTheZone) {
  const auto time = [](const std::string *zone) {
    return message(71, zone == nullptr ? 2 : 3, [&](CborWriter &w) {
      w.write_uint(1795000000000);
      if (zone != nullptr)
        w.write_text(*zone, 4096);
    });
  };
  HubMessage out;
  Bytes bytes = time(nullptr);
  ASSERT_EQ(parse(bytes, out), Error::NONE);
  EXPECT_EQ(out.time.hub_time_ms, 1795000000000U);
  EXPECT_TRUE(out.time.zone.empty());
  std::string zone = "CET-1CEST,M3.5.0,M10.5.0/3";
  bytes = time(&zone);
  ASSERT_EQ(parse(bytes, out), Error::NONE);
  EXPECT_EQ(out.time.zone, zone);
  zone = std::string(ZONE_MAX, 'x');
  EXPECT_EQ(parse(time(&zone), out), Error::NONE);
  zone += "x";
  EXPECT_EQ(parse(time(&zone), out), Error::MESSAGE_MALFORMED);
}

}  // namespace esphome::oceanremote::testing
