#pragma once
// The device's entities as the hub sees them: described, reported, commanded. Default deny: an entity that is internal,
// of a domain without an entry here, or not registered (safe mode) does not exist for the hub.
//
// Every entity has a slot: its domain's offset plus its position among the entities of its type. The dirty set has one
// bit per slot and is sized from the counts that code generation knows; a state is read when it is sent, so the latest
// value wins.

#include "esphome/core/defines.h"
#include "esphome/core/entity_includes.h"

#include "command_args.h"
#include "description.h"
#include "states.h"

namespace esphome::oceanremote {

/// The wire's number of an entity type's domain; 0 when the hub does not see that type.
template<typename T> inline constexpr uint8_t DOMAIN_OF = 0;
#ifdef USE_BINARY_SENSOR
template<> inline constexpr uint8_t DOMAIN_OF<binary_sensor::BinarySensor> = uint8_t(Domain::BINARY_SENSOR);
#endif
#ifdef USE_SENSOR
template<> inline constexpr uint8_t DOMAIN_OF<sensor::Sensor> = uint8_t(Domain::SENSOR);
#endif
#ifdef USE_TEXT_SENSOR
template<> inline constexpr uint8_t DOMAIN_OF<text_sensor::TextSensor> = uint8_t(Domain::TEXT_SENSOR);
#endif
#ifdef USE_SWITCH
template<> inline constexpr uint8_t DOMAIN_OF<switch_::Switch> = uint8_t(Domain::SWITCH);
#endif
#ifdef USE_BUTTON
template<> inline constexpr uint8_t DOMAIN_OF<button::Button> = uint8_t(Domain::BUTTON);
#endif
#ifdef USE_NUMBER
template<> inline constexpr uint8_t DOMAIN_OF<number::Number> = uint8_t(Domain::NUMBER);
#endif
#ifdef USE_SELECT
template<> inline constexpr uint8_t DOMAIN_OF<select::Select> = uint8_t(Domain::SELECT);
#endif
#ifdef USE_LIGHT
template<> inline constexpr uint8_t DOMAIN_OF<light::LightState> = uint8_t(Domain::LIGHT);
#endif

// NOLINTBEGIN(bugprone-macro-parentheses)
/// First slot of each entity type; types that the hub does not see take none.
enum SlotOffset : int {
#define ENTITY_TYPE_(type, singular, plural, count, upper) \
  OFFSET_##upper, LAST_##upper = OFFSET_##upper + (DOMAIN_OF<type> != 0 ? (count) : 0) - 1,
#define ENTITY_CONTROLLER_TYPE_(type, singular, plural, count, upper, callback) \
  ENTITY_TYPE_(type, singular, plural, count, upper)
#include "esphome/core/entity_types.h"
#undef ENTITY_TYPE_
#undef ENTITY_CONTROLLER_TYPE_
  SLOT_COUNT
};

template<typename T> inline constexpr size_t OFFSET_OF = 0;
#define ENTITY_TYPE_(type, singular, plural, count, upper) \
  template<> inline constexpr size_t OFFSET_OF<type> = size_t(OFFSET_##upper);
#define ENTITY_CONTROLLER_TYPE_(type, singular, plural, count, upper, callback) \
  ENTITY_TYPE_(type, singular, plural, count, upper)
#include "esphome/core/entity_types.h"
#undef ENTITY_TYPE_
#undef ENTITY_CONTROLLER_TYPE_
// NOLINTEND(bugprone-macro-parentheses)

/// What became of a command; reason is a static text, empty when done.
struct CommandOutcome {
  CommandStatus status{CommandStatus::REFUSED};
  const char *reason{"unknown entity"};
};

inline constexpr CommandOutcome COMMAND_DONE{CommandStatus::DONE, ""};
inline constexpr CommandOutcome COMMAND_MALFORMED{CommandStatus::REFUSED, "malformed arguments"};

class Entities {
 public:
  /// Hashes the description as `next_chunk` gives it with the same capacity. False when it exceeds the protocol's
  /// limits.
  [[nodiscard]] bool digest(uint8_t *buffer, size_t capacity, uint8_t hash[HASH_SIZE], uint8_t &chunks);

  /// Starts the walk that next_chunk makes.
  void begin_description() { this->described_ = 0; }
  /// Writes one chunk of as many descriptors as fit; the first chunk of an empty description is an empty array.
  [[nodiscard]] ByteView next_chunk(uint8_t *buffer, size_t capacity);
  [[nodiscard]] bool description_finished() const { return this->described_ >= SLOT_COUNT; }

  // Each mark() notes that an entity has a new state; those of domains that the hub does not see do nothing.
  // NOLINTBEGIN(bugprone-macro-parentheses)
#define ENTITY_TYPE_(type, singular, plural, count, upper)
#define ENTITY_CONTROLLER_TYPE_(type, singular, plural, count, upper, callback) void mark(const type *entity);
#include "esphome/core/entity_types.h"
#undef ENTITY_TYPE_
#undef ENTITY_CONTROLLER_TYPE_
  // NOLINTEND(bugprone-macro-parentheses)
  /// Notes every entity that has states, for a hub that has just said welcome.
  void mark_all();
  [[nodiscard]] bool any_dirty() const { return this->dirty_count_ != 0; }
  /// Writes one STATES message of what fits and takes it out of the dirty set; 0 when nothing is dirty.
  [[nodiscard]] size_t write_states(uint8_t *out, size_t capacity);

  /// Logs one line for each kind of entity that this build has and the hub does not see.
  static void dump_left_out();

  /// Obeys a command that is proved and in time, or says why not.
  [[nodiscard]] static CommandOutcome execute(const Command &command);

 protected:
  enum class Added : uint8_t { WRITTEN, SKIPPED, FULL };

  [[nodiscard]] static Added add_descriptor_(ChunkWriter &writer, size_t slot);
  [[nodiscard]] static Added add_state_(StatesWriter &writer, size_t slot);
  void mark_slot_(size_t slot);
  void clear_slot_(size_t slot);
  [[nodiscard]] bool is_dirty_(size_t slot) const { return (this->dirty_[slot / 8] & (1U << (slot % 8))) != 0; }

  uint8_t dirty_[(SLOT_COUNT + 7) / 8 + 1]{};
  uint16_t dirty_count_{0};
  uint16_t next_slot_{0};  ///< where the next batch starts, so that a busy entity starves none
  int described_{0};
};

}  // namespace esphome::oceanremote
