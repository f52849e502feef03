#pragma once
// What this build has and the hub does not see: entities of a type that no domain has. Internal entities are
// nobody's business and are not among them.

#include "esphome/core/application.h"
#include "esphome/core/log.h"

#include "domain_traits.h"

namespace esphome::oceanremote {

// NOLINTBEGIN(bugprone-macro-parentheses)
/// Calls visit(kind, entity) for each; kind is the domain as the YAML has it, a LogString.
template<typename F> void for_each_left_out([[maybe_unused]] F &&visit) {
#define ENTITY_TYPE_(type, singular, plural, count, upper) \
  if constexpr (DomainTraits<type>::NUMBER == 0) { \
    for (const EntityBase *entity : App.get_##plural()) { \
      if (!entity->is_internal()) \
        visit(LOG_STR(#singular), *entity); \
    } \
  }
#define ENTITY_CONTROLLER_TYPE_(type, singular, plural, count, upper, callback) \
  ENTITY_TYPE_(type, singular, plural, count, upper)
#include "esphome/core/entity_types.h"
#undef ENTITY_TYPE_
#undef ENTITY_CONTROLLER_TYPE_
}
// NOLINTEND(bugprone-macro-parentheses)

inline size_t count_left_out() {
  size_t count = 0;
  for_each_left_out([&count](const LogString * /*kind*/, const EntityBase & /*entity*/) { count++; });
  return count;
}

}  // namespace esphome::oceanremote
