// Infrared: signals that the hub wants sent.

#include "domain_traits.h"

#ifdef USE_INFRARED

#include "esphome/core/log.h"

#include "signal_call.h"

namespace esphome::oceanremote {

[[maybe_unused]] static const char *const TAG = "oceanremote";

void describe(infrared::Infrared &entity, PropertyWriter &properties) {
  namespace key = wire::infrared::property;
  properties.number(key::CAPABILITIES, entity.get_capability_flags());
  properties.number(key::RECEIVER_FREQUENCY, entity.get_traits().get_receiver_frequency_hz());
}

CommandOutcome execute(infrared::Infrared &entity, const Arguments &arguments) {
  namespace key = wire::infrared::command;
  ByteView signal;
  uint32_t frequency = 0, repeat_count = 1;
  if (!entity.get_supports_transmitter())
    return CANNOT_SEND;
  if (!arguments.get(key::TIMINGS, signal))
    return COMMAND_MALFORMED;
  (void) arguments.get(key::CARRIER_FREQUENCY, frequency);
  (void) arguments.get(key::REPEAT_COUNT, repeat_count);
  infrared::InfraredCall call = entity.make_call();
  call.set_carrier_frequency(frequency);
  take_signal(call, signal, repeat_count);
  ESP_LOGI(TAG, "Command infrared '%s' -> %u bytes", entity.get_name().c_str(), unsigned(signal.size));
  return call.perform() ? COMMAND_DONE : NOT_SENT;
}

}  // namespace esphome::oceanremote

#endif  // USE_INFRARED
