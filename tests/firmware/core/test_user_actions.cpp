// User actions: what they are called with, what they respond, and which calls still run.

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "action_calls.h"
#include "arguments.h"
#include "description.h"
#include "support/vectors.h"
#include "user_actions.h"

namespace esphome::oceanremote::testing {

/// {1: [count items by write], 2: wants}
template<typename Write> static Bytes arguments(size_t count, Write write, bool wants = false) {
  uint8_t buffer[4096];
  CborWriter writer(buffer, sizeof(buffer));
  writer.write_map(wants ? 2 : 1);
  writer.write_uint(1);
  writer.write_array(count);
  write(writer);
  if (wants) {
    writer.write_uint(2);
    writer.write_bool(true);
  }
  EXPECT_TRUE(writer.ok());
  return {buffer, buffer + writer.size()};
}

static ByteView view_of(const Bytes &bytes) { return {bytes.data(), bytes.size()}; }

TEST(ActionArguments, OfAnyActionPass) {
  const auto nothing = [](CborWriter &) {};
  EXPECT_EQ(check_arguments(ACTION_DOMAIN, view_of(arguments(0, nothing))), Error::NONE);
  EXPECT_EQ(check_arguments(ACTION_DOMAIN, view_of(arguments(0, nothing, true))), Error::NONE);
  const auto numbers = [](size_t count) {
    return arguments(count, [count](CborWriter &w) {
      for (size_t i = 0; i < count; i++)
        w.write_uint(i);
    });
  };
  EXPECT_EQ(check_arguments(ACTION_DOMAIN, view_of(numbers(ACTION_ARGUMENTS_MAX))), Error::NONE);
  EXPECT_EQ(check_arguments(ACTION_DOMAIN, view_of(numbers(ACTION_ARGUMENTS_MAX + 1))), Error::MESSAGE_MALFORMED);
}

TEST(ActionArguments, OfNoActionAreRefused) {
  for (const Bytes &bytes : {
           Bytes{0xA0},                          // no values
           Bytes{0xA1, 0x01, 0x01},              // no list
           Bytes{0xA1, 0x02, 0xF5},              // no values
           Bytes{0xA2, 0x01, 0x80, 0x02, 0x01},  // 1 for true
           Bytes{0xA2, 0x01, 0x80, 0x03, 0xF5},  // no key 3
           Bytes{0x80},                          // no map
           Bytes{0xA1, 0x01, 0x80, 0x00},        // more behind it
       })
    EXPECT_EQ(check_arguments(ACTION_DOMAIN, view_of(bytes)), Error::MESSAGE_MALFORMED) << to_hex(bytes);
}

TEST(ActionArguments, AreHeldToTheirKinds) {
  const auto one = [](auto write) { return check_arguments(ACTION_DOMAIN, view_of(arguments(1, write))); };
  const auto list = [&](size_t count) {
    return one([count](CborWriter &w) {
      w.write_array(count);
      for (size_t i = 0; i < count; i++)
        w.write_bool(true);
    });
  };
  EXPECT_EQ(list(ACTION_LIST_MAX), Error::NONE);
  EXPECT_EQ(list(ACTION_LIST_MAX + 1), Error::MESSAGE_MALFORMED);
  EXPECT_EQ(one([](CborWriter &w) { w.write_text(std::string(ACTION_TEXT_MAX, 'x'), 4000); }), Error::NONE);
  EXPECT_EQ(one([](CborWriter &w) { w.write_text(std::string(ACTION_TEXT_MAX + 1, 'x'), 4000); }),
            Error::MESSAGE_MALFORMED);
  EXPECT_EQ(one([](CborWriter &w) { w.write_int(INT32_MIN); }), Error::NONE);
  EXPECT_EQ(one([](CborWriter &w) { w.write_int(INT32_MIN - 1LL); }), Error::MESSAGE_MALFORMED);
  EXPECT_EQ(one([](CborWriter &w) { w.write_uint(INT32_MAX + 1ULL); }), Error::MESSAGE_MALFORMED);
  EXPECT_EQ(one([](CborWriter &w) { w.write_null(); }), Error::MESSAGE_MALFORMED);
  EXPECT_EQ(one([](CborWriter &w) { w.write_map(0); }), Error::MESSAGE_MALFORMED);
  EXPECT_EQ(one([](CborWriter &w) {
              w.write_array(1);
              w.write_array(0);
            }),
            Error::MESSAGE_MALFORMED);
}

TEST(ActionValues, ComeInTheirOrder) {
  const Bytes bytes = arguments(
      7,
      [](CborWriter &w) {
        w.write_bool(true);
        w.write_int(INT32_MIN);
        w.write_uint(INT32_MAX);
        w.write_float(1.5f);
        w.write_int(-3);
        w.write_text("süß", 99);
        w.write_array(2);
        w.write_text("a", 9);
        w.write_text("", 9);
      },
      true);
  ActionValues values(view_of(bytes));
  EXPECT_EQ(values.count(), 7U);
  EXPECT_TRUE(values.return_response());
  bool flag = false;
  int32_t low = 0, high = 0;
  float half = 0, whole = 0;
  std::string_view text, first, second;
  size_t count = 0;
  ASSERT_TRUE(values.read(flag) && values.read(low) && values.read(high) && values.read(half) && values.read(whole));
  EXPECT_TRUE(flag);
  EXPECT_EQ(low, INT32_MIN);
  EXPECT_EQ(high, INT32_MAX);
  EXPECT_EQ(half, 1.5f);
  EXPECT_EQ(whole, -3.0f) << "a whole number is a number";
  ASSERT_TRUE(values.read(text) && values.read_list(count) && values.read(first) && values.read(second));
  EXPECT_EQ(text, "süß");
  EXPECT_EQ(count, 2U);
  EXPECT_EQ(first, "a");
  EXPECT_EQ(second, "");
  EXPECT_FALSE(values.read(flag)) << "no more";
}

TEST(ActionValues, OfAnotherTypeAreNone) {
  const auto one = [](auto write) { return arguments(1, write); };
  const Bytes number = one([](CborWriter &w) { w.write_uint(1); });
  const Bytes large = one([](CborWriter &w) { w.write_uint(INT32_MAX + 1ULL); });
  const Bytes small = one([](CborWriter &w) { w.write_int(INT32_MIN - 1LL); });
  const Bytes text = one([](CborWriter &w) { w.write_text("1", 9); });
  const Bytes real = one([](CborWriter &w) { w.write_float(1.5f); });
  const Bytes beyond = one([](CborWriter &w) { w.write_uint(UINT64_MAX); });
  bool flag;
  int32_t whole;
  float value;
  std::string_view words;
  size_t count;
  EXPECT_FALSE(ActionValues(view_of(number)).read(flag));
  EXPECT_FALSE(ActionValues(view_of(number)).read(words));
  EXPECT_FALSE(ActionValues(view_of(number)).read_list(count));
  EXPECT_FALSE(ActionValues(view_of(large)).read(whole));
  EXPECT_FALSE(ActionValues(view_of(small)).read(whole));
  EXPECT_FALSE(ActionValues(view_of(text)).read(whole));
  EXPECT_FALSE(ActionValues(view_of(text)).read(value));
  EXPECT_FALSE(ActionValues(view_of(real)).read(whole));
  EXPECT_FALSE(ActionValues(view_of(beyond)).read(whole));
  // 1e300, which a double holds and a float does not.
  const Bytes huge{0xA1, 0x01, 0x81, 0xFB, 0x7E, 0x37, 0xE4, 0x3C, 0x88, 0x00, 0x75, 0x9C};
  ASSERT_EQ(check_arguments(ACTION_DOMAIN, view_of(huge)), Error::NONE);
  EXPECT_FALSE(ActionValues(view_of(huge)).read(value));
}

template<typename Write> static std::string result(Write write, size_t room = 4096) {
  uint8_t buffer[4096];
  ResultWriter writer(buffer, room, 7, CommandStatus::DONE, "");
  write(writer);
  return to_hex({buffer, writer.finish()});
}

TEST(Results, CarryWhatAnActionGivesBack) {
  EXPECT_EQ(result([](ResultWriter &w) {
              w.add("level", 21.5f);
              w.add("mode", std::string_view("eco"));
              w.add("leak", NAN);
            }),
            to_hex(transcripts().bytes("messages.device.result_with_response")));
  EXPECT_EQ(result([](ResultWriter &) {}), "8405070060") << "nothing is left out";
  EXPECT_EQ(result([](ResultWriter &w) {
              w.add("a", true);
              w.add("b", int64_t{-2});
            }),
            "850507006082826161f5826162"
            "21");
}

TEST(Results, ThatAreNotSoundDoNotGoOut) {
  const auto pairs = [](size_t count) {
    return result([count](ResultWriter &w) {
      for (size_t i = 0; i < count; i++)
        w.add(std::to_string(i), true);
    });
  };
  EXPECT_NE(pairs(RESULT_PAIRS_MAX), "");
  EXPECT_EQ(pairs(RESULT_PAIRS_MAX + 1), "");
  EXPECT_EQ(result([](ResultWriter &w) {
              w.add("a", true);
              w.add("a", false);
            }),
            "")
      << "a name twice";
  const std::string name(RESULT_NAME_MAX + 1, 'n'), text(RESULT_TEXT_MAX + 1, 't');
  EXPECT_EQ(result([&](ResultWriter &w) { w.add(name, true); }), "");
  EXPECT_EQ(result([&](ResultWriter &w) { w.add("a", std::string_view(text)); }), "");
  EXPECT_EQ(result([](ResultWriter &w) { w.add("a", std::string_view("too long for it")); }, 16), "");
  std::string longest;
  for (size_t i = 0; i < RESULT_TEXT_MAX; i++)
    longest += "ü";
  EXPECT_NE(result([&](ResultWriter &w) { w.add("a", std::string_view(longest)); }), "") << "characters count";
}

static OwnedMessage message(uint8_t byte) {
  OwnedMessage message{std::make_unique<uint8_t[]>(1), 1};
  message.bytes[0] = byte;
  return message;
}

static int written(ActionCalls &calls) {
  uint8_t out[4];
  return calls.write(out, sizeof(out)) == 0 ? 0 : out[0];
}

TEST(ActionCalls, AnswerTheirOwnCommandOnce) {
  ActionCalls calls;
  const uint32_t first = calls.begin(5, 0), second = calls.begin(6, 0);
  EXPECT_EQ(calls.command_of(first), 5U);
  EXPECT_EQ(calls.command_of(second), 6U);
  EXPECT_EQ(calls.command_of(0), 0U);
  calls.end(second, message(6));
  EXPECT_EQ(calls.command_of(second), 0U) << "has answered";
  calls.end(second, message(7));
  EXPECT_EQ(written(calls), 6);
  EXPECT_EQ(written(calls), 0);
  calls.end(first, message(5));
  EXPECT_EQ(written(calls), 5);
}

TEST(ActionCalls, AreBoundedAndGivenUpInTheEnd) {
  ActionCalls calls;
  for (uint32_t id = 1; id <= ACTION_CALLS_MAX; id++)
    EXPECT_NE(calls.begin(id, id), 0U);
  EXPECT_EQ(calls.begin(9, ACTION_CALL_TIMEOUT_MS), 0U);
  const uint32_t late = calls.begin(9, ACTION_CALL_TIMEOUT_MS + 1);
  EXPECT_EQ(calls.command_of(late), 9U);
  EXPECT_EQ(calls.begin(10, ACTION_CALL_TIMEOUT_MS + 1), 0U);
}

TEST(ActionCalls, OfAnEarlierLinkAnswerNothing) {
  ActionCalls calls;
  const uint32_t old = calls.begin(1, 0);
  calls.end_link();
  const uint32_t fresh = calls.begin(1, 0);
  EXPECT_NE(old, fresh);
  EXPECT_EQ(calls.command_of(old), 0U);
  calls.end(old, message(1));
  EXPECT_EQ(written(calls), 0) << "the hub's command 1 is another now";
}

TEST(ActionDescriptors, NameTheirArguments) {
  static const ArgumentText ARGUMENTS[] = {{"times", "", 1}, {"tune", "What to play", 7}};
  const ArgumentList list{2, [](const void *, size_t index) { return ARGUMENTS[index]; }, nullptr};
  uint8_t out[128];
  DescriptionWriter writer;
  writer.begin();
  writer.begin_part(out, sizeof(out));
  DescriptorHead head;
  head.address = {ACTION_DOMAIN, 0, 1};
  head.object_id = head.name = "beep";
  ASSERT_TRUE(writer.add(head, [&](PropertyWriter &properties) { properties.arguments(160, list); }));
  // [26, 0, 1, "beep", "beep", {160: [["times", 1], ["tune", 7, "What to play"]]}]
  EXPECT_EQ(to_hex({out, writer.part().size}), "86181a000164626565706462656570a118a0828265"
                                               "74696d657301"
                                               "8364"
                                               "74756e65076c5768617420746f20706c6179");
  EXPECT_EQ(writer.items(), 1U + 6 + 2 + 3 + 4);
}

}  // namespace esphome::oceanremote::testing
