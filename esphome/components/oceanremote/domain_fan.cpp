#include "domain_traits.h"

#ifdef USE_FAN

#include "esphome/core/log.h"

namespace esphome::oceanremote {

using fan::FanDirection;
using fan::FanTraits;

[[maybe_unused]] static const char *const TAG = "oceanremote";

static std::string_view preset_mode_at(const void *context, size_t index) {
  return static_cast<const FanTraits *>(context)->supported_preset_modes()[index];
}

/// How many speeds it has; 0 where its speed cannot be set.
static uint32_t count_speeds(const FanTraits &traits) {
  return traits.supports_speed() && traits.supported_speed_count() > 0 ? traits.supported_speed_count() : 0;
}

void describe(fan::Fan &entity, PropertyWriter &properties) {
  namespace key = wire::fan::property;
  const FanTraits traits = entity.get_traits();
  const uint32_t speeds = count_speeds(traits);
  if (speeds != 0)
    properties.number(key::SPEED_COUNT, speeds);
  properties.flag(key::SUPPORTS_OSCILLATION, traits.supports_oscillation());
  properties.flag(key::SUPPORTS_DIRECTION, traits.supports_direction());
  properties.texts(key::PRESET_MODES, {traits.supported_preset_modes().size(), preset_mode_at, &traits});
}

bool add_state(fan::Fan &entity, const EntityAddress &address, StatesWriter &writer) {
  namespace key = wire::fan::state;
  const FanTraits traits = entity.get_traits();
  StateMap state(writer, address);
  state.flag(key::ON, entity.state);
  if (count_speeds(traits) != 0)
    state.number(key::SPEED_LEVEL, entity.speed > 0 ? entity.speed : 0);
  if (traits.supports_oscillation())
    state.flag(key::OSCILLATING, entity.oscillating);
  if (traits.supports_direction())
    state.number(key::DIRECTION, static_cast<uint8_t>(entity.direction));
  if (traits.supports_preset_modes() && entity.has_preset_mode()) {
    const StringRef mode = entity.get_preset_mode();
    state.text(key::PRESET_MODE, {mode.c_str(), mode.size()});
  }
  return state.end();
}

/// Why a fan cannot do what is asked, nullptr if it can.
static const char *find_refusal(const FanTraits &traits, const Arguments &arguments) {
  namespace key = wire::fan::command;
  bool oscillating;
  uint32_t level, direction;
  std::string_view mode;
  if (arguments.get(key::SPEED_LEVEL, level)) {
    if (count_speeds(traits) == 0)
      return "speed not supported";
    if (level == 0 || level > count_speeds(traits))
      return "no such speed";
  }
  if (arguments.get(key::OSCILLATING, oscillating) && !traits.supports_oscillation())
    return "oscillation not supported";
  if (arguments.get(key::DIRECTION, direction) && !traits.supports_direction())
    return "direction not supported";
  if (arguments.get(key::PRESET_MODE, mode) && traits.find_preset_mode(mode.data(), mode.size()) == nullptr)
    return "unknown preset mode";
  return nullptr;
}

static void apply(const Arguments &arguments, fan::FanCall &call) {
  namespace key = wire::fan::command;
  bool flag;
  uint32_t number;
  std::string_view mode;
  if (arguments.get(key::ON, flag))
    call.set_state(flag);
  if (arguments.get(key::SPEED_LEVEL, number))
    call.set_speed(static_cast<int>(number));
  if (arguments.get(key::OSCILLATING, flag))
    call.set_oscillating(flag);
  if (arguments.get(key::DIRECTION, number))
    call.set_direction(static_cast<FanDirection>(number));
  if (arguments.get(key::PRESET_MODE, mode))
    call.set_preset_mode(mode.data(), mode.size());
}

CommandOutcome execute(fan::Fan &entity, const Arguments &arguments) {
  bool on;
  if (arguments.count() == 0)
    return COMMAND_MALFORMED;
  const char *refusal = find_refusal(entity.get_traits(), arguments);
  if (refusal != nullptr)
    return {CommandStatus::REFUSED, refusal};
  ESP_LOGI(TAG, "Command fan '%s' -> %s", entity.get_name().c_str(),
           !arguments.get(wire::fan::command::ON, on) ? "changed" : ONOFF(on));
  fan::FanCall call = entity.make_call();
  apply(arguments, call);
  call.perform();
  return COMMAND_DONE;
}

static_assert(uint8_t(wire::fan::Direction::FORWARD) == uint8_t(FanDirection::FORWARD) &&
                  uint8_t(wire::fan::Direction::REVERSE) == uint8_t(FanDirection::REVERSE),
              "ESPHome's numbers are those of the wire");

}  // namespace esphome::oceanremote

#endif  // USE_FAN
