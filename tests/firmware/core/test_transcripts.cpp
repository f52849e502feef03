// Whole links against the Python core's transcripts, byte for byte: same keys, same randomness, same frames.

#include <gtest/gtest.h>

#include "support/device.h"
#include "support/log_text.h"

namespace esphome::oceanremote::testing {

class TranscriptTest : public ::testing::Test {
 protected:
  static std::string step_name(const std::string &link, const std::string &step) {
    return "links." + link + ".steps." + step;
  }

  void prepare(Device &device, uint64_t kept_counter) {
    const Vectors &v = transcripts();
    std::memcpy(device.settings.mac, v.bytes("keys.mac").data(), MAC_SIZE);
    device.settings.facts.friendly_name = "Garden pump";
    device.settings.facts.project_version = "1.0.0";
    device.store.kept = kept_counter;
    device.now = 1000000;
  }

  /// The ephemeral keys of every epoch, in the order in which they are drawn.
  static void queue_ephemerals(Device &device, const std::string &link) {
    const Vectors &v = transcripts();
    for (const std::string &epoch : v.children("links." + link + ".epochs"))
      device.random.queue.push_back(v.bytes("links." + link + ".epochs." + epoch + ".device_ephemeral_private"));
  }

  /// Whether a message is made by Link itself or by its caller.
  static bool is_own(const Bytes &plaintext) {
    const auto type = static_cast<MessageType>(plaintext[1]);
    return type != MessageType::DESCRIBE && type != MessageType::STATES;
  }

  /// The frame that the device sends at this step. Link writes its own when asked, so the order is the transcript's.
  static Bytes make_frame(Device &device, const std::string &name) {
    const Vectors &v = transcripts();
    Bytes frame(RX_LIMIT_LARGE);
    size_t size = 0;
    const bool is_init = !v.has(name + ".plaintext");
    const Bytes plaintext = is_init ? Bytes() : v.bytes(name + ".plaintext");
    if (is_init || is_own(plaintext)) {
      if (!is_init && plaintext[1] == static_cast<uint8_t>(MessageType::GOODBYE))
        device.link().goodbye(GoodbyeReason::RESTART, 0);
      size = device.link().write(frame.data(), frame.size(), device.now);
    } else {
      std::memcpy(frame.data() + DATA_HEADER_SIZE, plaintext.data(), plaintext.size());
      EXPECT_EQ(device.link().seal(frame.data(), plaintext.size(), device.now, size), Error::NONE) << name;
    }
    frame.resize(size);
    return frame;
  }

  void play(Device &device, const std::string &link) {
    const Vectors &v = transcripts();
    device.link().open(device.now);
    ASSERT_EQ(device.run(), LinkEvent::NONE);
    for (const std::string &step : v.children("links." + link + ".steps")) {
      const std::string name = step_name(link, step);
      const Bytes frame = v.bytes(name + ".frame");
      if (v.text(name + ".from") == "device") {
        EXPECT_EQ(to_hex(make_frame(device, name)), to_hex(frame)) << name;
        continue;
      }
      this->note(device, device.deliver(frame));
      while (device.link().want() == LinkWant::STEP)
        this->note(device, device.link().step(device.now));
    }
  }

  void note(Device &device, LinkEvent event) {
    ASSERT_NE(event, LinkEvent::CLOSED) << testing::text_of(device.link().error());
    if (event == LinkEvent::REGISTERED)
      this->registered++;
    if (event == LinkEvent::WELCOME)
      this->welcomed++;
    if (event != LinkEvent::COMMAND)
      return;
    this->commands++;
    device.now = 1010500;
    ASSERT_EQ(device.link().answer(device.link().message().command.id, CommandStatus::DONE, ""), Error::NONE);
  }

  int registered{0}, welcomed{0}, commands{0};
};

TEST_F(TranscriptTest, FirstBootRegistrationSessionAndRotation) {
  const Vectors &v = transcripts();
  Device device(v.bytes("keys.hub_public").data(), v.bytes("keys.registration_token"));
  this->prepare(device, 0);
  device.random.queue.push_back(v.bytes("keys.device_private"));
  queue_ephemerals(device, "first_boot");
  ASSERT_EQ(device.wake(), Error::NONE);
  EXPECT_EQ(device.link().plan(), Plan::REGISTER);
  device.link().set_description_hash(v.bytes("description.hash").data());
  this->play(device, "first_boot");
  EXPECT_EQ(this->registered, 1);
  EXPECT_EQ(this->welcomed, 2);
  EXPECT_EQ(this->commands, 2);
  Identity identity;
  ASSERT_EQ(device.store.peek(identity), Error::NONE);
  EXPECT_EQ(to_hex(identity.current_token.view()), to_hex(v.bytes("keys.permanent_token_1")));
  EXPECT_EQ(to_hex(ByteView{identity.token_handle}), to_hex(v.bytes("keys.registration_token_handle")));
  EXPECT_TRUE(identity.confirmed);
}

static void put_identity(Device &device, uint32_t generation, uint32_t reservations) {
  const Vectors &v = transcripts();
  Identity identity;
  identity.private_key.assign(v.bytes("keys.device_private").data());
  identity.current_token.assign(v.bytes("keys.permanent_token_" + std::to_string(generation)).data());
  identity.generation = generation;
  identity.reservations = reservations;
  identity.has_key = identity.has_current = identity.confirmed = true;
  if (generation == 2) {
    identity.previous_token.assign(v.bytes("keys.permanent_token_1").data());
    identity.has_previous = true;
  }
  std::memcpy(identity.token_handle, v.bytes("keys.registration_token_handle").data(), TOKEN_HANDLE_SIZE);
  std::memcpy(identity.hub_key_id, v.bytes("keys.hub_key_id").data(), HUB_KEY_ID_SIZE);
  device.store.put(identity);
}

TEST_F(TranscriptTest, ColdStart) {
  const Vectors &v = transcripts();
  Device device(v.bytes("keys.hub_public").data(), v.bytes("keys.registration_token"));
  this->prepare(device, 65537);
  put_identity(device, 1, 2);
  queue_ephemerals(device, "cold_start");
  ASSERT_EQ(device.wake(), Error::NONE);
  EXPECT_EQ(device.link().plan(), Plan::RESUME);
  device.link().set_description_hash(v.bytes("description.hash").data());
  this->play(device, "cold_start");
  EXPECT_EQ(this->welcomed, 1);
  EXPECT_EQ(device.store.saves, 0) << "counters were still reserved";
}

TEST_F(TranscriptTest, ARestoredHubIsMetWithThePreviousToken) {
  const Vectors &v = transcripts();
  Device device(v.bytes("keys.hub_public").data(), v.bytes("keys.registration_token"));
  this->prepare(device, 131073);
  put_identity(device, 2, 3);
  queue_ephemerals(device, "restored_hub");
  ASSERT_EQ(device.wake(), Error::NONE);
  device.link().set_description_hash(v.bytes("description.hash").data());
  this->play(device, "restored_hub");
  EXPECT_EQ(this->welcomed, 1);
  EXPECT_EQ(device.link().session().token_used(), TokenUsed::PREVIOUS);
}

TEST_F(TranscriptTest, EveryBadFrameEndsTheLink) {
  const Vectors &v = transcripts();
  size_t refused = 0;
  for (const std::string &name : v.children("bad_frames")) {
    Device device(v.bytes("keys.hub_public").data(), v.bytes("keys.registration_token"));
    this->prepare(device, 0);
    device.random.queue.push_back(v.bytes("keys.device_private"));
    queue_ephemerals(device, "first_boot");
    ASSERT_EQ(device.wake(), Error::NONE);
    device.link().open(device.now);
    ASSERT_EQ(device.run(), LinkEvent::NONE);
    const bool is_hello = name.rfind("hello", 0) == 0;
    if (!is_hello) {
      ASSERT_EQ(device.deliver(v.bytes("links.first_boot.epochs.epoch_1.hello")), LinkEvent::NONE);
      ASSERT_EQ(device.run(), LinkEvent::NONE);
    }
    LinkEvent event = device.deliver(v.bytes("bad_frames." + name));
    if (event == LinkEvent::NONE)
      event = device.run();
    EXPECT_EQ(event, LinkEvent::CLOSED) << name;
    EXPECT_NE(device.link().error(), Error::NONE);
    refused++;
  }
  EXPECT_GT(refused, 15U);
}

}  // namespace esphome::oceanremote::testing
