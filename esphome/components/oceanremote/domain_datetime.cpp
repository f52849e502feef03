// Points in time. ESPHome keeps them in the device's own time zone, which is UTC where it has none.

#include "domain_traits.h"

#ifdef USE_DATETIME_DATETIME

#include "esphome/core/log.h"
#include "esphome/core/time.h"

namespace esphome::oceanremote {

[[maybe_unused]] static const char *const TAG = "oceanremote";

/// The first year that ESPHome takes; behind UTC, 1970 begins in 1969.
static constexpr uint16_t FIRST_YEAR = 1970;

void describe(datetime::DateTimeEntity & /*entity*/, PropertyWriter & /*properties*/) {}

bool add_state(datetime::DateTimeEntity &entity, const EntityAddress &address, StatesWriter &writer) {
  if (!entity.has_state())
    return writer.add_missing(address);
  const int64_t seconds = entity.state_as_esptime().timestamp;
  return seconds < 0 || seconds > UINT32_MAX ? writer.add_missing(address)
                                             : writer.add_number(address, uint32_t(seconds));
}

CommandOutcome execute(datetime::DateTimeEntity &entity, const Arguments &arguments) {
  uint32_t seconds;
  if (!arguments.get(wire::datetime::command::SECONDS, seconds))
    return COMMAND_MALFORMED;
  const time_t epoch = static_cast<time_t>(seconds);
  const ESPTime local = ESPTime::from_epoch_local(epoch);
  // Some boards count seconds in 31 bits.
  if (epoch < 0 || local.year < FIRST_YEAR)
    return {CommandStatus::REFUSED, "no such time on this device"};
  ESP_LOGI(TAG, "Command datetime '%s' -> %04d-%02d-%02d %02d:%02d:%02d", entity.get_name().c_str(), local.year,
           local.month, local.day_of_month, local.hour, local.minute, local.second);
  entity.make_call().set_datetime(local).perform();
  return COMMAND_DONE;
}

}  // namespace esphome::oceanremote

#endif  // USE_DATETIME_DATETIME
