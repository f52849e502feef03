// A hub key that is rolled over: told, stored beside the present one, proved, and alone from then on.

#include <gtest/gtest.h>

#include "support/device.h"

namespace esphome::oceanremote::testing {

using Fault = MemoryStore::Fault;

static constexpr uint8_t TO_COME = 1;
static constexpr uint8_t IN_FORCE = 2;
static const char *const REFUSED = "04010000";

class HubKeyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    this->device.settings.facts.takes_hub_keys = true;
    ASSERT_EQ(this->device.boot(), Error::NONE);
    register_device(this->device, *this->hub);
    open_session(this->device, *this->hub);
  }

  [[nodiscard]] Identity &stored() {
    this->identity_.wipe();
    EXPECT_EQ(this->device.store.peek(this->identity_), Error::NONE);
    return this->identity_;
  }

  /// A power cut, and a hub that answers under one key only.
  void restart(const Hub &key) {
    ASSERT_EQ(this->device.boot(), Error::NONE);
    this->dial(key);
  }

  void dial(const Hub &key) {
    this->device.sent.clear();
    this->hub = std::make_unique<Hub>();
    this->hub->use_key_of(key);
    this->device.link().open(this->device.now);
    ASSERT_EQ(this->device.run(), LinkEvent::NONE);
  }

  void come_in() {
    shake_hands(this->device, *this->hub, PERMANENT_TOKEN);
    ASSERT_EQ(this->device.deliver(this->hub->seal(welcome())), LinkEvent::WELCOME);
  }

  /// What the device answers to a hub key, by its id.
  [[nodiscard]] std::string tell(uint8_t phase, const Hub &key) {
    EXPECT_EQ(this->device.deliver(this->hub->seal(new_hub_key(phase, key.public_key))), LinkEvent::NONE);
    EXPECT_EQ(this->device.run(), LinkEvent::NONE);
    return to_hex(view(this->hub->open(this->device.take())));
  }

  [[nodiscard]] static std::string answer(const Hub &key) {
    HubKey known;
    known.set(key.public_key);
    return "82181f44" + to_hex({known.id(), HUB_KEY_ID_SIZE});
  }

  /// The hub does not know the key that the device names, or does not take it any more.
  [[nodiscard]] Rejection turned_away() {
    EXPECT_EQ(this->device.deliver(this->hub->hello()), LinkEvent::NONE);
    EXPECT_EQ(this->device.run(), LinkEvent::NONE);
    EXPECT_EQ(this->device.deliver(from_hex(REFUSED)), LinkEvent::REJECTED);
    return this->device.link().rejection();
  }

  /// From the old key to the new one, in one session.
  void move(const Hub &key) {
    ASSERT_EQ(this->tell(IN_FORCE, key), answer(key));
    this->hub->use_key_of(key);
    this->come_in();
    ASSERT_EQ(this->device.run(), LinkEvent::NONE);
  }

  Hub first;
  Hub second{0x60};
  Hub third{0x80};
  std::unique_ptr<Hub> hub = std::make_unique<Hub>();
  Device device{Hub().public_key};
  Identity identity_;
};

TEST_F(HubKeyTest, IsStoredBeforeItIsAnswered) {
  ASSERT_EQ(this->device.deliver(this->hub->seal(new_hub_key(TO_COME, this->second.public_key))), LinkEvent::NONE);
  EXPECT_EQ(this->device.link().want(), LinkWant::STEP);
  EXPECT_FALSE(this->device.link().can_receive());
  EXPECT_FALSE(this->stored().has_next_hub_key);
  ASSERT_EQ(this->device.link().step(this->device.now), LinkEvent::NONE);
  ASSERT_TRUE(this->stored().has_next_hub_key);
  EXPECT_EQ(to_hex({this->stored().next_hub_key, KEY_SIZE}), to_hex({this->second.public_key, KEY_SIZE}));
  EXPECT_FALSE(this->stored().has_hub_key);
  ASSERT_EQ(this->device.run(), LinkEvent::NONE);
  EXPECT_EQ(to_hex(view(this->hub->open(this->device.take()))), answer(this->second));
}

TEST_F(HubKeyTest, ToldTwiceIsWrittenOnce) {
  EXPECT_EQ(this->tell(TO_COME, this->second), answer(this->second));
  const int saves = this->device.store.saves;
  EXPECT_EQ(this->tell(TO_COME, this->second), answer(this->second));
  EXPECT_EQ(this->tell(TO_COME, this->first), answer(this->first)) << "the one in force";
  EXPECT_EQ(this->device.store.saves, saves);
  EXPECT_TRUE(this->stored().has_next_hub_key);
}

TEST_F(HubKeyTest, EveryFlashFaultEndsTheLinkAndChangesNothing) {
  for (const Fault fault : {Fault::SAVE, Fault::SYNC, Fault::READ_BACK, Fault::SILENT_LOSS, Fault::BIT_ROT}) {
    Device fresh(Hub().public_key);
    Hub a_hub;
    fresh.settings.facts.takes_hub_keys = true;
    ASSERT_EQ(fresh.boot(), Error::NONE);
    register_device(fresh, a_hub);
    open_session(fresh, a_hub);
    ASSERT_EQ(fresh.deliver(a_hub.seal(new_hub_key(TO_COME, this->second.public_key))), LinkEvent::NONE);
    fresh.store.fault = fault;
    EXPECT_EQ(fresh.run(), LinkEvent::CLOSED);
    EXPECT_EQ(fresh.link().error(), Error::STORE_FAILED);
    EXPECT_TRUE(fresh.sent.empty()) << "never answered";
  }
}

TEST_F(HubKeyTest, UntilItIsInForceThePresentOneIsTriedFirst) {
  ASSERT_EQ(this->tell(TO_COME, this->second), answer(this->second));
  this->restart(this->first);
  this->come_in();
  ASSERT_EQ(this->device.run(), LinkEvent::NONE);
  EXPECT_TRUE(this->stored().has_next_hub_key);
  EXPECT_FALSE(this->device.link().has_moved());
}

TEST_F(HubKeyTest, ARotationUnderThePresentOneMovesNothing) {
  ASSERT_EQ(this->tell(TO_COME, this->second), answer(this->second));
  this->come_in();
  ASSERT_EQ(this->device.run(), LinkEvent::NONE);
  EXPECT_FALSE(this->device.link().has_moved());
}

TEST_F(HubKeyTest, InForceItIsProvedByTheNextHandshakeAndStaysAlone) {
  this->move(this->second);
  EXPECT_TRUE(this->stored().has_hub_key);
  EXPECT_FALSE(this->stored().has_next_hub_key);
  EXPECT_EQ(to_hex({this->stored().hub_key, KEY_SIZE}), to_hex({this->second.public_key, KEY_SIZE}));
  // The configuration still names the first.
  this->restart(this->second);
  EXPECT_TRUE(this->device.link().has_moved());
  this->come_in();
  this->restart(this->first);
  EXPECT_EQ(this->turned_away(), Rejection::REFUSED) << "no way leads back";
  this->dial(this->first);
  EXPECT_EQ(this->turned_away(), Rejection::REFUSED);
}

TEST_F(HubKeyTest, WhoMissedTheChangeFindsTheNextOneByARefusal) {
  ASSERT_EQ(this->tell(TO_COME, this->second), answer(this->second));
  this->restart(this->second);
  EXPECT_EQ(this->turned_away(), Rejection::OTHER_WAY);
  this->dial(this->second);
  this->come_in();
  EXPECT_TRUE(this->device.link().is_moving());
  ASSERT_EQ(this->device.run(), LinkEvent::NONE);
  EXPECT_TRUE(this->device.link().has_moved());
}

TEST_F(HubKeyTest, TwoRefusalsAreARefusal) {
  ASSERT_EQ(this->tell(TO_COME, this->second), answer(this->second));
  this->restart(this->third);
  EXPECT_EQ(this->turned_away(), Rejection::OTHER_WAY);
  this->dial(this->third);
  EXPECT_EQ(this->turned_away(), Rejection::REFUSED);
  this->dial(this->first);
  this->come_in();
}

TEST_F(HubKeyTest, APowerCutBeforeTheMoveIsMadeUpFor) {
  ASSERT_EQ(this->tell(IN_FORCE, this->second), answer(this->second));
  this->hub->use_key_of(this->second);
  this->come_in();
  EXPECT_FALSE(this->stored().has_hub_key) << "proved, and not written down yet";
  this->restart(this->second);
  EXPECT_EQ(this->turned_away(), Rejection::OTHER_WAY) << "the first one";
  this->dial(this->second);
  this->come_in();
  ASSERT_EQ(this->device.run(), LinkEvent::NONE);
  EXPECT_TRUE(this->stored().has_hub_key);
}

TEST_F(HubKeyTest, AMoveThatCannotBeStoredEndsTheLinkAndLosesNothing) {
  ASSERT_EQ(this->tell(IN_FORCE, this->second), answer(this->second));
  this->hub->use_key_of(this->second);
  this->come_in();
  this->device.store.fault = Fault::SAVE;
  EXPECT_EQ(this->device.run(), LinkEvent::CLOSED);
  EXPECT_FALSE(this->device.link().has_moved());
  EXPECT_TRUE(this->stored().has_next_hub_key);
}

TEST_F(HubKeyTest, OneRollOverFollowsAnother) {
  this->move(this->second);
  this->move(this->third);
  this->restart(this->third);
  this->come_in();
  EXPECT_EQ(to_hex({this->stored().hub_key, KEY_SIZE}), to_hex({this->third.public_key, KEY_SIZE}));
}

TEST_F(HubKeyTest, AConfigurationOfTheNewKeyAndThenOneOfTheOldChangeNothing) {
  this->move(this->second);
  for (const Hub *flashed : {&this->second, &this->first}) {
    std::memcpy(this->device.settings.hub_public_key, flashed->public_key, KEY_SIZE);
    this->restart(this->second);
    EXPECT_EQ(this->device.link().plan(), Plan::RESUME);
    this->come_in();
    ASSERT_EQ(this->device.run(), LinkEvent::NONE);
  }
}

TEST_F(HubKeyTest, AConfigurationOfTheKeyThatWasToComeUsesIt) {
  ASSERT_EQ(this->tell(TO_COME, this->second), answer(this->second));
  std::memcpy(this->device.settings.hub_public_key, this->second.public_key, KEY_SIZE);
  this->restart(this->second);
  this->come_in();
  ASSERT_EQ(this->device.run(), LinkEvent::NONE);
  EXPECT_TRUE(this->stored().has_hub_key);
}

TEST_F(HubKeyTest, AConfigurationOfAnyOtherKeyIsOfAnotherHub) {
  this->move(this->second);
  std::memcpy(this->device.settings.hub_public_key, this->third.public_key, KEY_SIZE);
  this->device.flash_token(Bytes(KEY_SIZE, 0xB7));
  ASSERT_EQ(this->device.boot(), Error::NONE);
  EXPECT_EQ(this->device.link().plan(), Plan::REGISTER);
  this->device.flash_token({});
  ASSERT_EQ(this->device.boot(), Error::NONE);
  EXPECT_EQ(this->device.link().plan(), Plan::NOTHING);
}

TEST_F(HubKeyTest, ANewRegistrationForgetsWhatWasTold) {
  this->move(this->second);
  this->device.flash_token(Bytes(KEY_SIZE, 0xB7));
  this->restart(this->first);
  EXPECT_EQ(this->device.link().plan(), Plan::REGISTER);
  shake_hands(this->device, *this->hub, Bytes(KEY_SIZE, 0xB7));
  ASSERT_EQ(this->device.deliver(this->hub->seal(issue_token(PERMANENT_TOKEN))), LinkEvent::NONE);
  ASSERT_EQ(this->device.run(), LinkEvent::REGISTERED);
  EXPECT_FALSE(this->stored().has_hub_key);
  EXPECT_FALSE(this->stored().has_next_hub_key);
}

TEST_F(HubKeyTest, BesideANewRegistrationTokenEveryWayIsTried) {
  ASSERT_EQ(this->tell(TO_COME, this->second), answer(this->second));
  this->device.flash_token(Bytes(KEY_SIZE, 0xB7));
  this->restart(this->first);
  EXPECT_EQ(this->device.link().plan(), Plan::REGISTER);
  EXPECT_EQ(this->turned_away(), Rejection::OTHER_WAY);
  EXPECT_EQ(this->device.link().plan(), Plan::RESUME);
  this->dial(this->first);
  EXPECT_EQ(this->turned_away(), Rejection::OTHER_WAY);
  this->dial(this->second);
  EXPECT_EQ(this->turned_away(), Rejection::REFUSED);
  EXPECT_EQ(this->device.link().plan(), Plan::REGISTER);
}

TEST_F(HubKeyTest, ARevocationForgetsIt) {
  this->move(this->second);
  ASSERT_EQ(this->device.deliver(this->hub->seal(revoked())), LinkEvent::NONE);
  ASSERT_EQ(this->device.run(), LinkEvent::REVOKED);
  EXPECT_FALSE(this->stored().has_hub_key);
  EXPECT_EQ(this->device.link().plan(), Plan::NOTHING);
}

TEST_F(HubKeyTest, ADeviceWithoutRoomEndsTheLink) {
  this->device.settings.facts.takes_hub_keys = false;
  this->restart(this->first);
  this->come_in();
  EXPECT_EQ(this->device.deliver(this->hub->seal(new_hub_key(TO_COME, this->second.public_key))), LinkEvent::CLOSED);
  EXPECT_EQ(this->device.link().error(), Error::MESSAGE_UNEXPECTED);
}

TEST_F(HubKeyTest, NobodyTellsOneInARegistration) {
  Device fresh(Hub().public_key);
  Hub a_hub;
  fresh.settings.facts.takes_hub_keys = true;
  ASSERT_EQ(fresh.boot(), Error::NONE);
  fresh.link().open(fresh.now);
  ASSERT_EQ(fresh.run(), LinkEvent::NONE);
  shake_hands(fresh, a_hub, REGISTRATION_TOKEN);
  EXPECT_EQ(fresh.deliver(a_hub.seal(new_hub_key(TO_COME, this->second.public_key))), LinkEvent::CLOSED);
}

TEST_F(HubKeyTest, AnyOtherPhaseIsMalformed) {
  for (const uint8_t phase : {0, 3, 255}) {
    HubMessage message;
    const Bytes told = new_hub_key(phase, this->second.public_key);
    EXPECT_EQ(parse_hub_message(view(told), message), Error::MESSAGE_MALFORMED) << static_cast<int>(phase);
  }
}

TEST_F(HubKeyTest, TheAddressBookKeepsItsOwner) {
  const std::string owner = to_hex({this->device.link().hub_key_id(), HUB_KEY_ID_SIZE});
  this->move(this->second);
  EXPECT_EQ(to_hex({this->device.link().hub_key_id(), HUB_KEY_ID_SIZE}), owner);
}

}  // namespace esphome::oceanremote::testing
