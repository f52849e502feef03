// Every error has a text of its own: it is all that a person sees of it.

#include <gtest/gtest.h>

#include <set>

#include "errors.h"
#include "support/log_text.h"

namespace esphome::oceanremote {

using testing::text_of;

TEST(Errors, EachHasATextOfItsOwn) {
  std::set<std::string> texts;
  const int last = static_cast<int>(Error::WRONG_STATE);
  for (int i = 0; i <= last; i++) {
    const std::string text = text_of(static_cast<Error>(i));
    EXPECT_NE(text, "unknown") << i;
    EXPECT_TRUE(texts.insert(text).second) << text;
  }
  EXPECT_STREQ(text_of(static_cast<Error>(last + 1)), "unknown");
}

}  // namespace esphome::oceanremote
