// What the core's work costs on this instruction set, as cost.h prints it.

#include <gtest/gtest.h>

#include "description.h"
#include "measure/cost.h"
#include "states.h"
#include "support/device.h"

namespace testing {
int failures = 0;
}

namespace esphome::oceanremote::testing {

/// Works as a loop would, until there is nothing left to do or something happens.
static LinkEvent drive(Device &device, Cost &cost) {
  static uint8_t frame[RX_LIMIT_LARGE];
  for (;;) {
    const LinkWant want = device.link().want();
    if (want == LinkWant::NOTHING)
      return LinkEvent::NONE;
    LinkEvent event = LinkEvent::NONE;
    size_t size = 0;
    if (want == LinkWant::STEP) {
      pass(cost, [&] { event = device.link().step(device.now); });
    } else {
      pass(cost, [&] { size = device.link().write(frame, sizeof(frame), device.now); });
      MUST(size != 0);
      device.sent.emplace_back(frame, frame + size);
    }
    if (event != LinkEvent::NONE)
      return event;
  }
}

static LinkEvent give(Device &device, Bytes frame, Cost &cost) {
  static Bytes kept;  // the message's views point here
  kept = std::move(frame);
  LinkEvent event = LinkEvent::NONE;
  pass(cost, [&] { event = device.link().receive(kept.data(), kept.size(), device.now); });
  return event;
}

static void shake_hands(Device &device, Hub &hub, const Bytes &token, Cost &cost) {
  MUST(give(device, hub.hello(), cost) == LinkEvent::NONE);
  MUST(drive(device, cost) == LinkEvent::NONE);
  MUST(hub.read_init(device.take()));
  MUST(give(device, hub.accept(token), cost) == LinkEvent::NONE);
  MUST(drive(device, cost) == LinkEvent::NONE);
  MUST(hub.open(device.take()).size() > 35);
}

static void measure_primitives() {
  Key private_key;
  Key shared;
  static uint8_t public_key[KEY_SIZE];
  static uint8_t data[1024 + TAG_SIZE];
  private_key.assign(REGISTRATION_TOKEN.data());
  measure("curve_public", [&] { x25519_public(public_key, private_key); });
  measure("curve_shared", [&] { MUST(x25519(shared, private_key, public_key) == Error::NONE); });
  measure("sha256_64", [&] {
    Sha256 hash;
    hash.update(ByteView{data, 64});
    hash.finish(data);
  });
  measure("hkdf_3", [&] {
    Key one;
    Key two;
    Key three;
    noise_hkdf(private_key, ByteView{data, 32}, one, two, &three);
  });
  measure("seal_64", [&] { aead_seal(private_key, Nonce(uint64_t{1}), ByteView{data, 26}, data, 64); });
  measure("seal_1024", [&] { aead_seal(private_key, Nonce(uint64_t{1}), ByteView{data, 26}, data, 1024); });
}

/// A part of the description of a device with long names, hashed: one pass of the loop.
static void measure_description() {
  static uint8_t part[RX_LIMIT_SMALL];
  DescriptionWriter writer;
  DescriptionDigest digest;
  writer.begin();
  measure("description_part", [&] {
    writer.begin_part(part, sizeof(part));
    const DescriptorHead head{{1, 0, 7}, "outdoor_temperature_north", "Outdoor temperature north", false};
    while (writer.add(head, [](PropertyWriter &properties) {
      properties.text(4, "mdi:thermometer");
      properties.text(10, "temperature");
      properties.text(11, "°C");
      properties.finish();
    })) {
    }
    digest.add(writer.part());
  });
  MUST(writer.part().size >= RX_LIMIT_MIN);
}

static void measure_registration(Device &device, Hub &hub) {
  Cost cost;
  MUST(device.boot() == Error::NONE);
  device.link().open(device.now);
  MUST(drive(device, cost) == LinkEvent::NONE);
  shake_hands(device, hub, REGISTRATION_TOKEN, cost);
  MUST(give(device, hub.seal(issue_token(PERMANENT_TOKEN)), cost) == LinkEvent::NONE);
  MUST(drive(device, cost) == LinkEvent::REGISTERED);
  MUST(drive(device, cost) == LinkEvent::NONE);
  MUST(hub.open(device.take()).size() == 36);
  cost.print("registration");
}

static void measure_session(Device &device, Hub &hub, const char *name) {
  Cost cost;
  shake_hands(device, hub, PERMANENT_TOKEN, cost);
  MUST(give(device, hub.seal(welcome()), cost) == LinkEvent::WELCOME);
  MUST(drive(device, cost) == LinkEvent::NONE);
  MUST(device.link().session_open());
  cost.print(name);
}

static void measure_messages(Device &device, Hub &hub) {
  Cost command;
  MUST(give(device, hub.seal(command_switch(1, true)), command) == LinkEvent::COMMAND);
  MUST(device.link().answer(1, CommandStatus::DONE, "") == Error::NONE);
  MUST(drive(device, command) == LinkEvent::NONE);
  MUST(hub.open(device.take()).size() != 0);
  command.print("command");

  static uint8_t frame[RX_LIMIT_SMALL];
  size_t size = 0;
  measure("state", [&] {
    StatesWriter writer(frame + DATA_HEADER_SIZE, device.link().max_payload(sizeof(frame)));
    MUST(writer.add_float({1, 0, 7}, 21.5F));
    MUST(device.link().seal(frame, writer.finish(), device.now, size) == Error::NONE);
  });
  MUST(hub.open(Bytes(frame, frame + size)).size() != 0);
}

static void measure_everything() {
  start_counter();
  measure("nothing", [] {});
  measure_primitives();
  measure_description();
  Hub hub;
  Device device(hub.public_key);
  measure_registration(device, hub);
  measure_session(device, hub, "session");
  measure_messages(device, hub);
  device.now += 1000;
  measure_session(device, hub, "rotation");
}

}  // namespace esphome::oceanremote::testing

int main() {
  esphome::oceanremote::testing::measure_everything();
  std::fflush(stdout);
  std::exit(0);
}
