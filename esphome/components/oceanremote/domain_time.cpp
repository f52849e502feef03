#include "domain_traits.h"

#ifdef USE_DATETIME_TIME

#include "esphome/core/log.h"

namespace esphome::oceanremote {

[[maybe_unused]] static const char *const TAG = "oceanremote";

void describe(datetime::TimeEntity & /*entity*/, PropertyWriter & /*properties*/) {}

bool add_state(datetime::TimeEntity &entity, const EntityAddress &address, StatesWriter &writer) {
  namespace key = wire::time::state;
  if (!entity.has_state())
    return writer.add_missing(address);
  StateMap state(writer, address);
  state.number(key::HOUR, entity.hour);
  state.number(key::MINUTE, entity.minute);
  state.number(key::SECOND, entity.second);
  return state.end();
}

CommandOutcome execute(datetime::TimeEntity &entity, const Arguments &arguments) {
  namespace key = wire::time::command;
  uint32_t hour, minute, second;
  if (!arguments.get(key::HOUR, hour) || !arguments.get(key::MINUTE, minute) || !arguments.get(key::SECOND, second))
    return COMMAND_MALFORMED;
  ESP_LOGI(TAG, "Command time '%s' -> %02d:%02d:%02d", entity.get_name().c_str(), int(hour), int(minute), int(second));
  entity.make_call().set_time(uint8_t(hour), uint8_t(minute), uint8_t(second)).perform();
  return COMMAND_DONE;
}

}  // namespace esphome::oceanremote

#endif  // USE_DATETIME_TIME
