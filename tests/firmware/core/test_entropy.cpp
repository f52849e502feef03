// Conditioned randomness.

#include <gtest/gtest.h>

#include <set>

#include "entropy.h"
#include "support/vectors.h"

namespace esphome::oceanremote::testing {

struct Source {
  uint32_t counter{1};
  size_t drawn{0};
  bool fails{false};
  bool stuck{false};

  static bool draw(void *context, uint8_t *out, size_t size) {
    auto &source = *static_cast<Source *>(context);
    for (size_t i = 0; i < size; i++)
      out[i] = source.stuck ? 0x7F : static_cast<uint8_t>(++source.counter * 31);
    source.drawn += size;
    return !source.fails;
  }
};

static std::string draw(Random &random, size_t size = KEY_SIZE) {
  Bytes out(size, 0xEE);
  EXPECT_EQ(random.fill(out.data(), size), Error::NONE);
  return to_hex(out);
}

TEST(Random, NeverRepeatsAndNeverGivesRawBytes) {
  Source source;
  Random random(Source::draw, &source);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; i++)
    EXPECT_TRUE(seen.insert(draw(random)).second);
}

TEST(Random, TheFirstDrawIsAsLongAsTheBoardNeeds) {
  Source source;
  Random random(Source::draw, &source, 2048);
  draw(random);
  EXPECT_EQ(source.drawn, 2048U);
  draw(random);
  EXPECT_EQ(source.drawn, 2048U + 64U);
}

TEST(Random, WhatIsMixedInCounts) {
  Source a, b;
  Random with(Source::draw, &a), without(Source::draw, &b);
  const Bytes token(KEY_SIZE, 1);
  with.mix(view(token));
  EXPECT_NE(draw(with), draw(without));
}

TEST(Random, FillsAnySize) {
  Source source;
  Random random(Source::draw, &source);
  for (const size_t size : {1U, 31U, 32U, 33U, 64U, 100U})
    EXPECT_EQ(draw(random, size).size(), 2 * size);
  EXPECT_NE(draw(random, 64).substr(0, 64), draw(random, 64).substr(64));
}

TEST(Random, AFailingOrStuckSourceGivesZerosAndAnError) {
  for (const bool stuck : {false, true}) {
    Source source;
    source.stuck = stuck;
    source.fails = !stuck;
    Random random(Source::draw, &source);
    Bytes out(KEY_SIZE, 0xEE);
    EXPECT_EQ(random.fill(out.data(), out.size()), Error::ENTROPY_FAILED);
    EXPECT_EQ(to_hex(out), std::string(64, '0'));
  }
}

TEST(Random, RecoversWithAFullFirstDraw) {
  Source source;
  source.fails = true;
  Random random(Source::draw, &source, 256);
  uint8_t out[8];
  EXPECT_EQ(random.fill(out, sizeof(out)), Error::ENTROPY_FAILED);
  source.fails = false;
  source.drawn = 0;
  EXPECT_EQ(random.fill(out, sizeof(out)), Error::NONE);
  EXPECT_EQ(source.drawn, 256U);
}

}  // namespace esphome::oceanremote::testing
