// Domains that only report: binary sensors, sensors, text sensors.

#include "domain_traits.h"

namespace esphome::oceanremote {

#ifdef USE_BINARY_SENSOR
void DomainTraits<binary_sensor::BinarySensor>::describe(binary_sensor::BinarySensor &entity, DescriptorDraft &draft) {
  describe_device_class(entity, draft);
}

bool DomainTraits<binary_sensor::BinarySensor>::add_state(binary_sensor::BinarySensor &entity,
                                                          const EntityAddress &address, StatesWriter &writer) {
  return entity.has_state() ? writer.add_bool(address, entity.state) : writer.add_missing(address);
}
#endif

#ifdef USE_SENSOR
void DomainTraits<sensor::Sensor>::describe(sensor::Sensor &entity, DescriptorDraft &draft) {
  describe_device_class(entity, draft);
  describe_unit(entity, draft);
  draft.descriptor.state_class = entity.get_state_class();
  draft.descriptor.has_accuracy = entity.has_accuracy_decimals();
  draft.descriptor.accuracy_decimals = entity.get_accuracy_decimals();
  draft.descriptor.force_update = entity.get_force_update();
}

bool DomainTraits<sensor::Sensor>::add_state(sensor::Sensor &entity, const EntityAddress &address,
                                             StatesWriter &writer) {
  return entity.has_state() ? writer.add_float(address, entity.state) : writer.add_missing(address);
}
#endif

#ifdef USE_TEXT_SENSOR
void DomainTraits<text_sensor::TextSensor>::describe(text_sensor::TextSensor &entity, DescriptorDraft &draft) {
  describe_device_class(entity, draft);
}

bool DomainTraits<text_sensor::TextSensor>::add_state(text_sensor::TextSensor &entity, const EntityAddress &address,
                                                      StatesWriter &writer) {
  return entity.has_state() ? writer.add_text(address, entity.state) : writer.add_missing(address);
}
#endif

}  // namespace esphome::oceanremote
