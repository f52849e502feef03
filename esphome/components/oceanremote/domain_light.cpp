// Lights: colour modes, brightness, effects. Values are the reported ones, not those of a running transition.

#include "domain_traits.h"

#ifdef USE_LIGHT

#include "esphome/core/log.h"

namespace esphome::oceanremote {

using light::ColorCapability;
using light::ColorMode;

[[maybe_unused]] static const char *const TAG = "oceanremote";

static constexpr float MIREDS_MAX = 1.0e6F;

static std::string_view effect_at(const void *context, size_t index) {
  const StringRef name = static_cast<const light::LightState *>(context)->get_effects()[index]->get_name();
  return {name.c_str(), name.size()};
}

void describe(light::LightState &entity, PropertyWriter &properties) {
  namespace key = wire::light::property;
  const light::LightTraits traits = entity.get_traits();
  properties.choices(key::COLOR_MODES, traits.get_supported_color_modes());
  properties.texts(key::EFFECTS, {entity.get_effect_count(), effect_at, &entity});
  if (traits.supports_color_capability(ColorCapability::COLOR_TEMPERATURE) ||
      traits.supports_color_capability(ColorCapability::COLD_WARM_WHITE)) {
    properties.real(key::MIN_MIREDS, traits.get_min_mireds());
    properties.real(key::MAX_MIREDS, traits.get_max_mireds());
  }
}

bool add_state(light::LightState &entity, const EntityAddress &address, StatesWriter &writer) {
  namespace key = wire::light::state;
  const light::LightColorValues &reported = entity.get_reported_values();
  const ColorMode mode = reported.get_color_mode();
  StateMap state(writer, address);
  state.flag(key::ON, reported.is_on());
  if (mode & ColorCapability::BRIGHTNESS)
    state.share(key::BRIGHTNESS, reported.get_brightness());
  state.number(key::COLOR_MODE, static_cast<uint8_t>(mode));
  if (mode & ColorCapability::RGB)
    state.rgb(key::RGB, reported.get_red(), reported.get_green(), reported.get_blue());
  if (mode & ColorCapability::WHITE)
    state.share(key::WHITE, reported.get_white());
  // A light that mixes cold and warm white remembers the temperature that it was asked for; 0 before it was.
  if ((mode & ColorCapability::COLOR_TEMPERATURE) || (mode & ColorCapability::COLD_WARM_WHITE))
    state.real(key::COLOR_TEMPERATURE, reported.get_color_temperature(), MIREDS_MAX);
  if (mode & ColorCapability::COLD_WARM_WHITE) {
    state.share(key::COLD_WHITE, reported.get_cold_white());
    state.share(key::WARM_WHITE, reported.get_warm_white());
  }
  if (entity.supports_effects()) {
    const StringRef effect = entity.get_effect_name();
    state.text(key::EFFECT, {effect.c_str(), effect.size()});
  }
  if (mode & ColorCapability::RGB)
    state.share(key::COLOR_BRIGHTNESS, reported.get_color_brightness());
  return state.end();
}

static void apply_color(const Arguments &arguments, light::LightCall &call) {
  namespace key = wire::light::command;
  float value, rgb[3];
  uint32_t mode;
  if (arguments.get(key::COLOR_MODE, mode))
    call.set_color_mode(static_cast<ColorMode>(mode));
  if (arguments.get(key::COLOR_BRIGHTNESS, value))
    call.set_color_brightness(value);
  if (arguments.get(key::RGB, rgb))
    call.set_rgb(rgb[0], rgb[1], rgb[2]);
  if (arguments.get(key::WHITE, value))
    call.set_white(value);
  if (arguments.get(key::COLOR_TEMPERATURE, value))
    call.set_color_temperature(value);
  if (arguments.get(key::COLD_WHITE, value))
    call.set_cold_white(value);
  if (arguments.get(key::WARM_WHITE, value))
    call.set_warm_white(value);
}

static void apply(const Arguments &arguments, light::LightCall &call) {
  namespace key = wire::light::command;
  bool on;
  float value;
  uint32_t milliseconds;
  std::string_view effect;
  if (arguments.get(key::ON, on))
    call.set_state(on);
  if (arguments.get(key::BRIGHTNESS, value))
    call.set_brightness(value);
  apply_color(arguments, call);
  if (arguments.get(key::TRANSITION, milliseconds))
    call.set_transition_length(milliseconds);
  if (arguments.get(key::FLASH, milliseconds))
    call.set_flash_length(milliseconds);
  if (arguments.get(key::EFFECT, effect))
    call.set_effect(effect.data(), effect.size());
}

static bool knows_effect(const light::LightState &entity, std::string_view effect) {
  return effect == "None" || entity.get_effect_index(effect.data(), effect.size()) != 0;
}

CommandOutcome execute(light::LightState &entity, const Arguments &arguments) {
  namespace key = wire::light::command;
  std::string_view effect;
  uint32_t mode;
  bool on;
  if (arguments.get(key::EFFECT, effect) && !knows_effect(entity, effect))
    return {CommandStatus::REFUSED, "unknown effect"};
  if (arguments.get(key::COLOR_MODE, mode) && !entity.get_traits().supports_color_mode(static_cast<ColorMode>(mode)))
    return {CommandStatus::REFUSED, "colour mode not supported"};
  ESP_LOGI(TAG, "Command light '%s' -> %s", entity.get_name().c_str(),
           !arguments.get(key::ON, on) ? "changed" : ONOFF(on));
  light::LightCall call = entity.make_call();
  apply(arguments, call);
  call.perform();
  return COMMAND_DONE;
}

}  // namespace esphome::oceanremote

#endif  // USE_LIGHT
