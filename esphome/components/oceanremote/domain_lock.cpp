// Locks. A code is checked for its size and goes no further: ESPHome's locks have nothing that takes one.

#include "domain_traits.h"

#ifdef USE_LOCK

#include "esphome/core/log.h"

namespace esphome::oceanremote {

using wire::lock::Action;
using wire::lock::Condition;

[[maybe_unused]] static const char *const TAG = "oceanremote";

void describe(lock::Lock &entity, PropertyWriter &properties) {
  namespace key = wire::lock::property;
  properties.flag(key::ASSUMED_STATE, entity.traits.get_assumed_state());
  properties.flag(key::SUPPORTS_OPEN, entity.traits.get_supports_open());
  properties.flag(key::REQUIRES_CODE, entity.traits.get_requires_code());
}

bool add_state(lock::Lock &entity, const EntityAddress &address, StatesWriter &writer) {
  StateMap state(writer, address);
  if (entity.state != lock::LOCK_STATE_NONE)
    state.number(wire::lock::state::CONDITION, entity.state);
  return state.end();
}

CommandOutcome execute(lock::Lock &entity, const Arguments &arguments) {
  uint32_t action;
  if (!arguments.get(wire::lock::command::ACTION, action))
    return COMMAND_MALFORMED;
  [[maybe_unused]] const char *name = entity.get_name().c_str();
  switch (static_cast<Action>(action)) {
    case Action::LOCK:
      ESP_LOGI(TAG, "Command lock '%s' -> lock", name);
      entity.lock();
      return COMMAND_DONE;
    case Action::UNLOCK:
      ESP_LOGI(TAG, "Command lock '%s' -> unlock", name);
      entity.unlock();
      return COMMAND_DONE;
    case Action::OPEN:
      if (!entity.traits.get_supports_open())
        return {CommandStatus::REFUSED, "open not supported"};
      ESP_LOGI(TAG, "Command lock '%s' -> open", name);
      entity.open();
      return COMMAND_DONE;
  }
  return COMMAND_MALFORMED;
}

static_assert(uint8_t(Condition::LOCKED) == lock::LOCK_STATE_LOCKED &&
                  uint8_t(Condition::UNLOCKED) == lock::LOCK_STATE_UNLOCKED &&
                  uint8_t(Condition::JAMMED) == lock::LOCK_STATE_JAMMED &&
                  uint8_t(Condition::LOCKING) == lock::LOCK_STATE_LOCKING &&
                  uint8_t(Condition::UNLOCKING) == lock::LOCK_STATE_UNLOCKING &&
                  uint8_t(Condition::OPENING) == lock::LOCK_STATE_OPENING &&
                  uint8_t(Condition::OPEN) == lock::LOCK_STATE_OPEN,
              "ESPHome's numbers are those of the wire");

}  // namespace esphome::oceanremote

#endif  // USE_LOCK
