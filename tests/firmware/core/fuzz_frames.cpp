// The frame reader and everything behind it: a device that registers takes any sequence of frames. Nothing that a
// stranger sends may reach the store beyond the device's own key.

#include <cstdlib>

#include "link.h"

using namespace esphome::oceanremote;  // NOLINT(google-build-using-namespace)

namespace {

class CountingStore : public CredentialStore {
 public:
  Error load(Record & /*record*/) override { return Error::RECORD_EMPTY; }
  Error save(const Record &record) override {
    this->kept_.assign(record);
    this->saves++;
    return Error::NONE;
  }
  Error sync() override { return Error::NONE; }
  Error read_back(Record &record) override {
    record.assign(this->kept_);
    return Error::NONE;
  }
  int saves{0};

 protected:
  Record kept_;
};

class CountingRandom : public RandomSource {
 public:
  void mix(ByteView /*material*/) override {}
  Error fill(uint8_t *out, size_t size) override {
    for (size_t i = 0; i < size; i++)
      out[i] = static_cast<uint8_t>(++this->count_);
    return Error::NONE;
  }

 protected:
  uint32_t count_{0};
};

void work(Link &link) {
  uint8_t frame[1024];
  while (link.want() != LinkWant::NOTHING) {
    if (link.want() == LinkWant::STEP)
      (void) link.step(2);
    else if (link.write(frame, sizeof(frame), 2) == 0)
      break;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  FrameType type;
  (void) read_frame_type({data, size}, RX_LIMIT_SMALL, type);
  RejectFrame reject;
  (void) read_reject({data, size}, reject);

  static const uint8_t TOKEN[KEY_SIZE] = {1};
  CountingStore store;
  CountingRandom random;
  Link link(store, random);
  LinkSettings settings;
  settings.hub_public_key[0] = 9;
  settings.registration_token = TOKEN;
  if (link.setup(settings) != Error::NONE)
    std::abort();
  link.open(1);
  work(link);
  // Frames as length-prefixed pieces of the input.
  while (size > 2 && link.can_receive()) {
    const size_t length = load_be16(data) % 1100;
    data += 2;
    size -= 2;
    const size_t taken = length < size ? length : size;
    uint8_t frame[1100];
    std::memcpy(frame, data, taken);
    const LinkEvent event = link.receive(frame, taken, 2);
    if (event != LinkEvent::NONE && event != LinkEvent::CLOSED && event != LinkEvent::REJECTED)
      std::abort();
    work(link);
    data += taken;
    size -= taken;
  }
  if (store.saves > 1 || link.session().active() || link.registered())
    std::abort();
  return 0;
}
