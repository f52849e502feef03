// Radio: signals that the hub wants sent.

#include "domain_traits.h"

#ifdef USE_RADIO_FREQUENCY

#include "esphome/core/log.h"

#include "signal_call.h"

namespace esphome::oceanremote {

[[maybe_unused]] static const char *const TAG = "oceanremote";

void describe(radio_frequency::RadioFrequency &entity, PropertyWriter &properties) {
  namespace key = wire::radio_frequency::property;
  const radio_frequency::RadioFrequencyTraits &traits = entity.get_traits();
  properties.number(key::CAPABILITIES, entity.get_capability_flags());
  properties.number(key::FREQUENCY_MIN, traits.get_frequency_min_hz());
  properties.number(key::FREQUENCY_MAX, traits.get_frequency_max_hz());
  properties.number(key::SUPPORTED_MODULATIONS, traits.get_supported_modulations());
}

/// Where a board says nothing of its range, whatever is asked is within it.
static bool supports(const radio_frequency::RadioFrequencyTraits &traits, uint32_t frequency) {
  return traits.get_frequency_max_hz() == 0 ||
         (frequency >= traits.get_frequency_min_hz() && frequency <= traits.get_frequency_max_hz());
}

CommandOutcome execute(radio_frequency::RadioFrequency &entity, const Arguments &arguments) {
  namespace key = wire::radio_frequency::command;
  const radio_frequency::RadioFrequencyTraits &traits = entity.get_traits();
  ByteView signal;
  uint32_t frequency = 0, repeat_count = 1, modulation = 0;
  if (!entity.get_supports_transmitter())
    return CANNOT_SEND;
  if (!arguments.get(key::TIMINGS, signal))
    return COMMAND_MALFORMED;
  if (arguments.get(key::FREQUENCY, frequency) && !supports(traits, frequency))
    return {CommandStatus::REFUSED, "frequency not supported"};
  (void) arguments.get(key::REPEAT_COUNT, repeat_count);
  (void) arguments.get(key::MODULATION, modulation);
  if (traits.get_supported_modulations() != 0 && (traits.get_supported_modulations() >> modulation & 1) == 0)
    return {CommandStatus::REFUSED, "modulation not supported"};
  radio_frequency::RadioFrequencyCall call = entity.make_call();
  call.set_frequency(frequency);
  call.set_modulation(static_cast<radio_frequency::RadioFrequencyModulation>(modulation));
  take_signal(call, signal, repeat_count);
  ESP_LOGI(TAG, "Command radio_frequency '%s' -> %u bytes", entity.get_name().c_str(), unsigned(signal.size));
  return call.perform() ? COMMAND_DONE : NOT_SENT;
}

}  // namespace esphome::oceanremote

#endif  // USE_RADIO_FREQUENCY
