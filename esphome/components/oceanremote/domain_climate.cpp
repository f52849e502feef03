// Climates: modes, target temperatures and humidities. What the entity does not know is left out.

#include "domain_traits.h"

#ifdef USE_CLIMATE

#include <type_traits>

#include "esphome/core/log.h"

namespace esphome::oceanremote {

[[maybe_unused]] static const char *const TAG = "oceanremote";

static constexpr uint32_t TWO_TARGETS =
    climate::CLIMATE_SUPPORTS_TWO_POINT_TARGET_TEMPERATURE | climate::CLIMATE_REQUIRES_TWO_POINT_TARGET_TEMPERATURE;

using Words = std::vector<const char *>;

static std::string_view word_at(const void *context, size_t index) {
  return (*static_cast<const Words *>(context))[index];
}

static TextList listed(const Words &words) { return {words.size(), word_at, &words}; }

static void describe_features(const climate::ClimateTraits &traits, PropertyWriter &properties) {
  namespace key = wire::climate::property;
  const auto flag = [&](uint8_t property, uint32_t feature) {
    properties.flag(property, traits.has_feature_flags(feature));
  };
  flag(key::SUPPORTS_CURRENT_TEMPERATURE, climate::CLIMATE_SUPPORTS_CURRENT_TEMPERATURE);
  flag(key::SUPPORTS_TWO_TARGETS, climate::CLIMATE_SUPPORTS_TWO_POINT_TARGET_TEMPERATURE);
  flag(key::REQUIRES_TWO_TARGETS, climate::CLIMATE_REQUIRES_TWO_POINT_TARGET_TEMPERATURE);
  flag(key::SUPPORTS_CURRENT_HUMIDITY, climate::CLIMATE_SUPPORTS_CURRENT_HUMIDITY);
  flag(key::SUPPORTS_TARGET_HUMIDITY, climate::CLIMATE_SUPPORTS_TARGET_HUMIDITY);
  flag(key::SUPPORTS_ACTION, climate::CLIMATE_SUPPORTS_ACTION);
}

void describe(climate::Climate &entity, PropertyWriter &properties) {
  namespace key = wire::climate::property;
  const climate::ClimateTraits traits = entity.get_traits();
  properties.choices(key::MODES, traits.get_supported_modes());
  properties.choices(key::FAN_MODES, traits.get_supported_fan_modes());
  properties.choices(key::SWING_MODES, traits.get_supported_swing_modes());
  properties.choices(key::PRESETS, traits.get_supported_presets());
  properties.texts(key::CUSTOM_FAN_MODES, listed(traits.get_supported_custom_fan_modes()));
  properties.texts(key::CUSTOM_PRESETS, listed(traits.get_supported_custom_presets()));
  properties.choice(key::TEMPERATURE_UNIT, static_cast<uint8_t>(traits.get_temperature_unit()));
  properties.real(key::MIN_TEMPERATURE, traits.get_visual_min_temperature());
  properties.real(key::MAX_TEMPERATURE, traits.get_visual_max_temperature());
  properties.real(key::TARGET_TEMPERATURE_STEP, traits.get_visual_target_temperature_step());
  properties.real(key::CURRENT_TEMPERATURE_STEP, traits.get_visual_current_temperature_step());
  properties.real(key::MIN_HUMIDITY, traits.get_visual_min_humidity());
  properties.real(key::MAX_HUMIDITY, traits.get_visual_max_humidity());
  describe_features(traits, properties);
}

static void add_targets(const climate::Climate &entity, const climate::ClimateTraits &traits, StateMap &state) {
  namespace key = wire::climate::state;
  // One union holds both kinds.
  if (traits.has_feature_flags(TWO_TARGETS)) {
    state.real(key::TARGET_TEMPERATURE_LOW, entity.target_temperature_low);
    state.real(key::TARGET_TEMPERATURE_HIGH, entity.target_temperature_high);
  } else {
    state.real(key::TARGET_TEMPERATURE, entity.target_temperature);
  }
}

/// ESPHome says a custom word by a StringRef, and from 2026.11 on by a pointer, which is null where there is none.
template<typename Word> static std::string_view custom(bool listed, const Word &word) {
  if constexpr (std::is_pointer_v<Word>) {
    return listed && word != nullptr ? std::string_view(word) : std::string_view();
  } else {
    return listed ? std::string_view(word.c_str(), word.size()) : std::string_view();
  }
}

bool add_state(climate::Climate &entity, const EntityAddress &address, StatesWriter &writer) {
  namespace key = wire::climate::state;
  StateMap state(writer, address);
  if (!entity.has_state())
    return state.end();
  const climate::ClimateTraits traits = entity.get_traits();
  state.number(key::MODE, entity.mode);
  add_targets(entity, traits, state);
  if (traits.get_supports_fan_modes() && entity.fan_mode.has_value())
    state.number(key::FAN_MODE, *entity.fan_mode);
  if (traits.get_supports_presets() && entity.preset.has_value())
    state.number(key::PRESET, *entity.preset);
  if (traits.get_supports_swing_modes())
    state.number(key::SWING_MODE, entity.swing_mode);
  if (traits.has_feature_flags(climate::CLIMATE_SUPPORTS_TARGET_HUMIDITY))
    state.real(key::TARGET_HUMIDITY, entity.target_humidity);
  if (traits.has_feature_flags(climate::CLIMATE_SUPPORTS_ACTION))
    state.number(key::ACTION, entity.action);
  if (traits.has_feature_flags(climate::CLIMATE_SUPPORTS_CURRENT_TEMPERATURE))
    state.real(key::CURRENT_TEMPERATURE, entity.current_temperature);
  if (traits.has_feature_flags(climate::CLIMATE_SUPPORTS_CURRENT_HUMIDITY))
    state.real(key::CURRENT_HUMIDITY, entity.current_humidity);
  state.texts(key::CUSTOM_FAN_MODE,
              custom(!traits.get_supported_custom_fan_modes().empty(), entity.get_custom_fan_mode()),
              key::CUSTOM_PRESET, custom(!traits.get_supported_custom_presets().empty(), entity.get_custom_preset()));
  return state.end();
}

static const char *refuse_modes(const climate::ClimateTraits &traits, const Arguments &arguments) {
  namespace key = wire::climate::command;
  uint32_t number;
  if (arguments.get(key::MODE, number) && !traits.supports_mode(static_cast<climate::ClimateMode>(number)))
    return "mode not supported";
  if (arguments.get(key::FAN_MODE, number) && !traits.supports_fan_mode(static_cast<climate::ClimateFanMode>(number)))
    return "fan mode not supported";
  if (arguments.get(key::PRESET, number) && !traits.supports_preset(static_cast<climate::ClimatePreset>(number)))
    return "preset not supported";
  if (arguments.get(key::SWING_MODE, number) &&
      !traits.supports_swing_mode(static_cast<climate::ClimateSwingMode>(number)))
    return "swing mode not supported";
  return nullptr;
}

static const char *refuse_targets(const climate::ClimateTraits &traits, const Arguments &arguments) {
  namespace key = wire::climate::command;
  float one, low, high;
  const bool has_low = arguments.get(key::TARGET_TEMPERATURE_LOW, low);
  const bool has_high = arguments.get(key::TARGET_TEMPERATURE_HIGH, high);
  const bool two = traits.has_feature_flags(TWO_TARGETS);
  if (arguments.get(key::TARGET_TEMPERATURE, one) && two)
    return "it has two target temperatures";
  if ((has_low || has_high) && !two)
    return "it has one target temperature";
  if (has_low && has_high && low > high)
    return "lowest target above the highest";
  if (arguments.get(key::TARGET_HUMIDITY, one) && !traits.has_feature_flags(climate::CLIMATE_SUPPORTS_TARGET_HUMIDITY))
    return "target humidity not supported";
  return nullptr;
}

static void apply_modes(const Arguments &arguments, climate::ClimateCall &call) {
  namespace key = wire::climate::command;
  uint32_t number;
  if (arguments.get(key::MODE, number))
    call.set_mode(static_cast<climate::ClimateMode>(number));
  if (arguments.get(key::FAN_MODE, number))
    call.set_fan_mode(static_cast<climate::ClimateFanMode>(number));
  if (arguments.get(key::PRESET, number))
    call.set_preset(static_cast<climate::ClimatePreset>(number));
  if (arguments.get(key::SWING_MODE, number))
    call.set_swing_mode(static_cast<climate::ClimateSwingMode>(number));
}

static void apply_targets(const Arguments &arguments, climate::ClimateCall &call) {
  namespace key = wire::climate::command;
  float value;
  if (arguments.get(key::TARGET_TEMPERATURE, value))
    call.set_target_temperature(value);
  if (arguments.get(key::TARGET_TEMPERATURE_LOW, value))
    call.set_target_temperature_low(value);
  if (arguments.get(key::TARGET_TEMPERATURE_HIGH, value))
    call.set_target_temperature_high(value);
  if (arguments.get(key::TARGET_HUMIDITY, value))
    call.set_target_humidity(value);
}

/// A word that ESPHome takes for one of its own modes is none of the entity's: the call then holds no custom one.
static const char *apply_custom(const Arguments &arguments, climate::ClimateCall &call) {
  namespace key = wire::climate::command;
  std::string_view word;
  if (arguments.get(key::CUSTOM_FAN_MODE, word)) {
    call.set_fan_mode(word.data(), word.size());
    if (!call.has_custom_fan_mode())
      return "unknown fan mode";
  }
  if (arguments.get(key::CUSTOM_PRESET, word)) {
    call.set_preset(word.data(), word.size());
    if (!call.has_custom_preset())
      return "unknown preset";
  }
  return nullptr;
}

static bool contradicts_itself(const Arguments &arguments) {
  namespace key = wire::climate::command;
  uint32_t number;
  std::string_view word;
  return (arguments.get(key::FAN_MODE, number) && arguments.get(key::CUSTOM_FAN_MODE, word)) ||
         (arguments.get(key::PRESET, number) && arguments.get(key::CUSTOM_PRESET, word));
}

CommandOutcome execute(climate::Climate &entity, const Arguments &arguments) {
  if (arguments.count() == 0 || contradicts_itself(arguments))
    return COMMAND_MALFORMED;
  const climate::ClimateTraits traits = entity.get_traits();
  const char *reason = refuse_modes(traits, arguments);
  if (reason == nullptr)
    reason = refuse_targets(traits, arguments);
  climate::ClimateCall call = entity.make_call();
  if (reason == nullptr)
    reason = apply_custom(arguments, call);
  if (reason != nullptr)
    return {CommandStatus::REFUSED, reason};
  apply_modes(arguments, call);
  apply_targets(arguments, call);
  ESP_LOGI(TAG, "Command climate '%s' -> changed", entity.get_name().c_str());
  call.perform();
  return COMMAND_DONE;
}

static_assert(uint8_t(wire::climate::Mode::AUTO) == climate::CLIMATE_MODE_AUTO &&
                  uint8_t(wire::climate::Action::DEFROSTING) == climate::CLIMATE_ACTION_DEFROSTING &&
                  uint8_t(wire::climate::FanMode::QUIET) == climate::CLIMATE_FAN_QUIET &&
                  uint8_t(wire::climate::SwingMode::HORIZONTAL) == climate::CLIMATE_SWING_HORIZONTAL &&
                  uint8_t(wire::climate::Preset::ACTIVITY) == climate::CLIMATE_PRESET_ACTIVITY,
              "ESPHome's numbers are those of the wire");

}  // namespace esphome::oceanremote

#endif  // USE_CLIMATE
