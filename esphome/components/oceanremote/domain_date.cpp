#include "domain_traits.h"

#ifdef USE_DATETIME_DATE

#include "esphome/core/log.h"
#include "esphome/core/time.h"

namespace esphome::oceanremote {

[[maybe_unused]] static const char *const TAG = "oceanremote";

void describe(datetime::DateEntity & /*entity*/, PropertyWriter & /*properties*/) {}

bool add_state(datetime::DateEntity &entity, const EntityAddress &address, StatesWriter &writer) {
  namespace key = wire::date::state;
  if (!entity.has_state())
    return writer.add_missing(address);
  StateMap state(writer, address);
  state.number(key::YEAR, entity.year);
  state.number(key::MONTH, entity.month);
  state.number(key::DAY, entity.day);
  return state.end();
}

CommandOutcome execute(datetime::DateEntity &entity, const Arguments &arguments) {
  namespace key = wire::date::command;
  uint32_t year, month, day;
  if (!arguments.get(key::YEAR, year) || !arguments.get(key::MONTH, month) || !arguments.get(key::DAY, day))
    return COMMAND_MALFORMED;
  // ESPHome would set year and month without the day.
  if (day > days_in_month(uint8_t(month), uint16_t(year)))
    return {CommandStatus::REFUSED, "no such date"};
  ESP_LOGI(TAG, "Command date '%s' -> %04d-%02d-%02d", entity.get_name().c_str(), int(year), int(month), int(day));
  entity.make_call().set_date(uint16_t(year), uint8_t(month), uint8_t(day)).perform();
  return COMMAND_DONE;
}

}  // namespace esphome::oceanremote

#endif  // USE_DATETIME_DATE
