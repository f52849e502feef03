#include "domain_traits.h"

#ifdef USE_SWITCH

#include "esphome/core/log.h"

namespace esphome::oceanremote {

[[maybe_unused]] static const char *const TAG = "oceanremote";

void describe(switch_::Switch &entity, PropertyWriter &properties) {
  properties.flag(wire::switch_::property::ASSUMED_STATE, entity.assumed_state());
}

bool add_state(switch_::Switch &entity, const EntityAddress &address, StatesWriter &writer) {
  return writer.add_bool(address, entity.state);
}

CommandOutcome execute(switch_::Switch &entity, const Arguments &arguments) {
  bool on;
  if (!arguments.get(wire::switch_::command::ON, on))
    return COMMAND_MALFORMED;
  ESP_LOGI(TAG, "Command switch '%s' -> %s", entity.get_name().c_str(), ONOFF(on));
  entity.control(on);
  return COMMAND_DONE;
}

}  // namespace esphome::oceanremote

#endif  // USE_SWITCH
