#include "domain_traits.h"

#ifdef USE_NUMBER

#include "esphome/core/log.h"

namespace esphome::oceanremote {

[[maybe_unused]] static const char *const TAG = "oceanremote";

void describe(number::Number &entity, PropertyWriter &properties) {
  namespace key = wire::number::property;
  const number::NumberTraits &traits = entity.traits;
  properties.real(key::MIN_VALUE, traits.get_min_value());
  properties.real(key::MAX_VALUE, traits.get_max_value());
  properties.real(key::STEP, traits.get_step());
  properties.choice(key::MODE, traits.get_mode());
}

bool add_state(number::Number &entity, const EntityAddress &address, StatesWriter &writer) {
  return entity.has_state() ? writer.add_float(address, entity.state) : writer.add_missing(address);
}

CommandOutcome execute(number::Number &entity, const Arguments &arguments) {
  float value;
  if (!arguments.get(wire::number::command::VALUE, value))
    return COMMAND_MALFORMED;
  // A limit that is not a number is no limit: comparisons with it are false.
  if (value < entity.traits.get_min_value() || value > entity.traits.get_max_value())
    return {CommandStatus::REFUSED, "value out of range"};
  ESP_LOGI(TAG, "Command number '%s' -> %g", entity.get_name().c_str(), value);
  entity.make_call().set_value(value).perform();
  return COMMAND_DONE;
}

}  // namespace esphome::oceanremote

#endif  // USE_NUMBER
