// A hub key that is rolled over: what the hub tells of it, and what the device answers.

#include "messages.h"

namespace esphome::oceanremote {

bool read_new_hub_key(CborReader &reader, NewHubKey &told) {
  uint64_t phase;
  ByteView key;
  if (!reader.read_uint_max(phase, static_cast<uint64_t>(HubKeyPhase::IN_FORCE)) || phase == 0 ||
      !reader.read_fixed_bytes(key, KEY_SIZE))
    return false;
  told = {static_cast<HubKeyPhase>(phase), key.data};
  return true;
}

void write_hub_key_stored(CborWriter &writer, const uint8_t id[HUB_KEY_ID_SIZE]) {
  write_type(writer, MessageType::HUB_KEY_STORED, 2);
  writer.write_bytes({id, HUB_KEY_ID_SIZE});
}

}  // namespace esphome::oceanremote
