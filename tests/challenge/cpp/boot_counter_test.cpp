// Challenges of a board without a random source never come twice, wherever power is cut.

#include <gtest/gtest.h>
#include <random>
#include <set>
#include "peer.h"

namespace {

struct PowerCut {};

/// An EEPROM whose power fails at a write, leaving any value in the byte being written.
struct TornStorage {
  Bytes memory = Bytes(challenge::BootCounter<TornStorage>::SIZE, 0xFF);
  int writes_left{-1};
  uint8_t torn_value{0xFF};

  uint8_t read(uint8_t offset) const { return this->memory.at(offset); }
  void write(uint8_t offset, uint8_t byte) {
    if (this->writes_left-- == 0) {
      this->memory.at(offset) = this->torn_value;
      throw PowerCut();
    }
    this->memory.at(offset) = byte;
  }
};

uint32_t started(TornStorage &storage) {
  uint32_t count = 0;
  storage.writes_left = -1;
  EXPECT_TRUE(challenge::BootCounter<TornStorage>(storage).start(count));
  return count;
}

TEST(BootCounter, CountsFromABlankMemory) {
  TornStorage storage;
  for (uint32_t boot = 1; boot <= 1000; boot++)
    ASSERT_EQ(started(storage), boot);
}

TEST(BootCounter, NeverGoesBackWhereverAndHoweverPowerIsCut) {
  std::mt19937 random(1);
  for (int run = 0; run < 3000; run++) {
    TornStorage storage;
    uint32_t last = 0;
    for (int boot = 0; boot < 40; boot++) {
      storage.writes_left = random() % 2 != 0 ? static_cast<int>(random() % 9) : -1;
      storage.torn_value = static_cast<uint8_t>(random());
      uint32_t count = 0;
      try {
        // Two cuts in a row at the very first starts may leave nothing to believe.
        if (!challenge::BootCounter<TornStorage>(storage).start(count))
          break;
      } catch (const PowerCut &) {
        continue;
      }
      ASSERT_GT(count, last);
      last = count;
    }
  }
}

TEST(BootCounter, AfterOneCutAtAnyByteTheNextStartCountsOn) {
  for (uint32_t before = 0; before < 300; before += 37) {
    for (int cut = 0; cut < 8; cut++) {
      for (int value = 0; value < 256; value++) {
        TornStorage storage;
        uint32_t last = 0;
        for (uint32_t boot = 0; boot < before; boot++)
          last = started(storage);
        storage.writes_left = cut;
        storage.torn_value = static_cast<uint8_t>(value);
        uint32_t count = 0;
        try {
          ASSERT_TRUE(challenge::BootCounter<TornStorage>(storage).start(count));
        } catch (const PowerCut &) {
        }
        ASSERT_GT(started(storage), last);
      }
    }
  }
}

TEST(BootCounter, RefusesWhenNothingCanBeBelieved) {
  TornStorage storage;
  for (int boot = 0; boot < 3; boot++)
    started(storage);
  storage.memory[0] ^= 1;
  storage.memory[8] ^= 1;
  uint32_t count = 0;
  EXPECT_FALSE(challenge::BootCounter<TornStorage>(storage).start(count));
}

TEST(BootCounter, RefusesAMemoryThatDoesNotKeepWhatIsWritten) {
  struct Dead {
    uint8_t read(uint8_t) const { return 0xFF; }
    void write(uint8_t, uint8_t) {}
  } dead;
  uint32_t count = 0;
  EXPECT_FALSE(challenge::BootCounter<Dead>(dead).start(count));
}

TEST(BootCounter, RefusesWhenItIsUsedUp) {
  TornStorage storage;
  storage.memory = Vectors::from_hex("ffffffff00000000ffffffffffffffff");
  uint32_t count = 0;
  EXPECT_FALSE(challenge::BootCounter<TornStorage>(storage).start(count));
}

template<class Sha> Bytes derived(const char *name) {
  const Vectors vectors;
  const std::string prefix = name;
  Bytes seed = vectors[prefix + ".boot"];
  const Bytes connection = vectors[prefix + ".connection"];
  seed.insert(seed.end(), connection.begin(), connection.end());
  const Bytes secret = vectors[prefix + ".secret"];
  Bytes challenge(vectors[prefix + ".challenge"].size());
  typename Sha::State workspace;
  challenge::derive_challenge<Sha>(view(secret), seed.data(), static_cast<uint8_t>(seed.size()), challenge.data(),
                                   static_cast<uint8_t>(challenge.size()), workspace);
  return challenge;
}

TEST(DerivedChallenges, AreTheKeptOnes) {
  const Vectors vectors;
  EXPECT_EQ(derived<challenge::Sha256>("derived-sha256"), vectors["derived-sha256.challenge"]);
  EXPECT_EQ(derived<challenge::Sha1>("derived-sha1"), vectors["derived-sha1.challenge"]);
  EXPECT_EQ(derived<challenge::Sha512>("derived-sha512"), vectors["derived-sha512.challenge"]);
  EXPECT_EQ(derived<challenge::Sha256>("derived-two-blocks"), vectors["derived-two-blocks.challenge"]);
}

TEST(DerivedChallenges, NeverComeTwiceAcrossStarts) {
  const Bytes secret(32, 's');
  TornStorage storage;
  std::set<Bytes> seen;
  for (int boot = 0; boot < 50; boot++) {
    challenge::DerivedChallenges<challenge::Sha256, TornStorage> challenges(storage);
    ASSERT_TRUE(challenges.begin(view(secret)));
    for (int connection = 0; connection < 300; connection++) {
      Bytes made(16);
      challenge::Sha256::State workspace;
      ASSERT_TRUE(challenges.make(made.data(), 16, workspace));
      ASSERT_TRUE(seen.insert(made).second);
    }
  }
}

TEST(DerivedChallenges, AreNotMadeBeforeTheCounterWasRaised) {
  TornStorage storage;
  challenge::DerivedChallenges<challenge::Sha256, TornStorage> challenges(storage);
  Bytes made(16);
  challenge::Sha256::State workspace;
  EXPECT_FALSE(challenges.make(made.data(), 16, workspace));
}

/// Reaches the end of the connection counter without four thousand million connections.
struct NearTheEnd : challenge::DerivedChallenges<challenge::Sha256, TornStorage> {
  using DerivedChallenges::DerivedChallenges;
  void skip() { memset(this->seed_ + 4, 0xFF, 4); }
};

TEST(DerivedChallenges, EndWithTheirCounter) {
  const Bytes secret(32, 's');
  TornStorage storage;
  NearTheEnd challenges(storage);
  ASSERT_TRUE(challenges.begin(view(secret)));
  challenges.skip();
  Bytes made(16);
  challenge::Sha256::State workspace;
  EXPECT_TRUE(challenges.make(made.data(), 16, workspace));
  EXPECT_FALSE(challenges.make(made.data(), 16, workspace));
}

}  // namespace
