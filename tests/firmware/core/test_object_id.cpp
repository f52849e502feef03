// Object ids, as ESPHome's validation makes them.

#include <gtest/gtest.h>

#include <string>

#include "object_id.h"

namespace esphome::oceanremote::testing {

static std::string object_id(std::string_view name, size_t capacity = 64) {
  std::string out(capacity, '?');
  out.resize(write_object_id(name, out.data(), capacity));
  return out;
}

TEST(ObjectId, IsTheNameInSmallLettersOfAscii) {
  EXPECT_EQ(object_id("Living Room-2 (west)"), "living_room-2__west_");
  EXPECT_EQ(object_id("AZaz09_-"), "azaz09_-");
  EXPECT_EQ(object_id(""), "");
}

TEST(ObjectId, GoesByCharactersNotByBytes) {
  EXPECT_EQ(object_id("\xd0\xa1\xd0\xb2\xd0\xb5\xd1\x82"), "____");  // four letters of two bytes
  EXPECT_EQ(object_id("\xf0\x9f\x92\xa7\xf0\x9f\x92\xa1"), "__");    // two pictures of four bytes
  EXPECT_EQ(object_id("K\xc3\xbc"
                      "che"),
            "k_che");
}

TEST(ObjectId, TakesEachBrokenByteForACharacter) { EXPECT_EQ(object_id("a\xff\xc3z\xf0\x9f"), "a__z__"); }

TEST(ObjectId, EndsWhereTheBufferDoes) {
  EXPECT_EQ(object_id("abc", 2), "ab");
  EXPECT_EQ(object_id("abc", 0), "");
}

}  // namespace esphome::oceanremote::testing
