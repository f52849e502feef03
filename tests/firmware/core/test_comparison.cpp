// The code that a person compares, against the one that the Python core computes.

#include <gtest/gtest.h>

#include <cstring>

#include "static_keys.h"

namespace esphome::oceanremote::testing {

TEST(ComparisonCode, IsTheOneThatTheHubShows) {
  const uint8_t zero[KEY_SIZE]{};
  char code[COMPARISON_CODE_SIZE];
  comparison_code(code, zero, zero, zero);
  // tests/policy/test_trust.py holds the same figure.
  EXPECT_STREQ(code, "130 408");
}

TEST(ComparisonCode, EveryPartCounts) {
  uint8_t parts[3][KEY_SIZE]{};
  char plain[COMPARISON_CODE_SIZE];
  comparison_code(plain, parts[0], parts[1], parts[2]);
  for (auto &part : parts) {
    part[KEY_SIZE - 1] = 1;
    char code[COMPARISON_CODE_SIZE];
    comparison_code(code, parts[0], parts[1], parts[2]);
    EXPECT_EQ(std::strlen(code), COMPARISON_CODE_SIZE - 1);
    EXPECT_STRNE(code, plain);
    part[KEY_SIZE - 1] = 0;
  }
}

}  // namespace esphome::oceanremote::testing
