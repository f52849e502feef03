// What a device remembers of the hub's addresses: whatever is told, and whenever the power goes, what has led to the
// hub is dialed until something new has.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>

#include "address_book.h"
#include "support/cut_flash.h"

namespace esphome::oceanremote::testing {

using Urls = std::vector<std::string>;

static constexpr uint8_t HUB[HUB_KEY_ID_SIZE] = {1, 2, 3, 4};
static constexpr uint8_t OTHER_HUB[HUB_KEY_ID_SIZE] = {1, 2, 3, 5};
static constexpr HubAddress OWN[] = {{"own", "own:8123", "/api/oceanremote/connect", 8123, false}};

class FlashStore : public AddressStore {
 public:
  FlashStore() {
    this->flash.sectors[0].assign(CutFlash::WORDS, 0xFFFFFFFF);
    this->flash.sectors[1].assign(CutFlash::WORDS, 0xFFFFFFFF);
  }
  [[nodiscard]] Error load(AddressRecord &record) override {
    return SectorJournal(this->flash).load(record.data(), ADDRESS_RECORD_SIZE);
  }
  [[nodiscard]] Error save(AddressRecord &record) override {
    this->saves++;
    return SectorJournal(this->flash).save(record.image, ADDRESS_RECORD_SIZE);
  }

  CutFlash flash;
  int saves{0};
};

class AddressBookTest : public ::testing::Test {
 protected:
  AddressBookTest() { this->boot(); }

  void boot() {
    this->store.flash.power_on();
    this->rules.own = OWN;
    this->rules.own_count = this->own_count;
    this->book = std::make_unique<AddressBook>(this->store);
    this->book->setup(this->rules);
  }

  /// The hub tells a list while the device has come by one of what it dials, or by its own address.
  Error tell(uint32_t version, const Urls &urls, const std::string &by = "") {
    Addresses message;
    message.version = version;
    message.count = static_cast<uint8_t>(urls.size());
    for (size_t i = 0; i < urls.size(); i++)
      message.urls[i] = urls[i];
    this->in_use = by.empty() ? AddressBook::NOT_TOLD : this->index_of(by);
    return this->book->take(message, this->in_use);
  }
  /// A session by one of what it dials.
  Error prove(const std::string &url) {
    this->in_use = this->index_of(url);
    return this->book->prove(this->in_use);
  }

  std::string url(uint8_t index) const {
    DialedAddress dialed;
    if (!this->book->read(index, dialed))
      return "unreadable";
    const std::string path = dialed.address.path;
    EXPECT_EQ(path.substr(path.size() - CONNECT_PATH.size()), CONNECT_PATH);
    return std::string(dialed.address.secure ? "wss://" : "ws://") + dialed.address.authority +
           path.substr(0, path.size() - CONNECT_PATH.size());
  }
  Urls dialed() const {
    Urls all;
    for (uint8_t i = 0; i < this->book->count(); i++)
      all.push_back(this->url(i));
    return all;
  }
  uint8_t index_of(const std::string &wanted) const {
    for (uint8_t i = 0; i < this->book->count(); i++) {
      if (this->url(i) == wanted)
        return i;
    }
    ADD_FAILURE() << wanted << " is not dialed";
    return AddressBook::NOT_TOLD;
  }
  std::string first() const {
    uint8_t index;
    return this->book->first(index) ? this->url(index) : "";
  }
  std::string untried() const {
    uint8_t index;
    return this->book->untried(index) ? this->url(index) : "";
  }

  FlashStore store;
  uint8_t own_count{1};
  AddressRules rules{nullptr, 0, HUB, true, true};
  std::unique_ptr<AddressBook> book;
  uint8_t in_use{0};
};

TEST_F(AddressBookTest, StartsEmpty) {
  EXPECT_EQ(this->book->version(), 0U);
  EXPECT_EQ(this->book->count(), 0);
  EXPECT_EQ(this->first(), "");
  DialedAddress dialed;
  EXPECT_FALSE(this->book->read(0, dialed));
}

TEST_F(AddressBookTest, AListOutlivesARestart) {
  ASSERT_EQ(this->tell(7, {"ws://a", "wss://b.c:1/d"}), Error::NONE);
  this->boot();
  EXPECT_EQ(this->book->version(), 7U);
  EXPECT_EQ(this->dialed(), (Urls{"ws://a", "wss://b.c:1/d"}));
  EXPECT_EQ(this->book->proved(), 0);
  EXPECT_EQ(this->first(), "") << "none has led to the hub";
  EXPECT_EQ(this->untried(), "ws://a");
}

TEST_F(AddressBookTest, WhatHasLedToTheHubIsDialedFirst) {
  ASSERT_EQ(this->tell(7, {"ws://a", "ws://b"}), Error::NONE);
  ASSERT_EQ(this->prove("ws://b"), Error::NONE);
  this->boot();
  EXPECT_EQ(this->first(), "ws://b");
  EXPECT_EQ(this->book->proved(), 0b10);
  EXPECT_EQ(this->untried(), "ws://a");
}

TEST_F(AddressBookTest, AnAddressIsNotedOnce) {
  ASSERT_EQ(this->tell(7, {"ws://a"}), Error::NONE);
  ASSERT_EQ(this->prove("ws://a"), Error::NONE);
  const int saves = this->store.saves;
  for (int i = 0; i < 3; i++)
    ASSERT_EQ(this->prove("ws://a"), Error::NONE);
  EXPECT_EQ(this->store.saves, saves) << "each session would wear the flash";
}

TEST_F(AddressBookTest, TheOldOneIsKeptUntilANewOneHasLedToTheHub) {
  ASSERT_EQ(this->tell(1, {"ws://old"}), Error::NONE);
  ASSERT_EQ(this->prove("ws://old"), Error::NONE);
  ASSERT_EQ(this->tell(2, {"ws://new"}, "ws://old"), Error::NONE);
  EXPECT_EQ(this->url(this->in_use), "ws://old") << "what is in use goes on under its new index";
  this->boot();
  EXPECT_EQ(this->dialed(), (Urls{"ws://new", "ws://old"}));
  EXPECT_EQ(this->first(), "ws://old");
  ASSERT_EQ(this->prove("ws://old"), Error::NONE);
  EXPECT_EQ(this->dialed(), (Urls{"ws://new", "ws://old"})) << "the old one proves nothing of the new";
  ASSERT_EQ(this->prove("ws://new"), Error::NONE);
  EXPECT_EQ(this->dialed(), (Urls{"ws://new"}));
  this->boot();
  EXPECT_EQ(this->dialed(), (Urls{"ws://new"}));
}

TEST_F(AddressBookTest, DeadListsOneAfterTheOtherCostNothing) {
  ASSERT_EQ(this->tell(1, {"ws://old"}), Error::NONE);
  ASSERT_EQ(this->prove("ws://old"), Error::NONE);
  for (uint32_t version = 2; version < 12; version++) {
    const std::string dead = "ws://dead-" + std::to_string(version);
    ASSERT_EQ(this->tell(version, {dead, dead + "-2", dead + "-3", dead + "-4"}, "ws://old"), Error::NONE);
    EXPECT_EQ(this->dialed().back(), "ws://old");
    EXPECT_EQ(this->book->count(), 5);
  }
}

TEST_F(AddressBookTest, OneThatNeverLedToTheHubIsNotKept) {
  ASSERT_EQ(this->tell(1, {"ws://a", "ws://b"}), Error::NONE);
  ASSERT_EQ(this->tell(2, {"ws://c"}), Error::NONE);
  EXPECT_EQ(this->dialed(), (Urls{"ws://c"}));
}

TEST_F(AddressBookTest, AnAddressOfBothListsStandsForItselfOnly) {
  // At home by one, elsewhere by the other, which changes: a session at home says nothing about that.
  ASSERT_EQ(this->tell(1, {"ws://home", "wss://away"}), Error::NONE);
  ASSERT_EQ(this->prove("ws://home"), Error::NONE);
  ASSERT_EQ(this->prove("wss://away"), Error::NONE);
  ASSERT_EQ(this->tell(2, {"ws://home", "wss://moved"}, "ws://home"), Error::NONE);
  EXPECT_EQ(this->book->proved(), 0b01);
  ASSERT_EQ(this->prove("ws://home"), Error::NONE);
  EXPECT_EQ(this->dialed(), (Urls{"ws://home", "wss://moved", "wss://away"}));
  ASSERT_EQ(this->prove("wss://moved"), Error::NONE);
  EXPECT_EQ(this->dialed(), (Urls{"ws://home", "wss://moved"}));
}

TEST_F(AddressBookTest, AListWithNothingNewDropsTheRest) {
  ASSERT_EQ(this->tell(1, {"ws://a", "ws://b"}), Error::NONE);
  ASSERT_EQ(this->prove("ws://a"), Error::NONE);
  ASSERT_EQ(this->prove("ws://b"), Error::NONE);
  ASSERT_EQ(this->tell(2, {"ws://b"}, "ws://a"), Error::NONE);
  EXPECT_EQ(this->dialed(), (Urls{"ws://b"}));
  EXPECT_EQ(this->in_use, AddressBook::NOT_TOLD);
}

TEST_F(AddressBookTest, WhatComesBackIsKnown) {
  ASSERT_EQ(this->tell(1, {"ws://a"}), Error::NONE);
  ASSERT_EQ(this->prove("ws://a"), Error::NONE);
  ASSERT_EQ(this->tell(2, {"ws://b"}, "ws://a"), Error::NONE);
  ASSERT_EQ(this->tell(3, {"ws://c", "ws://a"}, "ws://a"), Error::NONE);
  EXPECT_EQ(this->dialed(), (Urls{"ws://c", "ws://a"}));
  EXPECT_EQ(this->book->proved(), 0b10);
  EXPECT_EQ(this->url(this->in_use), "ws://a");
}

TEST_F(AddressBookTest, WhatTheConfigurationHasIsNotDialedTwice) {
  ASSERT_EQ(this->tell(1, {"ws://own:8123", "ws://a"}), Error::NONE);
  EXPECT_EQ(this->dialed(), (Urls{"ws://a"}));
  EXPECT_EQ(this->book->proved(), 0b01) << "it stays, whatever is told";
  EXPECT_EQ(this->book->unusable(), 0);
  this->own_count = 0;  // another firmware, without it
  this->boot();
  EXPECT_EQ(this->dialed(), (Urls{"ws://own:8123", "ws://a"}));
}

TEST_F(AddressBookTest, AnotherSchemeOrPathIsAnotherAddress) {
  ASSERT_EQ(this->tell(1, {"wss://own:8123", "ws://own:8123/proxy", "ws://own"}), Error::NONE);
  EXPECT_EQ(this->book->count(), 3);
}

TEST_F(AddressBookTest, NamesWhatCannotBeDialedFromHere) {
  this->rules.tls = this->rules.ipv6 = false;
  this->boot();
  ASSERT_EQ(this->tell(1, {"wss://a", "ws://[::1]", "ws://ok", "nonsense"}), Error::NONE);
  EXPECT_EQ(this->book->unusable(), 0b1011);
  EXPECT_EQ(this->dialed(), (Urls{"ws://ok"}));
  this->boot();
  EXPECT_EQ(this->book->unusable(), 0b1011);
  this->rules.tls = true;  // an update has brought TLS
  this->boot();
  EXPECT_EQ(this->book->unusable(), 0b1010);
}

TEST_F(AddressBookTest, AListOfNothingUsableLeavesTheOldOne) {
  this->rules.tls = false;
  this->boot();
  ASSERT_EQ(this->tell(1, {"ws://a"}), Error::NONE);
  ASSERT_EQ(this->prove("ws://a"), Error::NONE);
  ASSERT_EQ(this->tell(2, {"wss://a"}, "ws://a"), Error::NONE);
  EXPECT_EQ(this->dialed(), (Urls{"ws://a"}));
}

TEST_F(AddressBookTest, AnUnusableOneKeepsNothingAlive) {
  this->rules.tls = false;
  this->boot();
  ASSERT_EQ(this->tell(1, {"ws://a", "ws://b"}), Error::NONE);
  ASSERT_EQ(this->prove("ws://a"), Error::NONE);
  ASSERT_EQ(this->prove("ws://b"), Error::NONE);
  ASSERT_EQ(this->tell(2, {"ws://a", "wss://c"}, "ws://a"), Error::NONE);
  EXPECT_EQ(this->dialed(), (Urls{"ws://a"}));
}

TEST_F(AddressBookTest, AnotherHubsListDoesNotCount) {
  ASSERT_EQ(this->tell(1, {"ws://a"}), Error::NONE);
  this->rules.hub_key_id = OTHER_HUB;
  this->boot();
  EXPECT_EQ(this->book->version(), 0U);
  EXPECT_EQ(this->book->count(), 0);
  ASSERT_EQ(this->tell(9, {"ws://c"}), Error::NONE) << "and gives way";
  EXPECT_EQ(this->dialed(), (Urls{"ws://c"}));
}

TEST_F(AddressBookTest, TakesTheLongestTexts) {
  const std::string tail(HUB_URL_MAX - 14, 'p');
  const Urls longest{"wss://a1.bc/d" + tail + "1", "wss://a2.bc/d" + tail + "2", "wss://a3.bc/d" + tail + "3",
                     "wss://a4.bc/d" + tail + "4"};
  ASSERT_EQ(longest[0].size(), HUB_URL_MAX);
  ASSERT_EQ(this->tell(1, longest), Error::NONE);
  this->boot();
  EXPECT_EQ(this->dialed(), longest);
}

TEST_F(AddressBookTest, DamageCountsAsNothing) {
  ASSERT_EQ(this->tell(1, {"ws://a"}), Error::NONE);
  AddressRecord record;
  ASSERT_EQ(this->store.load(record), Error::NONE);
  for (size_t at = 0; at < ADDRESS_RECORD_SIZE; at += 7) {
    ASSERT_EQ(this->store.load(record), Error::NONE);
    record.data()[at] ^= 0x10;
    ASSERT_EQ(this->store.save(record), Error::NONE);
    this->boot();
    EXPECT_EQ(this->book->count(), 0) << at;
    record.data()[at] ^= 0x10;
    ASSERT_EQ(this->store.save(record), Error::NONE);
  }
  this->boot();
  EXPECT_EQ(this->dialed(), (Urls{"ws://a"}));
}

TEST_F(AddressBookTest, AStoreThatFailsChangesNothing) {
  ASSERT_EQ(this->tell(1, {"ws://a"}), Error::NONE);
  this->store.flash.stuck = 0x00010000;
  EXPECT_EQ(this->tell(2, {"ws://b"}, "ws://a"), Error::STORE_FAILED);
  EXPECT_EQ(this->book->version(), 1U);
  EXPECT_EQ(this->dialed(), (Urls{"ws://a"}));
  EXPECT_EQ(this->prove("ws://a"), Error::STORE_FAILED);
  EXPECT_EQ(this->book->proved(), 0);
  this->store.flash.unreadable = true;
  EXPECT_EQ(this->url(0), "unreadable");
}

/// Whenever the power goes, the address that has led to the hub is dialed after the boot.
TEST_F(AddressBookTest, CutAtEveryWordTheWayToTheHubIsThere) {
  ASSERT_EQ(this->tell(1, {"ws://old"}), Error::NONE);
  ASSERT_EQ(this->prove("ws://old"), Error::NONE);
  const CutFlash before = this->store.flash;
  for (const bool halves : {true, false}) {
    std::set<uint32_t> versions;
    for (int step = 0;; step++) {
      this->store.flash = before;
      this->store.flash.halves = halves;
      this->boot();
      this->store.flash.cut_at(step);
      const Error error = this->tell(2, {"ws://new"}, "ws://old");
      const bool was_off = this->store.flash.is_off();
      EXPECT_EQ(error, was_off ? Error::STORE_FAILED : Error::NONE);
      this->boot();
      versions.insert(this->book->version());
      ASSERT_EQ(this->first(), "ws://old") << step;
      if (!was_off)
        break;
    }
    EXPECT_EQ(versions, (std::set<uint32_t>{1, 2}));
  }
}

/// The same for the note that a new one has led to the hub: then one of the two is dialed first.
TEST_F(AddressBookTest, CutAtEveryWordOfTheProofOneOfBothIsThere) {
  ASSERT_EQ(this->tell(1, {"ws://old"}), Error::NONE);
  ASSERT_EQ(this->prove("ws://old"), Error::NONE);
  ASSERT_EQ(this->tell(2, {"ws://new"}, "ws://old"), Error::NONE);
  const CutFlash before = this->store.flash;
  for (int step = 0;; step++) {
    this->store.flash = before;
    this->boot();
    const uint8_t index = this->index_of("ws://new");
    this->store.flash.cut_at(step);
    uint8_t moved = index;
    (void) this->book->prove(moved);
    const bool was_off = this->store.flash.is_off();
    this->boot();
    ASSERT_EQ(this->book->version(), 2U);
    const Urls all = this->dialed();
    ASSERT_TRUE(all == (Urls{"ws://new", "ws://old"}) || all == (Urls{"ws://new"})) << step;
    ASSERT_NE(this->first(), "");
    if (!was_off)
      break;
  }
}

/// Lists, sessions and power cuts in any order: as long as an address that led to the hub once has not been followed by
/// another one of the list, it is dialed.
TEST_F(AddressBookTest, WhateverComesTheWayToTheHubIsNeverLost) {
  uint32_t seed = 1;
  const auto random = [&seed](uint32_t below) {
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
  };
  std::string way = "ws://n0";
  ASSERT_EQ(this->tell(1, {way}), Error::NONE);
  ASSERT_EQ(this->prove(way), Error::NONE);
  for (uint32_t round = 2; round < 600; round++) {
    const Urls dialed = this->dialed();
    ASSERT_NE(std::find(dialed.begin(), dialed.end(), way), dialed.end()) << round;
    if (random(4) == 0)
      this->store.flash.cut_at(static_cast<int>(random(220)));
    if (random(2) == 0) {
      Urls urls;
      for (uint32_t i = 0; i <= random(4) && urls.size() < ADDRESS_LIST_MAX; i++)
        urls.push_back("ws://n" + std::to_string(random(8)));
      (void) this->tell(round, urls, way);
      if (this->book->proved() == 0b1111 || this->in_use == AddressBook::NOT_TOLD) {
        // Nothing in the list is new: the next session comes by one of it.
        this->boot();
        const Urls left = this->dialed();
        if (std::find(left.begin(), left.end(), way) == left.end())
          way = this->first();
        ASSERT_NE(way, "");
      }
    } else if (!dialed.empty()) {
      const std::string next = dialed[random(static_cast<uint32_t>(dialed.size()))];
      (void) this->prove(next);
      this->boot();
      way = this->dialed().empty() ? way : next;
    }
    this->boot();
  }
}

}  // namespace esphome::oceanremote::testing
