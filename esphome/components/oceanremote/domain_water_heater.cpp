// Water heaters: mode, target temperatures, away, on and off. What the entity does not know is left out.

#include "domain_traits.h"

#ifdef USE_WATER_HEATER

#include "esphome/core/log.h"

namespace esphome::oceanremote {

[[maybe_unused]] static const char *const TAG = "oceanremote";

static void describe_features(const water_heater::WaterHeaterTraits &traits, PropertyWriter &properties) {
  namespace key = wire::water_heater::property;
  const auto flag = [&](uint8_t property, uint32_t feature) {
    properties.flag(property, traits.has_feature_flags(feature));
  };
  flag(key::SUPPORTS_TARGET_TEMPERATURE, water_heater::WATER_HEATER_SUPPORTS_TARGET_TEMPERATURE);
  flag(key::SUPPORTS_OPERATION_MODE, water_heater::WATER_HEATER_SUPPORTS_OPERATION_MODE);
  flag(key::SUPPORTS_AWAY_MODE, water_heater::WATER_HEATER_SUPPORTS_AWAY_MODE);
  flag(key::SUPPORTS_ON_OFF, water_heater::WATER_HEATER_SUPPORTS_ON_OFF);
}

void describe(water_heater::WaterHeater &entity, PropertyWriter &properties) {
  namespace key = wire::water_heater::property;
  const water_heater::WaterHeaterTraits traits = entity.get_traits();
  properties.choice(key::TEMPERATURE_UNIT, static_cast<uint8_t>(traits.get_temperature_unit()));
  properties.real(key::MIN_TEMPERATURE, traits.get_min_temperature());
  properties.real(key::MAX_TEMPERATURE, traits.get_max_temperature());
  properties.real(key::TARGET_TEMPERATURE_STEP, traits.get_target_temperature_step());
  properties.flag(key::SUPPORTS_CURRENT_TEMPERATURE, traits.get_supports_current_temperature());
  properties.flag(key::SUPPORTS_TWO_TARGETS, traits.get_supports_two_point_target_temperature());
  properties.choices(key::MODES, traits.get_supported_modes());
  describe_features(traits, properties);
}

bool add_state(water_heater::WaterHeater &entity, const EntityAddress &address, StatesWriter &writer) {
  namespace key = wire::water_heater::state;
  StateMap state(writer, address);
  if (!entity.has_state())
    return state.end();
  state.number(key::MODE, static_cast<uint8_t>(entity.get_mode()));
  state.real(key::TARGET_TEMPERATURE, entity.get_target_temperature());
  state.real(key::TARGET_TEMPERATURE_LOW, entity.get_target_temperature_low());
  state.real(key::TARGET_TEMPERATURE_HIGH, entity.get_target_temperature_high());
  state.flag(key::AWAY, entity.is_away());
  state.flag(key::ON, entity.is_on());
  state.real(key::CURRENT_TEMPERATURE, entity.get_current_temperature());
  return state.end();
}

/// ESPHome would take the nearest that it has, and nobody would know.
static bool is_out_of_range(const water_heater::WaterHeaterTraits &traits, float temperature) {
  return temperature < traits.get_min_temperature() || temperature > traits.get_max_temperature();
}

static const char *refuse_targets(const water_heater::WaterHeaterTraits &traits, const Arguments &arguments) {
  namespace key = wire::water_heater::command;
  float one, low, high;
  const bool has_one = arguments.get(key::TARGET_TEMPERATURE, one);
  const bool has_low = arguments.get(key::TARGET_TEMPERATURE_LOW, low);
  const bool has_high = arguments.get(key::TARGET_TEMPERATURE_HIGH, high);
  const bool two = traits.get_supports_two_point_target_temperature();
  if (has_one && two)
    return "it has two target temperatures";
  if ((has_low || has_high) && !two)
    return "it has one target temperature";
  if ((has_one && is_out_of_range(traits, one)) || (has_low && is_out_of_range(traits, low)) ||
      (has_high && is_out_of_range(traits, high)))
    return "temperature out of range";
  if (has_low && has_high && low > high)
    return "lowest target above the highest";
  return nullptr;
}

static const char *refusal_of(const water_heater::WaterHeaterTraits &traits, const Arguments &arguments) {
  namespace key = wire::water_heater::command;
  uint32_t mode;
  bool asked;
  if (arguments.get(key::MODE, mode) && !traits.supports_mode(static_cast<water_heater::WaterHeaterMode>(mode)))
    return "mode not supported";
  if (arguments.get(key::AWAY, asked) && !traits.get_supports_away_mode())
    return "away mode not supported";
  if (arguments.get(key::ON, asked) && !traits.has_feature_flags(water_heater::WATER_HEATER_SUPPORTS_ON_OFF))
    return "on and off not supported";
  return refuse_targets(traits, arguments);
}

static void apply(const Arguments &arguments, water_heater::WaterHeaterCall &call) {
  namespace key = wire::water_heater::command;
  uint32_t mode;
  float value;
  bool asked;
  if (arguments.get(key::MODE, mode))
    call.set_mode(static_cast<water_heater::WaterHeaterMode>(mode));
  if (arguments.get(key::TARGET_TEMPERATURE, value))
    call.set_target_temperature(value);
  if (arguments.get(key::TARGET_TEMPERATURE_LOW, value))
    call.set_target_temperature_low(value);
  if (arguments.get(key::TARGET_TEMPERATURE_HIGH, value))
    call.set_target_temperature_high(value);
  if (arguments.get(key::AWAY, asked))
    call.set_away(asked);
  if (arguments.get(key::ON, asked))
    call.set_on(asked);
}

CommandOutcome execute(water_heater::WaterHeater &entity, const Arguments &arguments) {
  if (arguments.count() == 0)
    return COMMAND_MALFORMED;
  const char *reason = refusal_of(entity.get_traits(), arguments);
  if (reason != nullptr)
    return {CommandStatus::REFUSED, reason};
  ESP_LOGI(TAG, "Command water heater '%s' -> changed", entity.get_name().c_str());
  auto call = entity.make_call();
  apply(arguments, call);
  call.perform();
  return COMMAND_DONE;
}

static_assert(uint8_t(wire::water_heater::Mode::OFF) == water_heater::WATER_HEATER_MODE_OFF &&
                  uint8_t(wire::water_heater::Mode::GAS) == water_heater::WATER_HEATER_MODE_GAS,
              "ESPHome's numbers are those of the wire");

}  // namespace esphome::oceanremote

#endif  // USE_WATER_HEATER
