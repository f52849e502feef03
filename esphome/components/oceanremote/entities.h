#pragma once
// The device's entities as the hub sees them: described, reported, commanded. Default deny: an entity that is internal
// or not registered (safe mode) does not exist for the hub, and of one that no domain carries it learns only the name.
//
// Every entity has a slot: its domain's offset plus its position among the entities of its type. The queue has two
// bits per slot and is sized from the counts that code generation knows; a state is read when it is sent, so the latest
// value wins.

#include "domain_traits.h"
#ifdef USE_OCEANREMOTE_ACTIONS
#include "user_action.h"
#endif
#include "esphome/components/oceanremote_core/event_queue.h"
#include "esphome/components/oceanremote_core/state_queue.h"

namespace esphome::oceanremote {

// NOLINTBEGIN(bugprone-macro-parentheses)
/// First slot of each entity type; types that the hub does not see take none.
enum SlotOffset : int {
#define ENTITY_TYPE_(type, singular, plural, count, upper) \
  OFFSET_##upper, LAST_##upper = OFFSET_##upper + (DomainTraits<type>::NUMBER != 0 ? (count) : 0) - 1,
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

/// How many events wait at most.
inline constexpr size_t EVENTS_MAX = 16;

class Entities {
 public:
  /// Starts to hash and measure the description.
  void begin_digest();
  /// Goes on with one part, through the buffer, for all of them take longer than a pass of loop() may; false when there
  /// is none left.
  [[nodiscard]] bool digest_part(uint8_t *buffer, size_t capacity);
  /// False when the description exceeds the protocol's limits.
  [[nodiscard]] bool finish_digest(uint8_t hash[HASH_SIZE], uint32_t &size);

  /// Starts the walk that next_part makes.
  void begin_description();
  /// Writes as much of the description as fits; empty when it has come to its end.
  [[nodiscard]] ByteView next_part(uint8_t *buffer, size_t capacity);

  // Each mark() notes that an entity has a new state, or that an event has happened, now in milliseconds; those of
  // domains that the hub does not see do nothing.
  // NOLINTBEGIN(bugprone-macro-parentheses)
#define ENTITY_TYPE_(type, singular, plural, count, upper)
#define ENTITY_CONTROLLER_TYPE_(type, singular, plural, count, upper, callback) \
  void mark(const type *entity, uint64_t now);
#include "esphome/core/entity_types.h"
#undef ENTITY_TYPE_
#undef ENTITY_CONTROLLER_TYPE_
  // NOLINTEND(bugprone-macro-parentheses)
  /// Notes every entity that has states, for a hub that has just said welcome.
  void mark_all();
  /// True once all that mark_all noted is written, however much has changed again since.
  [[nodiscard]] bool all_told() const { return this->queue_.empty() || this->untold_slots_ == 0; }
  /// What waits for the end of the batch window waits no longer.
  void release_states() { this->queue_.release_all(); }
  /// Within it, a further change of an entity waits for its end; in milliseconds.
  void set_batch_window(uint32_t window) { this->queue_.set_window(window); }
  [[nodiscard]] uint32_t batch_window() const { return this->queue_.window(); }
  /// Whether a state need not wait for the end of the batch window; now in milliseconds.
  [[nodiscard]] bool any_due(uint64_t now);
  /// Writes one STATES message of what is due and fits, and takes it out of the queue; 0 when nothing is due.
  [[nodiscard]] size_t write_states(uint8_t *out, size_t capacity);
  /// Writes one EVENT message; 0 when none waits. States that were marked before an event go before it, if they are
  /// written first.
  [[nodiscard]] size_t write_event(uint8_t *out, size_t capacity, uint64_t now);
  /// How many events found too many waiting, or waited too long.
  [[nodiscard]] uint32_t lost_events() const;
  /// How many states have lost their end, or all, because a message was too small.
  [[nodiscard]] uint32_t shortened() const { return this->shortened_; }

#ifdef USE_OCEANREMOTE_ACTIONS
  /// Describes a user action behind the entities.
  void add_action(UserAction *action);
  [[nodiscard]] UserAction *actions() const { return this->actions_; }
#endif
  /// Obeys a command that is proved and in time, or says why not. What it causes goes out at once.
  [[nodiscard]] CommandOutcome execute(const Command &command);

 protected:
  enum class Added : uint8_t { WRITTEN, SKIPPED, FULL };

  [[nodiscard]] static size_t count_sub_devices_();
  /// False when the part is full before its end.
  [[nodiscard]] bool add_sub_device_(size_t index);
  /// False when the part is full before the descriptor's end.
  [[nodiscard]] bool add_descriptor_(size_t slot);
  /// Likewise for one of those that no domain carries.
  [[nodiscard]] bool add_left_out_(size_t index);
  /// Likewise for the camera, which is in no table of entities.
  [[nodiscard]] bool add_camera_();
  [[nodiscard]] static size_t count_cameras_();
  /// Likewise for one of the user's actions, of which there may be none.
  [[nodiscard]] bool add_action_(size_t index);
  [[nodiscard]] size_t count_actions_() const;
  using Describe = void (*)(void *context, PropertyWriter &properties);
  /// Describes an entity of a domain by its number, 0 for what no domain carries.
  [[nodiscard]] bool add_(const EntityBase &entity, uint8_t number, Describe describe, void *context);
  [[nodiscard]] Added add_state_(StatesWriter &writer, size_t slot);
  template<typename T> void note_(size_t slot, const T &entity, uint64_t now);
#ifdef USE_EVENT
  void note_event_(size_t slot, const event::Event &entity, uint64_t now);
#endif
  /// Counts a state that no message holds whole, and says so of the first.
  void shorten_(const EntityBase &entity);

  StateQueue<SLOT_COUNT> queue_;
#ifdef USE_EVENT
  EventQueue<EVENTS_MAX> events_;
#endif
  uint16_t next_slot_{0};     ///< where the next batch starts, so that a busy entity starves none
  uint16_t untold_slots_{0};  ///< from there on, how many have not had their turn since mark_all
  DescriptionWriter description_;
  DescriptionDigest digest_;
  uint32_t shortened_{0};
#ifdef USE_OCEANREMOTE_ACTIONS
  UserAction *actions_{nullptr};
#endif
  size_t described_{0};  ///< what comes next: of the sub-devices, the slots, those left out, the actions
};

}  // namespace esphome::oceanremote
