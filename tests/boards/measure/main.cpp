// What the core's work costs on this instruction set: lines of
// `name = instructions, stack, passes, passes with a curve operation, worst pass, worst pass without one`.

#include <gtest/gtest.h>

#include <cstdlib>

#include "description.h"
#include "measure/counter.h"
#include "states.h"
#include "support/device.h"

namespace testing {
int failures = 0;
}

namespace esphome::oceanremote::testing {

#define MUST(okay) must(okay, #okay)
static void must(bool okay, const char *what) {
  if (okay)
    return;
  std::printf("failed: %s\n", what);
  std::fflush(stdout);
  std::exit(1);
}

/// Fewer than any curve operation takes, more than anything else may.
static constexpr uint64_t CURVE_AT_LEAST = 500000;

/// The cost of a piece of work in several passes of the loop.
struct Cost {
  uint64_t instructions{0};
  uint64_t worst{0};
  uint64_t worst_other{0};
  unsigned stack{0};
  unsigned passes{0};
  unsigned curve_passes{0};

  void add(uint64_t count, unsigned depth) {
    this->instructions += count;
    this->worst = std::max<uint64_t>(this->worst, count);
    this->stack = std::max<unsigned>(this->stack, depth);
    this->passes++;
    if (count >= CURVE_AT_LEAST) {
      this->curve_passes++;
    } else {
      this->worst_other = std::max<uint64_t>(this->worst_other, count);
    }
  }
  void print(const char *name) const {
    std::printf("%s = %lu, %u, %u, %u, %lu, %lu\n", name, static_cast<unsigned long>(this->instructions), this->stack,
                this->passes, this->curve_passes, static_cast<unsigned long>(this->worst),
                static_cast<unsigned long>(this->worst_other));
  }
};

/// Runs a pass and adds its cost.
template<typename F> [[gnu::noinline]] void pass(Cost &cost, F &&work) {
  paint_stack();
  const uint64_t before = instructions();
  work();
  const uint64_t count = instructions() - before;
  cost.add(count, stack_depth());
}

template<typename F> void measure(const char *name, F &&work) {
  Cost cost;
  pass(cost, work);
  cost.print(name);
}

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
