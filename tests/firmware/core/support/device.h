#pragma once
// A Link with everything around it that a board has, and the loop that drives it.

#include <gtest/gtest.h>

#include "link.h"
#include "support/fakes.h"
#include "support/hub.h"

namespace esphome::oceanremote::testing {

inline const Bytes MAC{0x24, 0xA1, 0x60, 0xC0, 0xFF, 0xEE};
inline const Bytes REGISTRATION_TOKEN(KEY_SIZE, 0xA5);
inline const Bytes PERMANENT_TOKEN(KEY_SIZE, 0x5A);

class Device {
 public:
  explicit Device(const uint8_t hub_public[KEY_SIZE], Bytes token = REGISTRATION_TOKEN) : token_(std::move(token)) {
    std::memcpy(this->settings.mac, MAC.data(), MAC_SIZE);
    std::memcpy(this->settings.hub_public_key, hub_public, KEY_SIZE);
    this->settings.registration_token = this->token_.empty() ? nullptr : this->token_.data();
    this->settings.facts.name = "garden-pump";
    this->settings.facts.board = "nodemcu-32s";
    this->settings.facts.esphome_version = "2026.10.0";
    this->settings.facts.platform = "esp32";
  }

  /// A cold boot: only the flash survives.
  Error boot() {
    this->store.kept = 0;
    return this->wake();
  }
  /// After deep sleep or a restart.
  Error wake() {
    this->link_holder_ = std::make_unique<Link>(this->store, this->random);
    return this->link().setup(this->settings);
  }
  Link &link() { return *this->link_holder_; }

  /// Another registration token in the YAML, from the next boot on.
  void flash_token(Bytes token) {
    this->token_ = std::move(token);
    this->settings.registration_token = this->token_.empty() ? nullptr : this->token_.data();
  }

  LinkEvent deliver(Bytes frame) {
    this->received_ = std::move(frame);  // the message's views point here
    return this->link().receive(this->received_.data(), this->received_.size(), this->now);
  }

  /// Works until there is nothing left to do or something happens; frames written go to `sent`.
  LinkEvent run() {
    for (;;) {
      const LinkWant want = this->link().want();
      if (want == LinkWant::STEP) {
        const LinkEvent event = this->link().step(this->now);
        if (event != LinkEvent::NONE)
          return event;
      } else if (want == LinkWant::SEND) {
        Bytes frame(RX_LIMIT_LARGE);
        frame.resize(this->link().write(frame.data(), frame.size(), this->now));
        if (frame.empty())
          return this->link().tick(this->now);
        this->sent.push_back(frame);
      } else {
        return LinkEvent::NONE;
      }
    }
  }

  /// The oldest frame that was written and not taken yet.
  Bytes take() {
    if (this->sent.empty())
      return {};
    Bytes frame = this->sent.front();
    this->sent.pop_front();
    return frame;
  }

  MemoryStore store;
  FixedRandom random;
  LinkSettings settings;
  std::deque<Bytes> sent;
  uint64_t now{1000};

 protected:
  Bytes token_;
  Bytes received_;
  std::unique_ptr<Link> link_holder_;
};

/// HELLO to READY; the hub can seal afterwards. Each step must succeed.
inline void shake_hands(Device &device, Hub &hub, const Bytes &token) {
  ASSERT_EQ(device.deliver(hub.hello()), LinkEvent::NONE);
  ASSERT_EQ(device.run(), LinkEvent::NONE);
  ASSERT_TRUE(hub.read_init(device.take()));
  ASSERT_EQ(device.deliver(hub.accept(token)), LinkEvent::NONE);
  ASSERT_EQ(device.run(), LinkEvent::NONE);
  const Bytes ready = hub.open(device.take());
  ASSERT_GT(ready.size(), 35U);
  ASSERT_EQ(ready[1], 1);
}

inline void register_device(Device &device, Hub &hub) {
  device.link().open(device.now);
  ASSERT_EQ(device.run(), LinkEvent::NONE);
  shake_hands(device, hub, REGISTRATION_TOKEN);
  ASSERT_EQ(device.deliver(hub.seal(issue_token(PERMANENT_TOKEN))), LinkEvent::NONE);
  ASSERT_EQ(device.run(), LinkEvent::REGISTERED);
  ASSERT_EQ(device.run(), LinkEvent::NONE);
  const Bytes stored = hub.open(device.take());
  ASSERT_EQ(stored.size(), 36U);
  ASSERT_EQ(stored[1], 6);
}

inline void open_session(Device &device, Hub &hub, const Bytes &token = PERMANENT_TOKEN) {
  shake_hands(device, hub, token);
  ASSERT_EQ(device.deliver(hub.seal(welcome())), LinkEvent::WELCOME);
  ASSERT_EQ(device.run(), LinkEvent::NONE);
}

/// A registered device in an open session.
inline void enrol(Device &device, Hub &hub) {
  ASSERT_EQ(device.boot(), Error::NONE);
  register_device(device, hub);
  open_session(device, hub);
}

}  // namespace esphome::oceanremote::testing
