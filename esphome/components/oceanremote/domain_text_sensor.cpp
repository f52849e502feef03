#include "domain_traits.h"

#ifdef USE_TEXT_SENSOR

namespace esphome::oceanremote {

void describe(text_sensor::TextSensor & /*entity*/, PropertyWriter & /*properties*/) {}

bool add_state(text_sensor::TextSensor &entity, const EntityAddress &address, StatesWriter &writer) {
  return entity.has_state() ? writer.add_text(address, entity.state) : writer.add_missing(address);
}

}  // namespace esphome::oceanremote

#endif  // USE_TEXT_SENSOR
