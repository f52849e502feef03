// Registration: crash-safe at every step, and never at the cost of an identity that works.

#include <gtest/gtest.h>

#include "support/device.h"

namespace esphome::oceanremote::testing {

using Fault = MemoryStore::Fault;

class RegistrationTest : public ::testing::Test {
 protected:
  [[nodiscard]] Identity &stored() {
    this->identity_.wipe();
    EXPECT_EQ(this->device.store.peek(this->identity_), Error::NONE);
    return this->identity_;
  }

  void boot_and_open() {
    ASSERT_EQ(this->device.boot(), Error::NONE);
    this->device.sent.clear();
    this->hub = std::make_unique<Hub>();
    this->device.link().open(this->device.now);
  }

  void register_again() {
    ASSERT_EQ(this->device.run(), LinkEvent::NONE);
    shake_hands(this->device, *this->hub, REGISTRATION_TOKEN);
    ASSERT_EQ(this->device.deliver(this->hub->seal(issue_token(PERMANENT_TOKEN))), LinkEvent::NONE);
    ASSERT_EQ(this->device.run(), LinkEvent::REGISTERED);
    ASSERT_EQ(this->device.run(), LinkEvent::NONE);
    ASSERT_EQ(this->hub->open(this->device.take()).size(), 36U);
  }

  /// The hub refuses the session or registration that the device has just asked for.
  void reject(const std::string &frame = "04010000") {
    ASSERT_EQ(this->device.run(), LinkEvent::NONE);
    ASSERT_EQ(this->device.deliver(this->hub->hello()), LinkEvent::NONE);
    ASSERT_EQ(this->device.run(), LinkEvent::NONE);
    ASSERT_TRUE(this->hub->read_init(this->device.take()));
    ASSERT_EQ(this->device.deliver(from_hex(frame)), LinkEvent::REJECTED);
  }

  std::unique_ptr<Hub> hub = std::make_unique<Hub>();
  Device device{Hub().public_key};
  Identity identity_;
};

TEST_F(RegistrationTest, TheKeyIsStoredBeforeAnybodyHearsOfIt) {
  this->boot_and_open();
  EXPECT_EQ(this->device.link().plan(), Plan::REGISTER);
  EXPECT_EQ(this->device.link().want(), LinkWant::STEP);
  EXPECT_FALSE(this->device.link().can_receive()) << "HELLO waits";
  ASSERT_EQ(this->device.link().step(this->device.now), LinkEvent::NONE);
  EXPECT_TRUE(this->stored().has_key);
  EXPECT_FALSE(this->stored().has_current);
  EXPECT_EQ(this->stored().reservations, 1U) << "one write for both";
  EXPECT_EQ(this->device.store.saves, 1);
  const std::string key = to_hex(this->stored().private_key.view());
  this->register_again();
  EXPECT_EQ(to_hex(this->stored().private_key.view()), key);
  EXPECT_EQ(this->hub->handle.size(), TOKEN_HANDLE_SIZE);
  EXPECT_EQ(this->hub->generation, 0U);
  EXPECT_EQ(this->hub->board, "nodemcu-32s");
}

TEST_F(RegistrationTest, TheTokenIsStoredBeforeItIsConfirmed) {
  this->boot_and_open();
  ASSERT_EQ(this->device.run(), LinkEvent::NONE);
  shake_hands(this->device, *this->hub, REGISTRATION_TOKEN);
  ASSERT_EQ(this->device.deliver(this->hub->seal(issue_token(PERMANENT_TOKEN))), LinkEvent::NONE);
  EXPECT_EQ(this->device.link().want(), LinkWant::STEP);
  EXPECT_FALSE(this->stored().has_current);
  ASSERT_EQ(this->device.link().step(this->device.now), LinkEvent::REGISTERED);
  EXPECT_EQ(to_hex(this->stored().current_token.view()), to_hex(PERMANENT_TOKEN));
  EXPECT_FALSE(this->stored().confirmed) << "the hub has not said so yet";
  EXPECT_TRUE(this->device.sent.empty());
  ASSERT_EQ(this->device.run(), LinkEvent::NONE);
  EXPECT_EQ(this->hub->open(this->device.take()).size(), 36U) << "STORED";
  open_session(this->device, *this->hub);
  EXPECT_EQ(this->hub->generation, 1U);
  EXPECT_TRUE(this->stored().confirmed);
}

TEST_F(RegistrationTest, EveryFlashFaultStopsIt) {
  for (const Fault fault : {Fault::SAVE, Fault::SYNC, Fault::READ_BACK, Fault::SILENT_LOSS, Fault::BIT_ROT}) {
    // At the key...
    Device fresh(Hub().public_key);
    ASSERT_EQ(fresh.boot(), Error::NONE);
    fresh.link().open(fresh.now);
    fresh.store.fault = fault;
    EXPECT_EQ(fresh.run(), LinkEvent::CLOSED);
    EXPECT_EQ(fresh.link().error(), Error::STORE_FAILED);
    EXPECT_TRUE(fresh.sent.empty());
    // ... and at the token.
    Device later(Hub().public_key);
    Hub a_hub;
    ASSERT_EQ(later.boot(), Error::NONE);
    later.link().open(later.now);
    ASSERT_EQ(later.run(), LinkEvent::NONE);
    shake_hands(later, a_hub, REGISTRATION_TOKEN);
    ASSERT_EQ(later.deliver(a_hub.seal(issue_token(PERMANENT_TOKEN))), LinkEvent::NONE);
    later.store.fault = fault;
    EXPECT_EQ(later.run(), LinkEvent::CLOSED);
    EXPECT_EQ(later.link().error(), Error::STORE_FAILED);
    EXPECT_FALSE(later.link().registered());
    EXPECT_TRUE(later.sent.empty()) << "never STORED";
  }
}

TEST_F(RegistrationTest, AConfirmationThatCannotBeStoredEndsTheLink) {
  this->boot_and_open();
  this->register_again();
  shake_hands(this->device, *this->hub, PERMANENT_TOKEN);
  ASSERT_EQ(this->device.deliver(this->hub->seal(welcome())), LinkEvent::WELCOME);
  this->device.store.fault = Fault::SAVE;
  EXPECT_EQ(this->device.run(), LinkEvent::CLOSED);
  EXPECT_FALSE(this->stored().confirmed);
}

TEST_F(RegistrationTest, CountersThatAreUsedUpEndTheLink) {
  Identity spent;
  spent.has_key = true;
  spent.private_key.data()[0] = 1;
  spent.reservations = UINT32_MAX;
  this->device.store.put(spent);
  this->boot_and_open();
  EXPECT_EQ(this->device.run(), LinkEvent::CLOSED);
  EXPECT_EQ(this->device.link().error(), Error::COUNTER_EXHAUSTED);
}

TEST_F(RegistrationTest, ConvergesFromACrashAfterAnyStep) {
  // A device is killed after its nth action; whatever it finds at the next boot leads to a session.
  for (int steps = 0; steps < 40; steps++) {
    Device crashing(Hub().public_key);
    Hub a_hub;
    ASSERT_EQ(crashing.boot(), Error::NONE);
    crashing.link().open(crashing.now);
    int left = steps;
    bool asked = false, issued = false;
    // Acts until the crash: its own work one piece at a time, the hub's frames as they are due.
    while (left-- > 0) {
      const LinkWant want = crashing.link().want();
      if (want == LinkWant::STEP) {
        ASSERT_NE(crashing.link().step(crashing.now), LinkEvent::CLOSED);
      } else if (want == LinkWant::SEND) {
        Bytes frame(1024);
        frame.resize(crashing.link().write(frame.data(), frame.size(), crashing.now));
        if (frame[0] == 2) {
          ASSERT_TRUE(a_hub.read_init(frame));
          ASSERT_EQ(crashing.deliver(a_hub.accept(issued ? PERMANENT_TOKEN : REGISTRATION_TOKEN)), LinkEvent::NONE);
          continue;
        }
        const Bytes said = a_hub.open(frame);
        ASSERT_FALSE(said.empty());
        if (said[1] == 1 && !issued) {
          ASSERT_EQ(crashing.deliver(a_hub.seal(issue_token(PERMANENT_TOKEN))), LinkEvent::NONE);
          issued = true;
        } else if (said[1] == 1) {
          ASSERT_EQ(crashing.deliver(a_hub.seal(welcome())), LinkEvent::WELCOME);
        } else if (said[1] == 6) {
          ASSERT_EQ(crashing.deliver(a_hub.hello()), LinkEvent::NONE);
        }
      } else if (!asked) {
        ASSERT_EQ(crashing.deliver(a_hub.hello()), LinkEvent::NONE);
        asked = true;
      }
    }
    // After the crash.
    Hub after;
    crashing.sent.clear();
    ASSERT_EQ(crashing.boot(), Error::NONE);
    if (crashing.link().plan() == Plan::REGISTER)
      register_device(crashing, after);
    else
      crashing.link().open(crashing.now);
    ASSERT_EQ(crashing.run(), LinkEvent::NONE);
    open_session(crashing, after);
    EXPECT_EQ(crashing.link().plan(), Plan::RESUME) << steps;
  }
}

TEST_F(RegistrationTest, ACrashNeverRepeatsACounter) {
  uint64_t last = 0;
  for (int boot = 0; boot < 5; boot++) {
    this->boot_and_open();
    ASSERT_EQ(this->device.run(), LinkEvent::NONE);
    ASSERT_EQ(this->device.deliver(this->hub->hello()), LinkEvent::NONE);
    ASSERT_EQ(this->device.run(), LinkEvent::NONE);
    ASSERT_TRUE(this->hub->read_init(this->device.take()));
    EXPECT_GT(this->hub->counter, last);
    last = this->hub->counter;
  }
}

TEST_F(RegistrationTest, TheRegistrationTokenIsStirredIntoTheRandomness) {
  ASSERT_EQ(this->device.boot(), Error::NONE);
  ASSERT_EQ(this->device.random.mixed.size(), 1U);
  EXPECT_EQ(this->device.random.mixed[0], REGISTRATION_TOKEN);
}

TEST_F(RegistrationTest, AnUnconfirmedIdentityThatIsRefusedRegistersAgain) {
  this->boot_and_open();
  this->register_again();  // and STORED never reached the hub
  this->boot_and_open();
  EXPECT_EQ(this->device.link().plan(), Plan::RESUME);
  this->reject();
  EXPECT_EQ(this->device.link().rejection(), Rejection::OTHER_WAY);
  EXPECT_EQ(this->device.link().plan(), Plan::REGISTER);
  const std::string key = to_hex(this->stored().private_key.view());
  this->device.link().open(this->device.now);
  this->hub = std::make_unique<Hub>();
  this->register_again();
  EXPECT_EQ(to_hex(this->stored().private_key.view()), key) << "the hub knows it by the same key";
  open_session(this->device, *this->hub);
}

TEST_F(RegistrationTest, ARefusalIsOneWhenEveryWayIsRefused) {
  this->boot_and_open();
  this->reject();
  EXPECT_EQ(this->device.link().rejection(), Rejection::REFUSED) << "the token is the only way";
  this->device.link().open(this->device.now);
  this->register_again();
  this->boot_and_open();
  for (int round = 0; round < 2; round++) {
    for (const auto &[plan, rejection] :
         {std::pair{Plan::RESUME, Rejection::OTHER_WAY}, std::pair{Plan::REGISTER, Rejection::REFUSED}}) {
      EXPECT_EQ(this->device.link().plan(), plan);
      this->reject();
      EXPECT_EQ(this->device.link().rejection(), rejection);
      this->device.link().open(this->device.now);
    }
  }
}

TEST_F(RegistrationTest, AHubThatAsksForTimeHasRefusedNoWay) {
  this->boot_and_open();
  this->register_again();
  this->boot_and_open();
  this->reject("0401000a");
  EXPECT_EQ(this->device.link().rejection(), Rejection::LATER);
  EXPECT_EQ(this->device.link().retry_after_s(), 10);
  EXPECT_EQ(this->device.link().plan(), Plan::RESUME);
}

TEST_F(RegistrationTest, AnotherTokenRegistersBesideTheOldIdentity) {
  this->boot_and_open();
  this->register_again();
  open_session(this->device, *this->hub);
  this->device.flash_token(Bytes(KEY_SIZE, 0x77));
  this->boot_and_open();
  EXPECT_EQ(this->device.link().plan(), Plan::REGISTER);
  this->reject();
  EXPECT_EQ(to_hex(this->stored().current_token.view()), to_hex(PERMANENT_TOKEN)) << "nothing is erased";
  EXPECT_EQ(this->device.link().plan(), Plan::RESUME) << "the old identity still serves";
  this->hub = std::make_unique<Hub>();
  this->device.link().open(this->device.now);
  ASSERT_EQ(this->device.run(), LinkEvent::NONE);
  open_session(this->device, *this->hub);
  // And the next link tries the new registration again.
  this->device.link().close();
  EXPECT_EQ(this->device.link().plan(), Plan::REGISTER);
  this->hub = std::make_unique<Hub>();
  this->device.link().open(this->device.now);
  shake_hands(this->device, *this->hub, Bytes(KEY_SIZE, 0x77));
  ASSERT_EQ(this->device.deliver(this->hub->seal(issue_token(Bytes(KEY_SIZE, 0x78)))), LinkEvent::NONE);
  ASSERT_EQ(this->device.run(), LinkEvent::REGISTERED);
  EXPECT_EQ(to_hex(this->stored().current_token.view()), to_hex(Bytes(KEY_SIZE, 0x78)));
  EXPECT_FALSE(this->stored().has_previous) << "the old identity's token is gone with it";
}

TEST_F(RegistrationTest, AnotherHubKeyMakesTheOldIdentityUseless) {
  this->boot_and_open();
  this->register_again();
  this->device.settings.hub_public_key[0] ^= 1;
  this->device.flash_token(Bytes(KEY_SIZE, 0x77));
  ASSERT_EQ(this->device.boot(), Error::NONE);
  EXPECT_EQ(this->device.link().plan(), Plan::REGISTER);
  this->device.flash_token({});
  ASSERT_EQ(this->device.boot(), Error::NONE);
  EXPECT_EQ(this->device.link().plan(), Plan::NOTHING);
}

TEST_F(RegistrationTest, WithoutATokenARegisteredDeviceStillResumes) {
  this->boot_and_open();
  this->register_again();
  this->device.flash_token({});
  ASSERT_EQ(this->device.boot(), Error::NONE);
  EXPECT_EQ(this->device.link().plan(), Plan::RESUME);
}

TEST_F(RegistrationTest, ADamagedRecordStartsOver) {
  this->boot_and_open();
  this->register_again();
  this->device.store.durable[50] ^= 1;
  EXPECT_EQ(this->device.boot(), Error::RECORD_DAMAGED);
  EXPECT_EQ(this->device.link().plan(), Plan::REGISTER);
}

TEST_F(RegistrationTest, ARecordOfNewerFirmwareIsLeftAlone) {
  this->boot_and_open();
  this->register_again();
  Identity identity;
  Record record;
  identity.copy_from(this->stored());
  encode_record(identity, record);
  Bytes &durable = this->device.store.durable;
  durable[2] = RECORD_VERSION + 1;
  uint32_t crc = 0xFFFFFFFF;
  for (size_t i = 0; i < RECORD_SIZE - 4; i++) {
    crc ^= durable[i];
    for (int bit = 0; bit < 8; bit++)
      crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320U : crc >> 1;
  }
  store_be32(durable.data() + RECORD_SIZE - 4, ~crc);
  const Bytes before = durable;
  EXPECT_EQ(this->device.boot(), Error::RECORD_VERSION);
  EXPECT_EQ(this->device.link().plan(), Plan::NOTHING);
  this->device.link().open(this->device.now);
  EXPECT_EQ(this->device.run(), LinkEvent::NONE);
  EXPECT_EQ(durable, before);
}

TEST_F(RegistrationTest, AStoreThatCannotBeReadIsNotOverwritten) {
  this->device.store.fault = Fault::LOAD;
  EXPECT_EQ(this->device.boot(), Error::STORE_FAILED);
  EXPECT_EQ(this->device.link().plan(), Plan::NOTHING);
}

TEST_F(RegistrationTest, ATombstoneIsHeardInPlaceOfTheWelcome) {
  this->boot_and_open();
  this->register_again();
  this->boot_and_open();
  ASSERT_EQ(this->device.run(), LinkEvent::NONE);
  shake_hands(this->device, *this->hub, PERMANENT_TOKEN);
  ASSERT_EQ(this->device.deliver(this->hub->seal(revoked())), LinkEvent::NONE);
  EXPECT_EQ(this->device.run(), LinkEvent::REVOKED);
  EXPECT_EQ(this->device.link().plan(), Plan::NOTHING);
}

TEST_F(RegistrationTest, ARevocationThatCannotBeStoredEndsTheLinkAllTheSame) {
  this->boot_and_open();
  this->register_again();
  open_session(this->device, *this->hub);
  ASSERT_EQ(this->device.deliver(this->hub->seal(revoked())), LinkEvent::NONE);
  this->device.store.fault = Fault::SYNC;
  EXPECT_EQ(this->device.run(), LinkEvent::CLOSED);
  EXPECT_EQ(this->device.link().error(), Error::STORE_FAILED);
}

}  // namespace esphome::oceanremote::testing
