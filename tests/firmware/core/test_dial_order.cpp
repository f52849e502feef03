// Which address comes next and when: after failures, refusals, wishes for time, sessions and a network that returns.

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "dial_order.h"

namespace esphome::oceanremote {

// Without jitter each wait is the longest of its step.
static constexpr uint32_t RANDOM = 0;
static constexpr uint64_t NOW = 1000000;
static constexpr uint64_t MINUTE = 60000;

class DialOrderTest : public ::testing::Test {
 protected:
  DialOrderTest() { this->start(3); }

  void start(uint8_t count) {
    this->order.set_count(count);
    this->due = this->order.network_up(this->now);
  }
  /// Each lets the present attempt end at once. Returns the wait for the next, which then is the present one.
  uint64_t fail(uint16_t retry_after_s = 0, uint32_t random = RANDOM) {
    return this->wait_for(this->order.failed(this->now, retry_after_s, random));
  }
  uint64_t refuse(uint32_t random = RANDOM) { return this->wait_for(this->order.refused(this->now, random)); }
  uint64_t end() { return this->wait_for(this->order.ended(this->now, RANDOM)); }
  uint64_t network_up() { return this->wait_for(this->order.network_up(this->now)); }

  uint64_t wait_for(uint64_t next) {
    const uint64_t wait = next - this->now;
    this->now = next;
    return wait;
  }

  DialOrder<8> order;
  uint64_t now{NOW};
  uint64_t due{0};
};

TEST_F(DialOrderTest, TheFirstRoundGoesThroughAllAddressesAtOnce) {
  EXPECT_EQ(this->due, NOW);
  EXPECT_EQ(this->order.index(), 0);
  EXPECT_EQ(this->fail(), NEXT_ADDRESS_MS);
  EXPECT_EQ(this->order.index(), 1);
  EXPECT_EQ(this->fail(), NEXT_ADDRESS_MS);
  EXPECT_EQ(this->order.index(), 2);
  EXPECT_EQ(this->fail(), BACKOFF_MIN_MS - 2 * NEXT_ADDRESS_MS) << "since the first has failed";
  EXPECT_EQ(this->order.index(), 0);
}

TEST_F(DialOrderTest, NoAddressIsForgottenAndNoneWaitsLongerThanAMinute) {
  this->now += HURRY_MS;
  std::vector<uint64_t> last(3, this->now);
  for (int attempt = 0; attempt < 200; attempt++) {
    last[this->order.index()] = this->now;
    (void) this->fail(0, static_cast<uint32_t>(attempt) * 2654435761U);
    EXPECT_LE(this->now - last[this->order.index()], BACKOFF_MAX_MS + 2 * NEXT_ADDRESS_MS);
    EXPECT_LE(this->now - *std::min_element(last.begin(), last.end()), BACKOFF_MAX_MS + 2 * NEXT_ADDRESS_MS);
  }
}

TEST_F(DialOrderTest, AnAddressThatAsksForTimeDelaysNoOther) {
  EXPECT_EQ(this->fail(300), NEXT_ADDRESS_MS);
  std::vector<int> dialed(3);
  while (this->now < NOW + 300000) {
    dialed[this->order.index()]++;
    (void) this->fail();
  }
  EXPECT_EQ(dialed[0], 0);
  EXPECT_GT(dialed[1], 50);
  EXPECT_GT(dialed[2], 50);
}

TEST_F(DialOrderTest, NorDoesOneThatRefuses) {
  EXPECT_EQ(this->refuse(), NEXT_ADDRESS_MS);
  EXPECT_EQ(this->order.index(), 1);
  EXPECT_EQ(this->fail(), NEXT_ADDRESS_MS);
  EXPECT_EQ(this->order.index(), 2);
  EXPECT_EQ(this->fail(), BACKOFF_MIN_MS - NEXT_ADDRESS_MS);
  EXPECT_EQ(this->order.index(), 1);
}

TEST_F(DialOrderTest, NorDoesOneThatAlwaysAsksForASecond) {
  std::vector<int> dialed(3);
  for (int attempt = 0; attempt < 300; attempt++) {
    dialed[this->order.index()]++;
    (void) this->fail(this->order.index() == 0 ? 1 : 0);
  }
  EXPECT_GT(dialed[1], 20);
  EXPECT_GT(dialed[2], 20);
}

TEST_F(DialOrderTest, WhatIsAskedForGoverns) {
  this->start(1);
  this->now += HURRY_MS;
  for (int i = 0; i < 8; i++)
    (void) this->fail();
  EXPECT_EQ(this->fail(3), 3000U) << "even where the backoff is at a minute";
  EXPECT_EQ(this->fail(3, 0xffffffff), 3000U + 0xffffffff % 751U);
  (void) this->refuse();
  (void) this->refuse();
  EXPECT_EQ(this->fail(7), 7000U) << "even where refusals are at 15 minutes";
  EXPECT_EQ(this->refuse(), 15 * MINUTE);
}

TEST_F(DialOrderTest, WhenAllAskForTimeTheSoonestIsNext) {
  (void) this->fail(30);
  (void) this->fail(10);
  EXPECT_EQ(this->fail(20), 10000U - NEXT_ADDRESS_MS);
  EXPECT_EQ(this->order.index(), 1);
}

TEST_F(DialOrderTest, RefusedCredentialsAreShown1And5And15AndThenEvery60Minutes) {
  this->start(1);
  for (const uint64_t minutes : {1U, 5U, 15U, 60U, 60U})
    EXPECT_EQ(this->refuse(), minutes * MINUTE);
}

TEST_F(DialOrderTest, ALinkThatEndsBeginsWithTheAddressThatServedIt) {
  (void) this->fail();
  EXPECT_EQ(this->order.index(), 1);
  EXPECT_EQ(this->end(), BACKOFF_MIN_MS);
  EXPECT_EQ(this->order.index(), 1);
  EXPECT_EQ(this->fail(), NEXT_ADDRESS_MS);
  EXPECT_EQ(this->order.index(), 2) << "then the others, in order";
  EXPECT_EQ(this->fail(), NEXT_ADDRESS_MS);
  EXPECT_EQ(this->order.index(), 0);
}

TEST_F(DialOrderTest, EverySessionResetsTheBackoffHoweverShort) {
  for (int session = 0; session < 5; session++) {
    EXPECT_EQ(this->end(), BACKOFF_MIN_MS);
    (void) this->fail();
    (void) this->refuse();
    (void) this->fail(60);
  }
}

TEST_F(DialOrderTest, ARestartingHubIsDialedEveryFiveSeconds) {
  this->start(1);
  (void) this->end();
  uint64_t longest = 0;
  const uint64_t ended = this->now;
  while (this->now < ended + HURRY_MS - BACKOFF_HURRY_MAX_MS)
    longest = std::max(longest, this->fail());
  EXPECT_EQ(longest, BACKOFF_HURRY_MAX_MS);
  for (int i = 0; i < 8; i++)
    longest = std::max(longest, this->fail());
  EXPECT_EQ(longest, BACKOFF_MAX_MS) << "for as long as a restart may take";
}

TEST_F(DialOrderTest, ANetworkThatReturnsIsDialedAtOnce) {
  (void) this->end();
  this->now += HURRY_MS;
  for (int i = 0; i < 30; i++)
    (void) this->fail();
  EXPECT_EQ(this->network_up(), 0U);
  EXPECT_EQ(this->fail(), NEXT_ADDRESS_MS);
  EXPECT_EQ(this->fail(), NEXT_ADDRESS_MS);
  EXPECT_EQ(this->fail(), BACKOFF_MIN_MS - 2 * NEXT_ADDRESS_MS);
}

TEST_F(DialOrderTest, ANetworkThatReturnsForgetsRefusalsButNotWhatWasAskedFor) {
  this->start(2);
  (void) this->refuse();
  (void) this->fail(200);
  EXPECT_EQ(this->order.index(), 0);
  this->now = NOW + 1000;
  EXPECT_EQ(this->network_up(), 0U);
  EXPECT_EQ(this->order.index(), 0);
  EXPECT_EQ(this->refuse(), MINUTE) << "the first step again, and the other still waits";
  EXPECT_EQ(this->order.index(), 0);
}

TEST_F(DialOrderTest, FiveBoardsWithVoidTokensStayBelowWhatGetsAnAddressBanned) {
  // Policy bans at 20 failures within ten minutes (custom_components/oceanremote/policy/settings.py).
  static constexpr uint64_t WINDOW = 10 * MINUTE;
  std::vector<uint64_t> refusals;
  for (uint32_t board = 0; board < 5; board++) {
    this->order = {};
    this->now = NOW;
    this->start(1);
    for (uint32_t attempt = 0; attempt < 10; attempt++) {
      refusals.push_back(this->now);
      (void) this->refuse((5 * board + attempt) * 2654435761U);
    }
  }
  for (const uint64_t from : refusals) {
    const auto within = [from](uint64_t at) { return at >= from && at < from + WINDOW; };
    EXPECT_LT(std::count_if(refusals.begin(), refusals.end(), within), 20);
  }
}

}  // namespace esphome::oceanremote
