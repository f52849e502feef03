#include "domain_traits.h"

#ifdef USE_SENSOR

namespace esphome::oceanremote {

void describe(sensor::Sensor &entity, PropertyWriter &properties) {
  namespace key = wire::sensor::property;
  properties.choice(key::STATE_CLASS, entity.get_state_class());
  if (entity.has_accuracy_decimals())
    properties.integer(key::ACCURACY_DECIMALS, entity.get_accuracy_decimals());
  properties.flag(key::FORCE_UPDATE, entity.get_force_update());
}

bool add_state(sensor::Sensor &entity, const EntityAddress &address, StatesWriter &writer) {
  return entity.has_state() ? writer.add_float(address, entity.state) : writer.add_missing(address);
}

}  // namespace esphome::oceanremote

#endif  // USE_SENSOR
