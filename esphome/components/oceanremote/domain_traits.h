#pragma once
// What the hub sees of each type of entity, and what it may ask of it. Default deny: a type without a specialization
// does not exist for the hub, and one that does not say how to execute a command refuses it.
//
// A specialization exists only in builds that have its type. Whoever asks, asks DomainTraits, which has an answer for
// every type; a name that only the specializations declare is unknown in a build that has none of them.
//
// Domains that only report are implemented in entities_sensors.cpp, the others in entities_controls.cpp and
// entities_light.cpp.

#include "esphome/core/defines.h"
#include "esphome/core/entity_base.h"
#include "esphome/core/entity_includes.h"

#include "esphome/components/oceanremote_core/command_args.h"
#include "esphome/components/oceanremote_core/description.h"
#include "esphome/components/oceanremote_core/states.h"

namespace esphome::oceanremote {

inline constexpr size_t COLOR_MODES_MAX = 10;
/// Of the longest word for a type, and its end.
inline constexpr size_t KIND_SIZE = 24;

/// A descriptor and the texts that its views point to.
struct DescriptorDraft {
  Descriptor descriptor;
  char object_id[OBJECT_ID_MAX_LEN];
  char icon[MAX_ICON_LENGTH];
  char device_class[MAX_DEVICE_CLASS_LENGTH];
  uint8_t color_modes[COLOR_MODES_MAX];
};

/// What became of a command; reason is a static text, empty when done.
struct CommandOutcome {
  CommandStatus status{CommandStatus::REFUSED};
  const char *reason{"unknown entity"};
};

inline constexpr CommandOutcome COMMAND_DONE{CommandStatus::DONE, ""};
inline constexpr CommandOutcome COMMAND_MALFORMED{CommandStatus::REFUSED, "malformed arguments"};

/// A type that the hub does not see.
template<typename T> struct DomainTraits {
  static constexpr uint8_t NUMBER = 0;
  static constexpr bool HAS_STATE = false;
};

/// What a domain on the wire has unless it says otherwise: states, and no command that it takes.
template<Domain D> struct DomainOnWire {
  static constexpr uint8_t NUMBER = uint8_t(D);
  static constexpr bool HAS_STATE = true;
  [[nodiscard]] static CommandOutcome execute(EntityBase & /*entity*/, ByteView /*args*/) { return {}; }
};

// describe() fills in what the domain adds to every entity's properties; add_state() writes the state under its
// address, false when the batch is full.
#ifdef USE_BINARY_SENSOR
template<> struct DomainTraits<binary_sensor::BinarySensor> : DomainOnWire<Domain::BINARY_SENSOR> {
  static void describe(binary_sensor::BinarySensor &entity, DescriptorDraft &draft);
  [[nodiscard]] static bool add_state(binary_sensor::BinarySensor &entity, const EntityAddress &address,
                                      StatesWriter &writer);
};
#endif
#ifdef USE_SENSOR
template<> struct DomainTraits<sensor::Sensor> : DomainOnWire<Domain::SENSOR> {
  static void describe(sensor::Sensor &entity, DescriptorDraft &draft);
  [[nodiscard]] static bool add_state(sensor::Sensor &entity, const EntityAddress &address, StatesWriter &writer);
};
#endif
#ifdef USE_TEXT_SENSOR
template<> struct DomainTraits<text_sensor::TextSensor> : DomainOnWire<Domain::TEXT_SENSOR> {
  static void describe(text_sensor::TextSensor &entity, DescriptorDraft &draft);
  [[nodiscard]] static bool add_state(text_sensor::TextSensor &entity, const EntityAddress &address,
                                      StatesWriter &writer);
};
#endif
#ifdef USE_SWITCH
template<> struct DomainTraits<switch_::Switch> : DomainOnWire<Domain::SWITCH> {
  static void describe(switch_::Switch &entity, DescriptorDraft &draft);
  [[nodiscard]] static bool add_state(switch_::Switch &entity, const EntityAddress &address, StatesWriter &writer);
  [[nodiscard]] static CommandOutcome execute(switch_::Switch &entity, ByteView args);
};
#endif
#ifdef USE_BUTTON
template<> struct DomainTraits<button::Button> : DomainOnWire<Domain::BUTTON> {
  static constexpr bool HAS_STATE = false;
  static void describe(button::Button &entity, DescriptorDraft &draft);
  [[nodiscard]] static CommandOutcome execute(button::Button &entity, ByteView args);
};
#endif
#ifdef USE_NUMBER
template<> struct DomainTraits<number::Number> : DomainOnWire<Domain::NUMBER> {
  static void describe(number::Number &entity, DescriptorDraft &draft);
  [[nodiscard]] static bool add_state(number::Number &entity, const EntityAddress &address, StatesWriter &writer);
  [[nodiscard]] static CommandOutcome execute(number::Number &entity, ByteView args);
};
#endif
#ifdef USE_SELECT
template<> struct DomainTraits<select::Select> : DomainOnWire<Domain::SELECT> {
  static void describe(select::Select &entity, DescriptorDraft &draft);
  [[nodiscard]] static bool add_state(select::Select &entity, const EntityAddress &address, StatesWriter &writer);
  [[nodiscard]] static CommandOutcome execute(select::Select &entity, ByteView args);
};
#endif
#ifdef USE_LIGHT
template<> struct DomainTraits<light::LightState> : DomainOnWire<Domain::LIGHT> {
  static void describe(light::LightState &entity, DescriptorDraft &draft);
  [[nodiscard]] static bool add_state(light::LightState &entity, const EntityAddress &address, StatesWriter &writer);
  [[nodiscard]] static CommandOutcome execute(light::LightState &entity, ByteView args);
};
#endif

inline void describe_device_class(const EntityBase &entity, DescriptorDraft &draft) {
  draft.descriptor.device_class = entity.get_device_class_to(draft.device_class);
}

inline void describe_unit(const EntityBase &entity, DescriptorDraft &draft) {
  const StringRef unit = entity.get_unit_of_measurement_ref();
  draft.descriptor.unit = {unit.c_str(), unit.size()};
}

}  // namespace esphome::oceanremote
