#include "heard_signals.h"

#ifdef USE_OCEANREMOTE_RECEIVERS

#include "esphome/core/log.h"

#include "esphome/components/oceanremote_core/wire_domains.h"

namespace esphome::oceanremote {

[[maybe_unused]] static const char *const TAG = "oceanremote";

void HeardSignals::hear(const EntityBase &receiver, const std::vector<int32_t> &timings) {
  if (!this->linked_)
    return;
  EntityAddress address{wire::infrared::NUMBER, 0, receiver.get_object_id_hash()};
#ifdef USE_DEVICES
  address.sub = receiver.get_device_id();
#endif
  if (!this->queue_.add(address, {timings.data(), timings.size()}))
    lose_();
}

size_t HeardSignals::write(uint8_t *payload, size_t capacity) {
  while (!this->queue_.empty()) {
    const WaitingSignal signal = this->queue_.front();
    CborWriter writer(payload, capacity);
    write_heard_signal(writer, signal.receiver, signal.timings);
    this->queue_.pop();
    if (writer.ok())
      return writer.size();
    lose_();
  }
  return 0;
}

void HeardSignals::lose_() { ESP_LOGW(TAG, "A signal that was heard is lost: it is too long, or too many wait"); }

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_RECEIVERS
