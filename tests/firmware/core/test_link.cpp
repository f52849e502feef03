// A session as a caller of Link sees it: events, answers, time.

#include <gtest/gtest.h>

#include "support/device.h"

namespace esphome::oceanremote::testing {

class LinkTest : public ::testing::Test {
 protected:
  void SetUp() override { enrol(this->device, this->hub); }

  /// The plaintext of the device's next frame.
  Bytes next() {
    EXPECT_EQ(this->device.run(), LinkEvent::NONE);
    return this->hub.open(this->device.take());
  }

  LinkEvent deliver(const Bytes &plaintext, int epochs_back = 0) {
    return this->device.deliver(this->hub.seal(plaintext, epochs_back));
  }

  Error seal_state() {
    Bytes frame(64);
    frame[DATA_HEADER_SIZE] = 0x81;
    frame[DATA_HEADER_SIZE + 1] = 0x08;
    size_t size = 0;
    const Error error = this->device.link().seal(frame.data(), 2, this->device.now, size);
    if (error == Error::NONE) {
      frame.resize(size);
      this->device.sent.push_back(frame);
    }
    return error;
  }

  Hub hub;
  Device device{hub.public_key};
};

TEST_F(LinkTest, ACommandIsGivenOnceAndAnsweredOnce) {
  ASSERT_EQ(this->deliver(command_switch(1, true)), LinkEvent::COMMAND);
  EXPECT_EQ(this->device.link().message().command.id, 1U);
  EXPECT_EQ(this->device.link().message().command.address.key, 7U);
  ASSERT_EQ(this->device.link().answer(1, CommandStatus::REFUSED, "interlocked"), Error::NONE);
  EXPECT_EQ(to_hex(this->next()), "840501016b696e7465726c6f636b6564");
  EXPECT_EQ(this->device.link().want(), LinkWant::NOTHING);
}

TEST_F(LinkTest, ACommandThatComesTooLateIsDead) {
  const uint64_t started = this->device.link().session().started_ms();
  this->device.now = started + 9999;
  EXPECT_EQ(this->deliver(command_switch(1, true, 10000)), LinkEvent::COMMAND);
  this->device.now = started + 10000;
  EXPECT_EQ(this->deliver(command_switch(2, true, 10000)), LinkEvent::NONE);
  EXPECT_EQ(to_hex(this->next()), "8405020260") << "answered as expired";
}

TEST_F(LinkTest, CommandIdsOnlyGrow) {
  ASSERT_EQ(this->deliver(command_switch(5, true)), LinkEvent::COMMAND);
  ASSERT_EQ(this->deliver(command_switch(6, true)), LinkEvent::COMMAND);
  EXPECT_EQ(this->deliver(command_switch(6, true)), LinkEvent::CLOSED);
  EXPECT_EQ(this->device.link().error(), Error::MESSAGE_UNEXPECTED);
}

TEST_F(LinkTest, StopsReadingWhileAnswersWait) {
  for (uint32_t id = 1; id <= RESULTS_MAX; id++) {
    ASSERT_TRUE(this->device.link().can_receive());
    ASSERT_EQ(this->deliver(command_switch(id, true)), LinkEvent::COMMAND);
    ASSERT_EQ(this->device.link().answer(id, CommandStatus::DONE, ""), Error::NONE);
  }
  EXPECT_FALSE(this->device.link().can_receive());
  EXPECT_EQ(this->device.link().answer(99, CommandStatus::DONE, ""), Error::BUFFER_TOO_SMALL);
  for (uint32_t id = 1; id <= RESULTS_MAX; id++)
    EXPECT_EQ(this->next()[2], id) << "in order";
  EXPECT_TRUE(this->device.link().can_receive());
}

TEST_F(LinkTest, PingsAreAnsweredInOrder) {
  for (uint8_t nonce = 1; nonce <= PINGS_MAX; nonce++) {
    ASSERT_TRUE(this->device.link().can_receive());
    ASSERT_EQ(this->deliver(ping(nonce)), LinkEvent::NONE);
  }
  EXPECT_FALSE(this->device.link().can_receive());
  for (uint8_t nonce = 1; nonce <= PINGS_MAX; nonce++)
    EXPECT_EQ(to_hex(this->next()), "820948" + to_hex(Bytes(8, nonce)));
}

TEST_F(LinkTest, TellsLogsAndTime) {
  EXPECT_EQ(this->deliver({0x82, 0x18, 0x46, 0x05}), LinkEvent::SUBSCRIBE_LOGS);
  EXPECT_EQ(this->device.link().message().log_level, 5);
  EXPECT_EQ(this->deliver({0x82, 0x18, 0x47, 0x18, 0x64}), LinkEvent::TIME);
  EXPECT_EQ(this->device.link().message().time.hub_time_ms, 100U);
}

TEST_F(LinkTest, IsHeldAwakeWhereItSleeps) {
  this->device.settings.facts.sleeps = true;
  ASSERT_EQ(this->device.wake(), Error::NONE);
  Hub next;
  this->device.link().open(this->device.now);
  ASSERT_EQ(this->device.run(), LinkEvent::NONE);
  open_session(this->device, next);
  EXPECT_EQ(this->device.deliver(next.seal({0x82, 0x18, 0x4D, 0xF5})), LinkEvent::STAY_AWAKE);
  EXPECT_TRUE(this->device.link().message().stay_awake);
  EXPECT_EQ(this->device.deliver(next.seal({0x82, 0x18, 0x4D, 0xF4})), LinkEvent::STAY_AWAKE);
  EXPECT_FALSE(this->device.link().message().stay_awake);
}

TEST_F(LinkTest, RefusesToBeHeldAwakeWhereItNeverSleeps) {
  EXPECT_EQ(this->deliver({0x82, 0x18, 0x4D, 0xF5}), LinkEvent::CLOSED);
  EXPECT_EQ(this->device.link().error(), Error::MESSAGE_UNEXPECTED);
}

TEST_F(LinkTest, TakesUpdatesWhereItSaysSo) {
  const UpdateFacts updates{"ESP32", "today", 960, false, false};
  this->device.settings.facts.updates = &updates;
  ASSERT_EQ(this->device.wake(), Error::NONE);
  Hub next;
  this->device.link().open(this->device.now);
  ASSERT_EQ(this->device.run(), LinkEvent::NONE);
  open_session(this->device, next);
  EXPECT_EQ(this->device.deliver(next.seal({0x83, 0x18, 0x50, 0x07, 0x41, 0xE9})), LinkEvent::UPDATE);
  EXPECT_EQ(this->device.link().message().update_chunk.offset, 7U);
  EXPECT_EQ(this->device.deliver(next.seal({0x81, 0x18, 0x51})), LinkEvent::UPDATE);
  EXPECT_EQ(this->device.link().message().type, MessageType::ABANDON_UPDATE);
}

TEST_F(LinkTest, RefusesUpdatesWhereItTakesNone) {
  EXPECT_EQ(this->deliver({0x82, 0x18, 0x52, 0x01}), LinkEvent::CLOSED);
  EXPECT_EQ(this->device.link().error(), Error::MESSAGE_UNEXPECTED);
}

TEST_F(LinkTest, TellsAnswersAndImportedStates) {
  EXPECT_EQ(this->deliver({0x85, 0x18, 0x49, 0x07, 0x00, 0x60, 0xF6}), LinkEvent::ANSWER);
  EXPECT_EQ(this->device.link().message().answer.id, 7U);
  EXPECT_EQ(this->deliver({0x84, 0x18, 0x4A, 0x03, 0x00, 0x62, 'o', 'n'}), LinkEvent::IMPORTED);
  EXPECT_EQ(this->device.link().message().imported.slot, 3);
  EXPECT_EQ(this->device.link().message().imported.value, "on");
}

TEST_F(LinkTest, TellsWhichReadingsAreTaken) {
  EXPECT_EQ(this->deliver({0x84, 0x18, 0x4C, 0x01, 0x02, 0x18, 0x64}), LinkEvent::READINGS_TAKEN);
  const ReadingsTaken &taken = this->device.link().message().readings_taken;
  EXPECT_EQ(taken.sub, 1U);
  EXPECT_EQ(taken.key, 2U);
  EXPECT_EQ(taken.next, 100U);
}

TEST_F(LinkTest, TellsHowOftenHealthIsWanted) {
  EXPECT_EQ(this->deliver({0x82, 0x18, 0x4E, 0x18, 0x3C}), LinkEvent::REPORT_HEALTH);
  EXPECT_EQ(this->device.link().message().health_interval_s, 60U);
}

TEST_F(LinkTest, HearsOfTunnelsWhereItHasServices) {
  this->device.settings.facts.tunnels = 1;
  ASSERT_EQ(this->device.wake(), Error::NONE);
  Hub next;
  this->device.link().open(this->device.now);
  ASSERT_EQ(this->device.run(), LinkEvent::NONE);
  open_session(this->device, next);
  EXPECT_EQ(this->device.deliver(next.seal({0x84, 0x18, 0x53, 0x01, 0x01, 0x18, 0x64})), LinkEvent::TUNNEL);
  EXPECT_EQ(this->device.link().message().tunnel.size, 100U);
  EXPECT_EQ(this->device.deliver(next.seal({0x83, 0x18, 0x56, 0x01, 0x01})), LinkEvent::TUNNEL);
}

TEST_F(LinkTest, RefusesTunnelsWhereItHasNone) {
  EXPECT_EQ(this->deliver({0x84, 0x18, 0x53, 0x01, 0x01, 0x18, 0x64}), LinkEvent::CLOSED);
  EXPECT_EQ(this->device.link().error(), Error::MESSAGE_UNEXPECTED);
}

TEST_F(LinkTest, AsksForRotationOnce) {
  this->device.link().request_rotation();
  this->device.link().request_rotation();
  EXPECT_EQ(to_hex(this->next()), "8108");
  EXPECT_EQ(this->device.link().want(), LinkWant::NOTHING);
}

TEST_F(LinkTest, SaysGoodbye) {
  this->device.link().goodbye(GoodbyeReason::SLEEP, 3600);
  EXPECT_TRUE(this->device.link().goodbye_is_due());
  EXPECT_EQ(to_hex(this->next()), "830a190e1001");
  EXPECT_FALSE(this->device.link().goodbye_is_due());
}

TEST_F(LinkTest, RotatesWhileMessagesFlow) {
  ASSERT_EQ(this->device.deliver(this->hub.hello()), LinkEvent::NONE);
  ASSERT_EQ(this->device.run(), LinkEvent::NONE);
  ASSERT_TRUE(this->hub.read_init(this->device.take()));
  ASSERT_EQ(this->deliver(command_switch(1, true)), LinkEvent::COMMAND) << "old epoch, during the handshake";
  ASSERT_EQ(this->device.link().answer(1, CommandStatus::DONE, ""), Error::NONE);
  ASSERT_EQ(this->device.run(), LinkEvent::NONE);
  EXPECT_EQ(this->hub.counter, 3U) << "registration 1, session 2";
  EXPECT_EQ(to_hex(this->hub.open(this->device.take())), "8405010060");
  EXPECT_EQ(this->seal_state(), Error::NONE);
  EXPECT_EQ(data_epoch(view(this->device.sent.front())), 2U);
  EXPECT_EQ(this->hub.open(this->device.take()).size(), 2U);

  ASSERT_EQ(this->device.deliver(this->hub.accept(PERMANENT_TOKEN)), LinkEvent::NONE);
  while (this->device.link().session().epoch() == 2)
    ASSERT_EQ(this->device.link().step(this->device.now), LinkEvent::NONE);
  ASSERT_EQ(this->deliver(command_switch(2, false), 1), LinkEvent::COMMAND) << "the hub has not heard READY yet";
  ASSERT_EQ(this->device.link().answer(2, CommandStatus::DONE, ""), Error::NONE);
  EXPECT_FALSE(this->device.link().can_send(this->device.now)) << "READY comes first";
  EXPECT_EQ(this->seal_state(), Error::WRONG_STATE);
  EXPECT_EQ(this->next()[1], 1) << "READY";
  EXPECT_EQ(to_hex(this->next()), "8405020060");
  ASSERT_EQ(this->deliver(ping(9), 1), LinkEvent::NONE) << "still the old epoch";
  ASSERT_EQ(this->deliver(welcome()), LinkEvent::WELCOME);
  EXPECT_TRUE(this->device.link().session_open());
  EXPECT_EQ(this->deliver(ping(9), 1), LinkEvent::CLOSED) << "the hub has switched";
  EXPECT_EQ(this->device.link().error(), Error::EPOCH_UNKNOWN);
}

TEST_F(LinkTest, TenRotationsInARow) {
  for (uint32_t epoch = 3; epoch < 13; epoch++) {
    this->device.now += 60000;
    open_session(this->device, this->hub);
    EXPECT_EQ(this->device.link().session().epoch(), epoch);
    ASSERT_EQ(this->deliver(command_switch(epoch, true)), LinkEvent::COMMAND) << "ids count on";
    ASSERT_EQ(this->device.link().answer(epoch, CommandStatus::DONE, ""), Error::NONE);
    EXPECT_EQ(this->next().size(), 5U);
  }
}

TEST_F(LinkTest, EndsAtNinetyEightHundredths) {
  const uint64_t end = this->device.link().session().started_ms() + 3600 * 980;
  // Kept alive by pings until then.
  while (this->device.now + 25000 < end) {
    this->device.now += 25000;
    ASSERT_EQ(this->deliver(ping(1)), LinkEvent::NONE);
    ASSERT_EQ(this->next().size(), 11U);
  }
  this->device.now = end - 1;
  EXPECT_EQ(this->device.link().tick(this->device.now), LinkEvent::NONE);
  EXPECT_TRUE(this->device.link().can_send(this->device.now));
  this->device.now = end;
  EXPECT_FALSE(this->device.link().can_send(this->device.now));
  EXPECT_EQ(this->device.link().tick(this->device.now), LinkEvent::CLOSED);
  EXPECT_EQ(this->device.link().error(), Error::SESSION_EXPIRED);
  EXPECT_EQ(this->device.link().tick(this->device.now), LinkEvent::NONE) << "said once";
}

TEST_F(LinkTest, AFrameAfterTheEndIsTooLate) {
  const Bytes late = this->hub.seal(command_switch(1, true));
  this->device.now = this->device.link().session().expires_ms();
  EXPECT_EQ(this->device.deliver(late), LinkEvent::CLOSED);
  EXPECT_EQ(this->device.link().error(), Error::SESSION_EXPIRED);
}

TEST_F(LinkTest, ASilentHubIsLeft) {
  this->device.now += 3 * 25000 - 1;
  EXPECT_EQ(this->device.link().tick(this->device.now), LinkEvent::NONE);
  ASSERT_EQ(this->deliver(ping(1)), LinkEvent::NONE);
  EXPECT_EQ(this->next().size(), 11U);
  this->device.now += 3 * 25000;
  EXPECT_EQ(this->device.link().tick(this->device.now), LinkEvent::CLOSED);
  EXPECT_EQ(this->device.link().error(), Error::PEER_SILENT);
}

TEST_F(LinkTest, RevokedWipesTheRecordForGood) {
  ASSERT_EQ(this->deliver(revoked()), LinkEvent::NONE);
  EXPECT_FALSE(this->device.link().can_receive()) << "the flash comes first";
  EXPECT_EQ(this->device.run(), LinkEvent::REVOKED);
  EXPECT_EQ(this->device.link().plan(), Plan::NOTHING);
  Identity identity;
  ASSERT_EQ(this->device.store.peek(identity), Error::NONE);
  EXPECT_TRUE(identity.revoked);
  EXPECT_EQ(to_hex(identity.private_key.view()) + to_hex(identity.current_token.view()), std::string(128, '0'));
  ASSERT_EQ(this->device.boot(), Error::NONE);
  EXPECT_EQ(this->device.link().plan(), Plan::NOTHING) << "over a reboot too";
  this->device.link().open(this->device.now);
  EXPECT_EQ(this->device.link().want(), LinkWant::NOTHING);
  this->device.flash_token(Bytes(KEY_SIZE, 0x77));
  ASSERT_EQ(this->device.boot(), Error::NONE);
  EXPECT_EQ(this->device.link().plan(), Plan::REGISTER) << "another registration is another matter";
}

TEST_F(LinkTest, ATokenIsRotatedWithinASession) {
  const Bytes newer(KEY_SIZE, 0x6B);
  ASSERT_EQ(this->deliver(issue_token(newer, 2)), LinkEvent::NONE);
  EXPECT_EQ(this->next().size(), 36U);
  Identity identity;
  ASSERT_EQ(this->device.store.peek(identity), Error::NONE);
  EXPECT_EQ(identity.generation, 2U);
  EXPECT_EQ(to_hex(identity.previous_token.view()), to_hex(PERMANENT_TOKEN));
  open_session(this->device, this->hub, newer);
  open_session(this->device, this->hub, PERMANENT_TOKEN);
  EXPECT_EQ(this->device.link().session().token_used(), TokenUsed::PREVIOUS) << "the hub was restored";
}

TEST_F(LinkTest, AnOldTokenGenerationIsRefused) {
  EXPECT_EQ(this->deliver(issue_token(Bytes(KEY_SIZE, 0x6B), 1)), LinkEvent::CLOSED);
  EXPECT_EQ(this->device.link().error(), Error::MESSAGE_UNEXPECTED);
}

TEST_F(LinkTest, KeepsWithinTheHubsLimit) {
  EXPECT_EQ(this->device.link().max_payload(1024), 1024 - DATA_OVERHEAD);
  EXPECT_EQ(this->device.link().max_payload(60000), 8192 - DATA_OVERHEAD);
  EXPECT_EQ(this->device.link().max_payload(10), 0U);
}

TEST_F(LinkTest, NothingOfALinkOutlivesIt) {
  ASSERT_EQ(this->deliver(command_switch(1, true)), LinkEvent::COMMAND);
  ASSERT_EQ(this->device.link().answer(1, CommandStatus::DONE, ""), Error::NONE);
  this->device.link().close();
  EXPECT_EQ(this->device.link().want(), LinkWant::NOTHING);
  EXPECT_FALSE(this->device.link().session().active());
  EXPECT_FALSE(this->device.link().can_receive());
  EXPECT_EQ(this->device.link().answer(1, CommandStatus::DONE, ""), Error::WRONG_STATE);
  Hub same_hub;
  this->device.link().open(this->device.now);
  open_session(this->device, same_hub);
  ASSERT_EQ(this->device.deliver(same_hub.seal(command_switch(1, true))), LinkEvent::COMMAND) << "ids count per link";
}

TEST_F(LinkTest, ReservesCountersInTheMiddleOfALink) {
  // The whole reservation is used up by a hub that rotates on and on; only the counter is exercised here.
  Identity identity;
  ASSERT_EQ(this->device.store.peek(identity), Error::NONE);
  this->device.store.kept = (UINT64_C(1) << 16) - 1;
  ASSERT_EQ(this->device.wake(), Error::NONE);
  Hub next;
  this->device.link().open(this->device.now);
  ASSERT_EQ(this->device.run(), LinkEvent::NONE);
  const int saves = this->device.store.saves;
  open_session(this->device, next);
  EXPECT_EQ(next.counter, 65535U);
  EXPECT_EQ(this->device.store.saves, saves + 1);
  open_session(this->device, next);
  EXPECT_EQ(next.counter, 65536U);
}

TEST_F(LinkTest, TakesNothingInTheMiddleOfAHandshakesSteps) {
  ASSERT_EQ(this->device.deliver(this->hub.hello()), LinkEvent::NONE);
  for (int steps = 0; this->device.link().want() == LinkWant::STEP; steps++) {
    ASSERT_LT(steps, 10);
    EXPECT_FALSE(this->device.link().can_receive());
    ASSERT_EQ(this->device.link().step(this->device.now), LinkEvent::NONE);
  }
  EXPECT_TRUE(this->device.link().can_receive()) << "the INIT waits to be sent";
  ASSERT_EQ(this->device.run(), LinkEvent::NONE);
  ASSERT_TRUE(this->hub.read_init(this->device.take()));
  EXPECT_TRUE(this->device.link().can_receive()) << "messages of the running session";
  ASSERT_EQ(this->device.deliver(this->hub.accept(PERMANENT_TOKEN)), LinkEvent::NONE);
  EXPECT_FALSE(this->device.link().can_receive());
  ASSERT_EQ(this->device.run(), LinkEvent::NONE);
  EXPECT_TRUE(this->device.link().can_receive());
}

TEST_F(LinkTest, WakesUpWithoutAWriteAndGoesOnCounting) {
  const int saves = this->device.store.saves;
  uint64_t last = this->hub.counter;
  for (int wake = 0; wake < 3; wake++) {
    ASSERT_EQ(this->device.wake(), Error::NONE);
    EXPECT_TRUE(this->device.link().woke_up());
    Hub next;
    this->device.link().open(this->device.now);
    open_session(this->device, next);
    EXPECT_EQ(next.counter, last + 1);
    last = next.counter;
  }
  EXPECT_EQ(this->device.store.saves, saves);
}

TEST_F(LinkTest, NeverUsesACounterTwiceWhereverItRestarts) {
  // After the HELLO the counter is taken, though the INIT is not yet written.
  Hub lost;
  ASSERT_EQ(this->device.wake(), Error::NONE);
  this->device.link().open(this->device.now);
  ASSERT_EQ(this->device.deliver(lost.hello()), LinkEvent::NONE);
  ASSERT_EQ(this->device.wake(), Error::NONE);
  Hub next;
  this->device.link().open(this->device.now);
  open_session(this->device, next);
  EXPECT_EQ(next.counter, this->hub.counter + 2);
}

TEST_F(LinkTest, AfterAPowerCutOrWithAnOldCounterItReservesAnew) {
  const uint64_t used = this->hub.counter;
  Identity identity;
  ASSERT_EQ(this->device.boot(), Error::NONE);
  EXPECT_FALSE(this->device.link().woke_up());
  this->device.link().open(this->device.now);
  ASSERT_EQ(this->device.run(), LinkEvent::NONE);
  ASSERT_EQ(this->device.store.peek(identity), Error::NONE);
  EXPECT_EQ(identity.reservations, 2U);
  // What another firmware has left there.
  this->device.store.kept = used;
  ASSERT_EQ(this->device.wake(), Error::NONE);
  Hub next;
  this->device.link().open(this->device.now);
  ASSERT_EQ(this->device.run(), LinkEvent::NONE);
  open_session(this->device, next);
  EXPECT_EQ(next.counter, 131072U);
}

/// What its hub says is the time, in seconds; two days are the most that one day of running adds.
static constexpr uint32_t HUB_TIME_S = 1700000000;
static constexpr uint32_t BUILT_S = HUB_TIME_S - 5 * DAY_S;

class KeptClockTest : public LinkTest {
 protected:
  void SetUp() override {
    this->device.settings.build_s = BUILT_S;
    enrol(this->device, this->hub);
  }
  /// The link breaks, and a new session begins when the board has run for this long.
  void welcome_after(uint64_t running_ms) {
    this->device.now = running_ms;
    this->hub_of_day_ = std::make_unique<Hub>();
    this->device.link().open(this->device.now);
    open_session(this->device, *this->hub_of_day_);
  }
  uint32_t stored() {
    Identity identity;
    EXPECT_EQ(this->device.store.peek(identity), Error::NONE);
    return identity.clock_s;
  }

  std::unique_ptr<Hub> hub_of_day_;
};

TEST_F(KeptClockTest, IsWrittenOnceADay) {
  EXPECT_EQ(this->stored(), 0U);
  const int saves = this->device.store.saves;
  this->welcome_after(DAY_MS);
  EXPECT_EQ(this->stored(), BUILT_S + 2 * DAY_S);
  this->welcome_after(DAY_MS + 3600000);
  EXPECT_EQ(this->device.store.saves, saves + 1);
  this->welcome_after(2 * DAY_MS);
  EXPECT_EQ(this->stored(), BUILT_S + 4 * DAY_S);
  EXPECT_EQ(this->device.store.saves, saves + 2);
  ASSERT_EQ(this->device.wake(), Error::NONE);
  EXPECT_EQ(this->device.link().kept_clock_s(), BUILT_S + 4 * DAY_S);
}

TEST_F(KeptClockTest, OneThatCannotBeStoredCostsNothingElse) {
  this->device.store.fault = MemoryStore::Fault::SYNC;
  this->welcome_after(DAY_MS);
  EXPECT_TRUE(this->device.link().session_open());
  EXPECT_EQ(this->device.link().kept_clock_s(), 0U);
  this->device.store.fault = MemoryStore::Fault::NONE;
  this->welcome_after(2 * DAY_MS - 1);
  EXPECT_EQ(this->stored(), 0U);
  this->welcome_after(2 * DAY_MS);
  EXPECT_EQ(this->stored(), BUILT_S + 2 * DAY_S);
}

TEST_F(KeptClockTest, OutlivesARevocation) {
  this->welcome_after(DAY_MS);
  ASSERT_EQ(this->device.deliver(this->hub_of_day_->seal(revoked())), LinkEvent::NONE);
  ASSERT_EQ(this->device.run(), LinkEvent::REVOKED);
  EXPECT_EQ(this->stored(), BUILT_S + 2 * DAY_S);
}

TEST_F(LinkTest, WithoutATimeOfBuildingNoClockIsKept) {
  const int saves = this->device.store.saves;
  this->device.now = DAY_MS;
  Hub next;
  this->device.link().open(this->device.now);
  open_session(this->device, next);
  EXPECT_EQ(this->device.store.saves, saves);
}

}  // namespace esphome::oceanremote::testing
