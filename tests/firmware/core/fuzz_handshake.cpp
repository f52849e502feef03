// The handshake reader: any HELLO, any ACCEPT. Without the hub's key no ACCEPT may ever be taken for genuine.

#include <cstdlib>

#include "handshake.h"

using namespace esphome::oceanremote;  // NOLINT(google-build-using-namespace)

namespace {

class OneRandom : public RandomSource {
 public:
  void mix(ByteView /*material*/) override {}
  Error fill(uint8_t *out, size_t size) override {
    std::memset(out, 0x42, size);
    return Error::NONE;
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const uint8_t HUB[KEY_SIZE] = {9};
  // A handshake that waits for ACCEPT, made once: the five curve operations before it are not what is fuzzed.
  HubKey hub;
  hub.set(HUB);
  static StaticKey identity;
  if (!identity.has_public()) {
    Key secret;
    std::memset(secret.data(), 0x77, KEY_SIZE);
    identity.set(secret);
  }
  Key token;
  OneRandom random;
  const size_t split = size < HELLO_SIZE ? size : HELLO_SIZE;
  InitRequest request;
  Handshake refused;
  const bool is_hello = refused.begin({data, split}, request, identity, hub) == Error::NONE;
  if (is_hello != (check_hello({data, split}) == Error::NONE))
    std::abort();

  uint8_t hello[HELLO_SIZE] = {1, 1};
  Handshake handshake;
  if (handshake.begin(ByteView{hello}, request, identity, hub) != Error::NONE)
    std::abort();
  while (handshake.action() == Handshake::Action::STEP)
    (void) handshake.step(random);
  uint8_t frame[512];
  size_t written;
  if (handshake.write_init(frame, sizeof(frame), 1, written) != Error::NONE || written > sizeof(frame))
    std::abort();
  if (handshake.read_accept({data, size}, {&token, &token}) == Error::NONE) {
    while (handshake.action() == Handshake::Action::STEP)
      (void) handshake.step(random);
  }
  EpochKeys keys;
  if (handshake.consume(keys) == Error::NONE)
    std::abort();
  return 0;
}
