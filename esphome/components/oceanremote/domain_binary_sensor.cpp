#include "domain_traits.h"

#ifdef USE_BINARY_SENSOR

namespace esphome::oceanremote {

void describe(binary_sensor::BinarySensor & /*entity*/, PropertyWriter & /*properties*/) {}

bool add_state(binary_sensor::BinarySensor &entity, const EntityAddress &address, StatesWriter &writer) {
  return entity.has_state() ? writer.add_bool(address, entity.state) : writer.add_missing(address);
}

}  // namespace esphome::oceanremote

#endif  // USE_BINARY_SENSOR
