#include "domain_traits.h"

#ifdef USE_COVER

#include "esphome/components/oceanremote_core/cbor_float.h"
#include "esphome/core/log.h"

namespace esphome::oceanremote {

[[maybe_unused]] static const char *const TAG = "oceanremote";

void describe(cover::Cover &entity, PropertyWriter &properties) {
  namespace key = wire::cover::property;
  const cover::CoverTraits traits = entity.get_traits();
  properties.flag(key::ASSUMED_STATE, traits.get_is_assumed_state());
  properties.flag(key::SUPPORTS_POSITION, traits.get_supports_position());
  properties.flag(key::SUPPORTS_STOP, traits.get_supports_stop());
  properties.flag(key::SUPPORTS_TOGGLE, traits.get_supports_toggle());
  properties.flag(key::SUPPORTS_TILT, traits.get_supports_tilt());
}

bool add_state(cover::Cover &entity, const EntityAddress &address, StatesWriter &writer) {
  namespace key = wire::cover::state;
  StateMap state(writer, address);
  // Nobody knows where one is whose driver computed no number.
  if (is_finite(entity.position))
    state.share(key::POSITION, entity.position);
  state.number(key::OPERATION, entity.current_operation);
  if (entity.get_traits().get_supports_tilt() && is_finite(entity.tilt))
    state.share(key::TILT, entity.tilt);
  return state.end();
}

static CommandOutcome move(cover::Cover &entity, float position) {
  if (!entity.get_traits().get_supports_position() && position != cover::COVER_OPEN && position != cover::COVER_CLOSED)
    return {CommandStatus::REFUSED, "position not supported"};
  ESP_LOGI(TAG, "Command cover '%s' -> %.0f%%", entity.get_name().c_str(), position * 100.0f);
  entity.make_call().set_position(position).perform();
  return COMMAND_DONE;
}

static CommandOutcome tilt(cover::Cover &entity, float share) {
  if (!entity.get_traits().get_supports_tilt())
    return {CommandStatus::REFUSED, "tilt not supported"};
  ESP_LOGI(TAG, "Command cover '%s' -> tilt %.0f%%", entity.get_name().c_str(), share * 100.0f);
  entity.make_call().set_tilt(share).perform();
  return COMMAND_DONE;
}

static CommandOutcome stop(cover::Cover &entity) {
  if (!entity.get_traits().get_supports_stop())
    return {CommandStatus::REFUSED, "stop not supported"};
  ESP_LOGI(TAG, "Command cover '%s' -> stop", entity.get_name().c_str());
  entity.make_call().set_command_stop().perform();
  return COMMAND_DONE;
}

static CommandOutcome toggle(cover::Cover &entity) {
  if (!entity.get_traits().get_supports_toggle())
    return {CommandStatus::REFUSED, "toggle not supported"};
  ESP_LOGI(TAG, "Command cover '%s' -> toggle", entity.get_name().c_str());
  entity.make_call().set_command_toggle().perform();
  return COMMAND_DONE;
}

CommandOutcome execute(cover::Cover &entity, const Arguments &arguments) {
  namespace key = wire::cover::command;
  float share;
  bool asked = false;
  // A cover does one thing at a time.
  if (arguments.count() != 1)
    return COMMAND_MALFORMED;
  if (arguments.get(key::POSITION, share))
    return move(entity, share);
  if (arguments.get(key::TILT, share))
    return tilt(entity, share);
  if (arguments.get(key::STOP, asked) && asked)
    return stop(entity);
  if (arguments.get(key::TOGGLE, asked) && asked)
    return toggle(entity);
  return COMMAND_MALFORMED;
}

static_assert(uint8_t(wire::cover::Operation::IDLE) == cover::COVER_OPERATION_IDLE &&
                  uint8_t(wire::cover::Operation::OPENING) == cover::COVER_OPERATION_OPENING &&
                  uint8_t(wire::cover::Operation::CLOSING) == cover::COVER_OPERATION_CLOSING,
              "ESPHome's numbers are those of the wire");

}  // namespace esphome::oceanremote

#endif  // USE_COVER
