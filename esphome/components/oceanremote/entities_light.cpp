// Lights: colour modes, brightness, effects. Values are the reported ones, not those of a running transition.

#include "esphome/core/defines.h"
#ifdef USE_LIGHT

#include "esphome/core/log.h"

#include "domain_traits.h"

namespace esphome::oceanremote {

using light::ColorCapability;
using light::ColorMode;

static const char *const TAG = "oceanremote";

static std::string_view effect_at(const void *context, size_t index) {
  const StringRef name = static_cast<const light::LightState *>(context)->get_effects()[index]->get_name();
  return {name.c_str(), name.size()};
}

void DomainTraits<light::LightState>::describe(light::LightState &entity, DescriptorDraft &draft) {
  const light::LightTraits traits = entity.get_traits();
  Descriptor &descriptor = draft.descriptor;
  for (const ColorMode mode : traits.get_supported_color_modes()) {
    if (descriptor.color_mode_count < COLOR_MODES_MAX)
      draft.color_modes[descriptor.color_mode_count++] = static_cast<uint8_t>(mode);
  }
  descriptor.color_modes = draft.color_modes;
  descriptor.effects = {entity.get_effect_count(), effect_at, &entity};
  if (traits.supports_color_capability(ColorCapability::COLOR_TEMPERATURE) ||
      traits.supports_color_capability(ColorCapability::COLD_WARM_WHITE)) {
    descriptor.has_mireds = true;
    descriptor.min_mireds = traits.get_min_mireds();
    descriptor.max_mireds = traits.get_max_mireds();
  }
}

/// Fills in what the light's colour mode is able to do.
static void report_color(const light::LightColorValues &reported, LightValues &values) {
  const ColorMode mode = reported.get_color_mode();
  if (mode & ColorCapability::BRIGHTNESS) {
    values.mark(LightValues::BRIGHTNESS);
    values.brightness = reported.get_brightness();
  }
  if (mode & ColorCapability::RGB) {
    values.mark(LightValues::RGB);
    values.red = reported.get_red();
    values.green = reported.get_green();
    values.blue = reported.get_blue();
    values.mark(LightValues::COLOR_BRIGHTNESS);
    values.color_brightness = reported.get_color_brightness();
  }
  if (mode & ColorCapability::WHITE) {
    values.mark(LightValues::WHITE);
    values.white = reported.get_white();
  }
  // A light that mixes cold and warm white remembers the temperature that it was asked for; 0 before it was.
  if ((mode & ColorCapability::COLOR_TEMPERATURE) || (mode & ColorCapability::COLD_WARM_WHITE)) {
    values.mark(LightValues::COLOR_TEMPERATURE);
    values.color_temperature = reported.get_color_temperature();
  }
  if (mode & ColorCapability::COLD_WARM_WHITE) {
    values.mark(LightValues::COLD_WHITE);
    values.cold_white = reported.get_cold_white();
    values.mark(LightValues::WARM_WHITE);
    values.warm_white = reported.get_warm_white();
  }
}

bool DomainTraits<light::LightState>::add_state(light::LightState &entity, const EntityAddress &address,
                                                StatesWriter &writer) {
  const light::LightColorValues &reported = entity.get_reported_values();
  LightValues values;
  values.mark(LightValues::ON);
  values.on = reported.is_on();
  values.mark(LightValues::COLOR_MODE);
  values.color_mode = static_cast<uint8_t>(reported.get_color_mode());
  report_color(reported, values);
  if (entity.supports_effects()) {
    const StringRef effect = entity.get_effect_name();
    values.mark(LightValues::EFFECT);
    values.effect = {effect.c_str(), effect.size()};
  }
  return writer.add_light(address, values);
}

static void apply_color(const LightValues &values, light::LightCall &call) {
  if (values.has(LightValues::COLOR_MODE))
    call.set_color_mode(static_cast<ColorMode>(values.color_mode));
  if (values.has(LightValues::COLOR_BRIGHTNESS))
    call.set_color_brightness(values.color_brightness);
  if (values.has(LightValues::RGB))
    call.set_rgb(values.red, values.green, values.blue);
  if (values.has(LightValues::WHITE))
    call.set_white(values.white);
  if (values.has(LightValues::COLOR_TEMPERATURE))
    call.set_color_temperature(values.color_temperature);
  if (values.has(LightValues::COLD_WHITE))
    call.set_cold_white(values.cold_white);
  if (values.has(LightValues::WARM_WHITE))
    call.set_warm_white(values.warm_white);
}

static void apply(const LightValues &values, light::LightCall &call) {
  if (values.has(LightValues::ON))
    call.set_state(values.on);
  if (values.has(LightValues::BRIGHTNESS))
    call.set_brightness(values.brightness);
  apply_color(values, call);
  if (values.has(LightValues::TRANSITION))
    call.set_transition_length(values.transition_ms);
  if (values.has(LightValues::FLASH))
    call.set_flash_length(values.flash_ms);
  if (values.has(LightValues::EFFECT))
    call.set_effect(values.effect.data(), values.effect.size());
}

static bool knows_effect(const light::LightState &entity, std::string_view effect) {
  return effect == "None" || entity.get_effect_index(effect.data(), effect.size()) != 0;
}

CommandOutcome DomainTraits<light::LightState>::execute(light::LightState &entity, ByteView args) {
  LightValues values;
  if (parse_light_args(args, values) != Error::NONE)
    return COMMAND_MALFORMED;
  if (values.has(LightValues::EFFECT) && !knows_effect(entity, values.effect))
    return {CommandStatus::REFUSED, "unknown effect"};
  if (values.has(LightValues::COLOR_MODE) &&
      !entity.get_traits().supports_color_mode(static_cast<ColorMode>(values.color_mode)))
    return {CommandStatus::REFUSED, "colour mode not supported"};
  ESP_LOGI(TAG, "Command light '%s' -> %s", entity.get_name().c_str(),
           !values.has(LightValues::ON) ? "changed" : ONOFF(values.on));
  light::LightCall call = entity.make_call();
  apply(values, call);
  call.perform();
  return COMMAND_DONE;
}

}  // namespace esphome::oceanremote

#endif  // USE_LIGHT
