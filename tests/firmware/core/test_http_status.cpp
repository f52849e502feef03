// What a person reads when something answers and is no hub.

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "http_status.h"
#include "support/log_text.h"

namespace esphome::oceanremote {

TEST(HttpStatus, SaysWhatEachAnswerMeans) {
  std::set<std::string> meanings;
  for (const uint16_t status : {200, 301, 302, 307, 308, 400, 401, 403, 404, 426, 429, 502, 503, 504}) {
    const LogString *words = http_status_text(status);
    ASSERT_NE(words, nullptr) << status;
    const std::string text = testing::text_of(words);
    const std::string number = "HTTP status " + std::to_string(status) + " (";
    EXPECT_EQ(text.substr(0, number.size()), number);
    EXPECT_LE(text.size(), HTTP_STATUS_TEXT_MAX) << text;
    EXPECT_TRUE(meanings.insert(text).second);
  }
}

TEST(HttpStatus, AccusesNoAddressWhileTheHubStarts) {
  // Home Assistant serves HTTP before the integration has its path there.
  const std::string text = testing::text_of(http_status_text(404));
  EXPECT_NE(text.find("is starting"), std::string::npos) << text;
  EXPECT_NE(text.find("wrong address"), std::string::npos) << text;
}

TEST(HttpStatus, LeavesTheRestToTheNumber) {
  for (const uint16_t status : {0, 100, 101, 204, 418, 500, 599})
    EXPECT_EQ(http_status_text(status), nullptr) << status;
}

}  // namespace esphome::oceanremote
