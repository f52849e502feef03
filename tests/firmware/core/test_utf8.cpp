// UTF-8 as RFC 3629 defines it.

#include <gtest/gtest.h>

#include "utf8.h"

namespace esphome::oceanremote {

TEST(Utf8, AcceptsEveryCharacterThereIs) {
  size_t count = 0;
  for (uint32_t c = 0; c <= 0x10FFFF; c++) {
    if (c >= 0xD800 && c <= 0xDFFF)
      continue;
    std::string text;
    const auto put = [&text](uint32_t byte) { text += static_cast<char>(byte); };
    if (c < 0x80) {
      put(c);
    } else if (c < 0x800) {
      put(0xC0 | (c >> 6));
      put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
      put(0xE0 | (c >> 12));
      put(0x80 | ((c >> 6) & 0x3F));
      put(0x80 | (c & 0x3F));
    } else {
      put(0xF0 | (c >> 18));
      put(0x80 | ((c >> 12) & 0x3F));
      put(0x80 | ((c >> 6) & 0x3F));
      put(0x80 | (c & 0x3F));
    }
    ASSERT_EQ(utf8_character(text), text.size()) << c;
    // Cut anywhere it is none.
    for (size_t size = 1; size < text.size(); size++)
      ASSERT_FALSE(utf8_valid(text.substr(0, size)));
    count++;
  }
  EXPECT_EQ(count, 0x110000U - 0x800U);
}

TEST(Utf8, RefusesWhatIsNone) {
  for (const std::string bad : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80",
                                "\xED\xBF\xBF", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
                                "\xF5\x80\x80\x80", "\xFF", "a\xC3", "\xE2\x82", "\xC3\x28", "\xE2\x28\xA1"})
    EXPECT_FALSE(utf8_valid(bad)) << bad;
}

TEST(Utf8, PrefixNeverCutsACharacter) {
  const std::string text = "a\xC3\xBC\xE2\x82\xAC\xF0\x9F\x8C\x8A";  // 1, 2, 3 and 4 bytes
  const size_t expected[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
  for (size_t max = 0; max < std::size(expected); max++)
    EXPECT_EQ(utf8_prefix(text, max), expected[max]) << max;
}

}  // namespace esphome::oceanremote
