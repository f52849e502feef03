#pragma once
// What each domain has to say for itself: one overload of each function per entity type. Read-only domains are in
// entities_sensors.cpp, those that can be commanded in entities_controls.cpp and entities_light.cpp.

#include "esphome/core/entity_base.h"

#include "entities.h"

namespace esphome::oceanremote {

inline constexpr size_t COLOR_MODES_MAX = 10;

/// A descriptor and the texts that its views point to.
struct DescriptorDraft {
  Descriptor descriptor;
  char object_id[OBJECT_ID_MAX_LEN];
  char icon[MAX_ICON_LENGTH];
  char device_class[MAX_DEVICE_CLASS_LENGTH];
  uint8_t color_modes[COLOR_MODES_MAX];
};

/// The state under its address; false when the batch is full.
#ifdef USE_BINARY_SENSOR
void describe(binary_sensor::BinarySensor &entity, DescriptorDraft &draft);
[[nodiscard]] bool add_state(binary_sensor::BinarySensor &entity, const EntityAddress &address, StatesWriter &writer);
#endif
#ifdef USE_SENSOR
void describe(sensor::Sensor &entity, DescriptorDraft &draft);
[[nodiscard]] bool add_state(sensor::Sensor &entity, const EntityAddress &address, StatesWriter &writer);
#endif
#ifdef USE_TEXT_SENSOR
void describe(text_sensor::TextSensor &entity, DescriptorDraft &draft);
[[nodiscard]] bool add_state(text_sensor::TextSensor &entity, const EntityAddress &address, StatesWriter &writer);
#endif
#ifdef USE_SWITCH
void describe(switch_::Switch &entity, DescriptorDraft &draft);
[[nodiscard]] bool add_state(switch_::Switch &entity, const EntityAddress &address, StatesWriter &writer);
[[nodiscard]] CommandOutcome execute(switch_::Switch &entity, ByteView args);
#endif
#ifdef USE_BUTTON
void describe(button::Button &entity, DescriptorDraft &draft);
[[nodiscard]] CommandOutcome execute(button::Button &entity, ByteView args);
#endif
#ifdef USE_NUMBER
void describe(number::Number &entity, DescriptorDraft &draft);
[[nodiscard]] bool add_state(number::Number &entity, const EntityAddress &address, StatesWriter &writer);
[[nodiscard]] CommandOutcome execute(number::Number &entity, ByteView args);
#endif
#ifdef USE_SELECT
void describe(select::Select &entity, DescriptorDraft &draft);
[[nodiscard]] bool add_state(select::Select &entity, const EntityAddress &address, StatesWriter &writer);
[[nodiscard]] CommandOutcome execute(select::Select &entity, ByteView args);
#endif
#ifdef USE_LIGHT
void describe(light::LightState &entity, DescriptorDraft &draft);
[[nodiscard]] bool add_state(light::LightState &entity, const EntityAddress &address, StatesWriter &writer);
[[nodiscard]] CommandOutcome execute(light::LightState &entity, ByteView args);
#endif

inline void describe_device_class(const EntityBase &entity, DescriptorDraft &draft) {
  draft.descriptor.device_class = entity.get_device_class_to(draft.device_class);
}

inline void describe_unit(const EntityBase &entity, DescriptorDraft &draft) {
  const StringRef unit = entity.get_unit_of_measurement_ref();
  draft.descriptor.unit = {unit.c_str(), unit.size()};
}

}  // namespace esphome::oceanremote
