// Lines of the log on their way to the hub.

#include "log_ring.h"

#include <gtest/gtest.h>

#include <string>

#include "utf8.h"

using namespace esphome::oceanremote;  // NOLINT

namespace {

TEST(ParseLogLine, TakesTheTagAndLeavesColoursAndPlacesOut) {
  const LogLine line = parse_log_line(5, "\033[0;36m[D][sensor:093]: 'Water' >> 20.5 \xC2\xB0"
                                         "C\033[0m");
  EXPECT_EQ(line.level, 5);
  EXPECT_EQ(line.tag, "sensor");
  EXPECT_EQ(line.text, "'Water' >> 20.5 \xC2\xB0"
                       "C");
}

TEST(ParseLogLine, TakesALineOfAThread) {
  const LogLine line = parse_log_line(3, "\033[0;32m[I][wifi:1][task]: connected\033[0m");
  EXPECT_EQ(line.tag, "wifi");
  EXPECT_EQ(line.text, "connected");
}

TEST(ParseLogLine, TakesEverythingElseForText) {
  for (const char *text : {"", "[", "[D]", "[D][", "[D][tag", "[D][tag:1] no colon", "plain", "]: ", "[D]x[a:1]: b"}) {
    const LogLine line = parse_log_line(1, text);
    EXPECT_EQ(line.text, text);
    EXPECT_EQ(line.tag, "");
  }
  EXPECT_EQ(parse_log_line(1, "\033[0").text, "");  // a colour that was cut off
}

class Ring : public testing::Test {
 protected:
  uint8_t buffer[64]{};
  LogRing ring{buffer, sizeof(buffer)};
};

TEST_F(Ring, GivesLinesBackInOrder) {
  EXPECT_TRUE(ring.empty());
  ring.push({1, "a", "first"});
  ring.push({5, "", "second"});
  ASSERT_TRUE(ring.front_is_line());
  EXPECT_EQ(ring.front().text, "first");
  EXPECT_EQ(ring.front().tag, "a");
  EXPECT_EQ(ring.front().level, 1);
  ring.pop();
  EXPECT_EQ(ring.front().text, "second");
  EXPECT_EQ(ring.front().tag, "");
  ring.pop();
  EXPECT_TRUE(ring.empty());
}

TEST_F(Ring, CountsWhatDoesNotFitAndEverythingBehindIt) {
  ring.push({1, "tag", std::string(40, 'x')});
  ring.push({1, "tag", std::string(40, 'y')});
  ring.push({1, "t", "z"});  // it would fit, and stand where a line is missing
  ring.pop();
  EXPECT_FALSE(ring.front_is_line());
  EXPECT_FALSE(ring.empty());
  EXPECT_EQ(ring.take_lost(), 2U);
  EXPECT_TRUE(ring.empty());
  ring.push({1, "t", "z"});
  EXPECT_EQ(ring.front().text, "z");
}

TEST_F(Ring, KeepsOnlyText) {
  ring.push({9, "\xFF",
             "a\x80"
             "b\xE2\x82"});
  EXPECT_EQ(ring.front().tag, "?");
  EXPECT_EQ(ring.front().text, "a?b??");
  EXPECT_TRUE(utf8_valid(ring.front().text));
  EXPECT_EQ(ring.front().level, 7);
}

TEST(LongLines, AreCutAtACharacter) {
  uint8_t buffer[2048];
  LogRing ring(buffer, sizeof(buffer));
  std::string text(1023, 'x');
  text += "\xC3\xA4";
  ring.push({1, std::string(100, 't'), text});
  EXPECT_EQ(ring.front().text.size(), 1023U);
  EXPECT_EQ(ring.front().tag.size(), 64U);
}

TEST_F(Ring, ForgetsEverythingWhenItIsCleared) {
  ring.push({1, "", std::string(50, 'x')});
  ring.push({1, "", std::string(50, 'x')});
  ring.clear();
  EXPECT_TRUE(ring.empty());
}

}  // namespace
