// What a network, a stranger or a broken hub may do to a link: it ends, and nothing that is stored changes.

#include <gtest/gtest.h>

#include "support/device.h"

namespace esphome::oceanremote::testing {

/// One kind of moment in a link's life, reached anew for each attack.
enum class Moment { HELLO, INIT, READY, OPEN, ROTATING, REGISTERING, STORED };

struct Scene {
  Scene() = default;

  void reach(Moment moment) {
    const bool registering = moment == Moment::REGISTERING || moment == Moment::STORED;
    if (!registering)
      enrol(this->device, this->hub);
    else
      ASSERT_EQ(this->device.boot(), Error::NONE);
    if (moment == Moment::STORED) {
      register_device(this->device, this->hub);
    } else if (registering) {
      this->device.link().open(this->device.now);
      ASSERT_EQ(this->device.run(), LinkEvent::NONE);
      shake_hands(this->device, this->hub, REGISTRATION_TOKEN);
    } else if (moment == Moment::ROTATING) {
      ASSERT_EQ(this->device.deliver(this->hub.hello()), LinkEvent::NONE);
      ASSERT_EQ(this->device.run(), LinkEvent::NONE);
      ASSERT_TRUE(this->hub.read_init(this->device.take()));
    } else if (moment != Moment::OPEN) {
      this->fresh_link(moment);
    }
    this->record = this->device.store.durable;
  }

  void fresh_link(Moment moment) {
    this->device.link().open(this->device.now);
    ASSERT_EQ(this->device.run(), LinkEvent::NONE);
    this->hub_holder = std::make_unique<Hub>();
    if (moment == Moment::HELLO)
      return;
    if (moment == Moment::READY) {
      shake_hands(this->device, *this->hub_holder, PERMANENT_TOKEN);
      return;
    }
    ASSERT_EQ(this->device.deliver(this->hub_holder->hello()), LinkEvent::NONE);
    ASSERT_EQ(this->device.run(), LinkEvent::NONE);
    ASSERT_TRUE(this->hub_holder->read_init(this->device.take()));
  }

  Hub &current_hub() { return this->hub_holder ? *this->hub_holder : this->hub; }

  /// The frame ends the link, and the record is as it was.
  void expect_end(const Bytes &frame, const std::string &what) {
    LinkEvent event = this->device.deliver(frame);
    if (event == LinkEvent::NONE)
      event = this->device.run();
    EXPECT_EQ(event, LinkEvent::CLOSED) << what;
    EXPECT_EQ(to_hex(this->device.store.durable), to_hex(this->record)) << what;
    EXPECT_FALSE(this->device.link().session().active());
  }

  Hub hub;
  std::unique_ptr<Hub> hub_holder;
  Device device{hub.public_key};
  Bytes record;
};

static const Moment ALL[] = {Moment::HELLO,    Moment::INIT,        Moment::READY, Moment::OPEN,
                             Moment::ROTATING, Moment::REGISTERING, Moment::STORED};

TEST(LinkAttacks, RubbishEndsTheLinkAtAnyMoment) {
  const Bytes rubbish[] = {{},
                           {0x00},
                           {0x06, 0, 0, 0},
                           {0xFF},
                           Bytes(34, 0x02),
                           Bytes(200, 0x02),
                           Bytes(21, 0x05),
                           Bytes(4, 0x04),
                           Bytes(33, 0x01),
                           Bytes(82, 0x03),
                           Bytes(2000, 0x05)};
  for (const Moment moment : ALL) {
    for (const Bytes &frame : rubbish) {
      Scene scene;
      scene.reach(moment);
      scene.expect_end(frame, std::to_string(static_cast<int>(moment)) + " " + to_hex(frame).substr(0, 8));
    }
  }
}

TEST(LinkAttacks, FramesOutOfOrderEndTheLink) {
  const Bytes accept(ACCEPT_SIZE, 0x03), data(100, 0x05);
  Bytes hello(HELLO_SIZE, 0x01);
  for (const Moment moment : ALL) {
    if (moment != Moment::INIT && moment != Moment::ROTATING) {
      Scene scene;
      scene.reach(moment);
      scene.expect_end(accept, "ACCEPT that nobody asked for");
    }
    if (moment == Moment::INIT || moment == Moment::ROTATING || moment == Moment::READY ||
        moment == Moment::REGISTERING) {
      Scene scene;
      scene.reach(moment);
      scene.expect_end(hello, "HELLO during a handshake");
    }
    Scene scene;
    scene.reach(moment);
    scene.expect_end(data, "DATA that does not open");
  }
}

TEST(LinkAttacks, AnyFlippedBitEndsTheLink) {
  Scene probe;
  probe.reach(Moment::OPEN);
  const size_t bits = 8 * probe.hub.seal(command_switch(1, true)).size();
  for (size_t bit = 0; bit < bits; bit += 5) {
    Scene scene;
    scene.reach(Moment::OPEN);
    Bytes frame = scene.hub.seal(command_switch(1, true));
    frame[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
    scene.expect_end(frame, "bit " + std::to_string(bit));
  }
}

TEST(LinkAttacks, AReplayedFrameEndsTheLink) {
  Scene scene;
  scene.reach(Moment::OPEN);
  const Bytes frame = scene.hub.seal(command_switch(1, true));
  ASSERT_EQ(scene.device.deliver(frame), LinkEvent::COMMAND);
  scene.expect_end(frame, "replay");
}

TEST(LinkAttacks, AFrameThatIsLeftOutIsNoticed) {
  Scene scene;
  scene.reach(Moment::OPEN);
  (void) scene.hub.seal(command_switch(1, true));
  scene.expect_end(scene.hub.seal(command_switch(2, true)), "gap");
}

TEST(LinkAttacks, AFrameOfAnotherLinkDoesNotOpen) {
  Scene a;
  a.reach(Moment::OPEN);
  // The same moment of another link; the ephemeral keys differ.
  Scene b;
  b.reach(Moment::HELLO);
  open_session(b.device, b.current_hub());
  b.record = b.device.store.durable;
  b.expect_end(a.hub.seal(command_switch(1, true)), "another link");
}

TEST(LinkAttacks, MessagesOutOfPlaceEndTheLink) {
  const Bytes logs{0x82, 0x18, 0x46, 0x00}, time{0x82, 0x18, 0x47, 0x00};
  Bytes new_key{0x83, 0x18, 0x45, 0x01, 0x58, 0x20};
  new_key.resize(new_key.size() + KEY_SIZE);
  const Bytes token = issue_token(Bytes(KEY_SIZE, 9), 7);
  const std::pair<Moment, std::vector<Bytes>> cases[] = {
      {Moment::READY, {command_switch(1, true), logs, time, ping(1), token, new_key}},
      {Moment::OPEN, {welcome(), new_key, {0x81, 0x08}, {0x80}, {0xA0}, {0x81, 0x18, 0x49}}},
      {Moment::ROTATING, {welcome(), new_key}},
      {Moment::REGISTERING, {welcome(), command_switch(1, true), logs, time, revoked(), new_key}},
      {Moment::STORED, {token, welcome(), command_switch(1, true), revoked()}},
  };
  for (const auto &[moment, messages] : cases) {
    for (const Bytes &message : messages) {
      Scene scene;
      scene.reach(moment);
      scene.expect_end(scene.current_hub().seal(message),
                       std::to_string(static_cast<int>(moment)) + " " + to_hex(message).substr(0, 12));
    }
  }
}

TEST(LinkAttacks, TheHubGreetsFirstAfterARotationToo) {
  Scene scene;
  scene.reach(Moment::OPEN);
  shake_hands(scene.device, scene.hub, PERMANENT_TOKEN);
  scene.expect_end(scene.hub.seal(command_switch(1, true)), "command before welcome");
}

TEST(LinkAttacks, ARejectOnlySlowsDown) {
  for (const Moment moment : ALL) {
    Scene scene;
    scene.reach(moment);
    const bool proved = moment == Moment::OPEN || moment == Moment::ROTATING || moment == Moment::READY ||
                        moment == Moment::REGISTERING || moment == Moment::STORED;
    EXPECT_EQ(scene.device.deliver(from_hex("04010064")), LinkEvent::REJECTED);
    EXPECT_EQ(scene.device.link().retry_after_s(), proved ? 0 : 100);
    EXPECT_EQ(scene.device.link().rejection(), proved ? Rejection::NONE : Rejection::LATER);
    EXPECT_EQ(to_hex(scene.device.store.durable), to_hex(scene.record));
    if (moment == Moment::HELLO || moment == Moment::INIT) {
      EXPECT_EQ(scene.device.link().plan(), Plan::RESUME) << "no stranger leads a confirmed device into a registration";
    }
  }
}

TEST(LinkAttacks, ARefusalIsOneOnlyWhereSomethingWasAsked) {
  for (const Moment moment : ALL) {
    Scene scene;
    scene.reach(moment);
    EXPECT_EQ(scene.device.deliver(from_hex("04010000")), LinkEvent::REJECTED);
    EXPECT_EQ(scene.device.link().rejection(), moment == Moment::INIT ? Rejection::REFUSED : Rejection::NONE);
    EXPECT_EQ(to_hex(scene.device.store.durable), to_hex(scene.record));
  }
}

TEST(LinkAttacks, AHubThatDoesNotKnowTheTokenGetsNothing) {
  Scene scene;
  scene.reach(Moment::INIT);
  ASSERT_EQ(scene.device.deliver(scene.current_hub().accept(Bytes(KEY_SIZE, 0x01))), LinkEvent::NONE);
  EXPECT_EQ(scene.device.run(), LinkEvent::CLOSED);
  EXPECT_EQ(scene.device.link().error(), Error::AUTHENTICATION_FAILED);
  EXPECT_TRUE(scene.device.sent.empty()) << "no READY";
}

TEST(LinkAttacks, UnacceptableTermsEndTheLink) {
  for (int field = 0; field < 3; field++) {
    Scene scene;
    scene.reach(Moment::INIT);
    HubTerms &terms = scene.current_hub().terms;
    if (field == 0)
      terms.lifetime_s = 0;
    else if (field == 1)
      terms.rx_limit = 100;
    else
      terms.ping_interval_s = 0;
    ASSERT_EQ(scene.device.deliver(scene.current_hub().accept(PERMANENT_TOKEN)), LinkEvent::NONE);
    EXPECT_EQ(scene.device.run(), LinkEvent::CLOSED);
    EXPECT_EQ(scene.device.link().error(), Error::LIMIT_UNACCEPTABLE);
  }
}

TEST(LinkAttacks, EveryWaitEnds) {
  const std::pair<Moment, uint32_t> cases[] = {
      {Moment::HELLO, HELLO_TIMEOUT_MS},        {Moment::INIT, ACCEPT_TIMEOUT_MS},
      {Moment::READY, ANSWER_TIMEOUT_MS},       {Moment::ROTATING, ACCEPT_TIMEOUT_MS},
      {Moment::REGISTERING, ANSWER_TIMEOUT_MS}, {Moment::STORED, ANSWER_TIMEOUT_MS}};
  for (const auto &[moment, timeout] : cases) {
    Scene scene;
    scene.reach(moment);
    EXPECT_EQ(scene.device.link().tick(scene.device.now + timeout - 1), LinkEvent::NONE);
    EXPECT_EQ(scene.device.link().tick(scene.device.now + timeout), LinkEvent::CLOSED) << static_cast<int>(moment);
    EXPECT_EQ(scene.device.link().error(), Error::TIMEOUT);
  }
}

TEST(LinkAttacks, ATokenLeavesNoCopyInTheReceiveBuffer) {
  Scene scene;
  scene.reach(Moment::REGISTERING);
  Bytes frame = scene.hub.seal(issue_token(PERMANENT_TOKEN));
  ASSERT_EQ(scene.device.link().receive(frame.data(), frame.size(), scene.device.now), LinkEvent::NONE);
  EXPECT_EQ(to_hex(frame), std::string(2 * frame.size(), '0'));
}

TEST(LinkAttacks, WithoutEntropyThereIsNoHandshake) {
  Scene scene;
  scene.reach(Moment::HELLO);
  scene.device.random.broken = true;
  ASSERT_EQ(scene.device.deliver(scene.current_hub().hello()), LinkEvent::NONE);
  EXPECT_EQ(scene.device.run(), LinkEvent::CLOSED);
  EXPECT_EQ(scene.device.link().error(), Error::ENTROPY_FAILED);
}

TEST(LinkAttacks, WithoutEntropyThereIsNoKey) {
  Hub hub;
  Device device(hub.public_key);
  ASSERT_EQ(device.boot(), Error::NONE);
  device.random.broken = true;
  device.link().open(device.now);
  EXPECT_EQ(device.run(), LinkEvent::CLOSED);
  EXPECT_EQ(device.link().error(), Error::ENTROPY_FAILED);
  EXPECT_EQ(device.store.saves, 0);
}

TEST(LinkAttacks, AFrameThatCannotBeTakenIsACallersMistake) {
  Scene scene;
  scene.reach(Moment::OPEN);
  ASSERT_EQ(scene.device.deliver(scene.hub.seal(revoked())), LinkEvent::NONE);
  EXPECT_EQ(scene.device.deliver(scene.hub.seal(ping(1))), LinkEvent::CLOSED);
  EXPECT_EQ(scene.device.link().error(), Error::WRONG_STATE);
}

TEST(LinkAttacks, AReadyThatTheHubCannotTakeEndsTheLink) {
  Scene scene;
  scene.reach(Moment::INIT);
  const std::string text(FACT_TEXT_MAX, 'x');
  scene.device.settings.facts.name = scene.device.settings.facts.friendly_name = text;
  scene.device.settings.facts.board = scene.device.settings.facts.project_version = text;
  scene.device.settings.facts.esphome_version = scene.device.settings.facts.platform = text;
  scene.device.settings.facts.reset_reason = text;
  ASSERT_EQ(scene.device.boot(), Error::NONE);
  scene.fresh_link(Moment::INIT);
  scene.current_hub().terms.rx_limit = RX_LIMIT_MIN;
  ASSERT_EQ(scene.device.deliver(scene.current_hub().accept(PERMANENT_TOKEN)), LinkEvent::NONE);
  EXPECT_EQ(scene.device.run(), LinkEvent::CLOSED);
  EXPECT_EQ(scene.device.link().error(), Error::BUFFER_TOO_SMALL);
}

TEST(LinkAttacks, NothingIsWrittenThatNobodyAskedFor) {
  Scene scene;
  scene.reach(Moment::OPEN);
  uint8_t frame[1024];
  EXPECT_EQ(scene.device.link().write(frame, sizeof(frame), scene.device.now), 0U);
  EXPECT_EQ(scene.device.link().step(scene.device.now), LinkEvent::NONE);
  EXPECT_TRUE(scene.device.link().session_open());
  scene.device.link().close();
  EXPECT_EQ(scene.device.link().step(scene.device.now), LinkEvent::NONE);
}

TEST(LinkAttacks, AnExpiredSessionWritesNothingMore) {
  Scene scene;
  scene.reach(Moment::OPEN);
  scene.device.link().request_rotation();
  scene.device.now = scene.device.link().session().expires_ms();
  uint8_t frame[1024];
  EXPECT_EQ(scene.device.link().write(frame, sizeof(frame), scene.device.now), 0U);
  EXPECT_EQ(scene.device.link().tick(scene.device.now), LinkEvent::CLOSED);
  EXPECT_EQ(scene.device.link().error(), Error::SESSION_EXPIRED);
}

TEST(LinkAttacks, ABufferThatIsTooSmallIsReportedByTick) {
  Scene scene;
  scene.reach(Moment::HELLO);
  ASSERT_EQ(scene.device.deliver(scene.current_hub().hello()), LinkEvent::NONE);
  while (scene.device.link().want() == LinkWant::STEP)
    ASSERT_EQ(scene.device.link().step(scene.device.now), LinkEvent::NONE);
  uint8_t small[64];
  EXPECT_EQ(scene.device.link().write(small, sizeof(small), scene.device.now), 0U);
  EXPECT_EQ(scene.device.link().tick(scene.device.now), LinkEvent::CLOSED);
  EXPECT_EQ(scene.device.link().error(), Error::BUFFER_TOO_SMALL);
}

}  // namespace esphome::oceanremote::testing
