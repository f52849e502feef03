#include "domain_traits.h"

#ifdef USE_VALVE

#include "esphome/core/log.h"

namespace esphome::oceanremote {

[[maybe_unused]] static const char *const TAG = "oceanremote";

void describe(valve::Valve &entity, PropertyWriter &properties) {
  namespace key = wire::valve::property;
  const valve::ValveTraits traits = entity.get_traits();
  properties.flag(key::ASSUMED_STATE, traits.get_is_assumed_state());
  properties.flag(key::SUPPORTS_POSITION, traits.get_supports_position());
  properties.flag(key::SUPPORTS_STOP, traits.get_supports_stop());
  properties.flag(key::SUPPORTS_TOGGLE, traits.get_supports_toggle());
}

bool add_state(valve::Valve &entity, const EntityAddress &address, StatesWriter &writer) {
  namespace key = wire::valve::state;
  StateMap state(writer, address);
  state.share(key::POSITION, entity.position);
  state.number(key::OPERATION, entity.current_operation);
  return state.end();
}

static CommandOutcome move(valve::Valve &entity, float position) {
  if (!entity.get_traits().get_supports_position() && position != valve::VALVE_OPEN && position != valve::VALVE_CLOSED)
    return {CommandStatus::REFUSED, "position not supported"};
  ESP_LOGI(TAG, "Command valve '%s' -> %.0f%%", entity.get_name().c_str(), position * 100.0f);
  entity.make_call().set_position(position).perform();
  return COMMAND_DONE;
}

static CommandOutcome stop(valve::Valve &entity) {
  if (!entity.get_traits().get_supports_stop())
    return {CommandStatus::REFUSED, "stop not supported"};
  ESP_LOGI(TAG, "Command valve '%s' -> stop", entity.get_name().c_str());
  entity.make_call().set_command_stop().perform();
  return COMMAND_DONE;
}

static CommandOutcome toggle(valve::Valve &entity) {
  if (!entity.get_traits().get_supports_toggle())
    return {CommandStatus::REFUSED, "toggle not supported"};
  ESP_LOGI(TAG, "Command valve '%s' -> toggle", entity.get_name().c_str());
  entity.make_call().set_command_toggle().perform();
  return COMMAND_DONE;
}

CommandOutcome execute(valve::Valve &entity, const Arguments &arguments) {
  namespace key = wire::valve::command;
  float position;
  bool asked = false;
  // A valve does one thing at a time.
  if (arguments.count() != 1)
    return COMMAND_MALFORMED;
  if (arguments.get(key::POSITION, position))
    return move(entity, position);
  if (arguments.get(key::STOP, asked) && asked)
    return stop(entity);
  if (arguments.get(key::TOGGLE, asked) && asked)
    return toggle(entity);
  return COMMAND_MALFORMED;
}

static_assert(uint8_t(wire::valve::Operation::IDLE) == valve::VALVE_OPERATION_IDLE &&
                  uint8_t(wire::valve::Operation::OPENING) == valve::VALVE_OPERATION_OPENING &&
                  uint8_t(wire::valve::Operation::CLOSING) == valve::VALVE_OPERATION_CLOSING,
              "ESPHome's numbers are those of the wire");

}  // namespace esphome::oceanremote

#endif  // USE_VALVE
