#pragma once
// What the hub sees of each type of entity, and what it may ask of it. Default deny: a type whose name is not among the
// domains of wire_domains.h does not exist for the hub, and one that takes no commands there refuses all.
//
// A domain is one file, domain_<name>.cpp, which defines the functions that are declared here for every type that the
// build has: describe(), where it has states add_state(), and where it takes commands execute().

#include "esphome/core/defines.h"
#include "esphome/core/entity_base.h"
#include "esphome/core/entity_includes.h"

#include "esphome/components/oceanremote_core/arguments.h"
#include "esphome/components/oceanremote_core/description.h"
#include "esphome/components/oceanremote_core/states.h"
#include "esphome/components/oceanremote_core/wire_domains.h"

namespace esphome::oceanremote {

/// What became of a command; reason is a static text, empty when done.
struct CommandOutcome {
  CommandStatus status{CommandStatus::REFUSED};
  const char *reason{"unknown entity"};
  bool is_pending{false};  ///< it answers later, by itself
};

inline constexpr CommandOutcome COMMAND_DONE{CommandStatus::DONE, ""};
inline constexpr CommandOutcome COMMAND_MALFORMED{CommandStatus::REFUSED, "malformed arguments"};

// The names, for a build that has no type of entity at all. Whoever calls one of these has not asked DomainTraits.
template<typename T> void describe(T &entity, PropertyWriter &properties) = delete;
template<typename T> bool add_state(T &entity, const EntityAddress &address, StatesWriter &writer) = delete;
template<typename T> CommandOutcome execute(T &entity, const Arguments &arguments) = delete;

// NOLINTBEGIN(bugprone-macro-parentheses)
// The number of the domain that has ESPHome's name for a type: where there is none, the second function is left.
#define ENTITY_TYPE_(type, singular, plural, count, upper) \
  /** Shows the properties that the domain adds to every entity's, in ascending order of their keys. */ \
  void describe(type &entity, PropertyWriter &properties); \
  /** Adds the state under its address; false when the batch is full. */ \
  [[nodiscard]] bool add_state(type &entity, const EntityAddress &address, StatesWriter &writer); \
  /** Obeys, and logs that with the entity's name; what is refused is logged by the caller. */ \
  [[nodiscard]] CommandOutcome execute(type &entity, const Arguments &arguments); \
  template<typename D> \
  constexpr auto number_on_wire(const type * /*of*/, int /*first*/) -> decltype(uint8_t(D::upper)) { \
    return uint8_t(D::upper); \
  } \
  template<typename D> constexpr uint8_t number_on_wire(const type * /*of*/, long /*second*/) { return 0; }
#define ENTITY_CONTROLLER_TYPE_(type, singular, plural, count, upper, callback) \
  ENTITY_TYPE_(type, singular, plural, count, upper)
#include "esphome/core/entity_types.h"
#undef ENTITY_TYPE_
#undef ENTITY_CONTROLLER_TYPE_
// NOLINTEND(bugprone-macro-parentheses)

/// Of a type of this build.
template<typename T> struct DomainTraits {
  /// 0: the hub does not see it.
  static constexpr uint8_t NUMBER = number_on_wire<wire::Domain>(static_cast<const T *>(nullptr), 0);
  static constexpr bool HAS_STATE = wire::has_state(NUMBER);
  static constexpr bool TAKES_COMMANDS = wire::takes_commands(NUMBER);
};

}  // namespace esphome::oceanremote
