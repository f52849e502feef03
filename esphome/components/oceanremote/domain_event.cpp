#include "domain_traits.h"

#ifdef USE_EVENT

namespace esphome::oceanremote {

static std::string_view type_at(const void *context, size_t index) {
  return static_cast<const event::Event *>(context)->get_event_types()[index];
}

void describe(event::Event &entity, PropertyWriter &properties) {
  properties.texts(wire::event::property::EVENT_TYPES, {entity.get_event_types().size(), type_at, &entity});
}

}  // namespace esphome::oceanremote

#endif  // USE_EVENT
