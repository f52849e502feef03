#include "entities.h"

#include <cinttypes>
#include <cstdio>

#include "esphome/core/application.h"
#include "esphome/core/log.h"
#include "esphome/core/progmem.h"

#include "esphome/components/oceanremote_core/object_id.h"

#include "left_out.h"

namespace esphome::oceanremote {

static const char *const TAG = "oceanremote";

template<typename T> static EntityAddress address_of(const T &entity) {
  return {DomainTraits<T>::NUMBER, 0, entity.get_object_id_hash()};
}

// NOLINTBEGIN(bugprone-macro-parentheses)
/// Calls visit(T &) for the entity in a slot; does nothing when the slot is unused.
template<typename F> static void with_entity([[maybe_unused]] size_t slot, [[maybe_unused]] F &&visit) {
#define ENTITY_TYPE_(type, singular, plural, count, upper) \
  if constexpr (DomainTraits<type>::NUMBER != 0) { \
    const auto &entities = App.get_##plural(); \
    if (slot >= OFFSET_OF<type> && slot - OFFSET_OF<type> < entities.size()) { \
      visit(*entities[slot - OFFSET_OF<type>]); \
      return; \
    } \
  }
#define ENTITY_CONTROLLER_TYPE_(type, singular, plural, count, upper, callback) \
  ENTITY_TYPE_(type, singular, plural, count, upper)
#include "esphome/core/entity_types.h"
#undef ENTITY_TYPE_
#undef ENTITY_CONTROLLER_TYPE_
}
// NOLINTEND(bugprone-macro-parentheses)

/// Names an entity. One without a name of its own is the device's main one: the hub shows it under the device's name,
/// and nothing that a person may change later, as what ESPHome derives an object id from, tells it from others.
static void describe_name(const EntityBase &entity, DescriptorDraft &draft) {
  Descriptor &descriptor = draft.descriptor;
  if (entity.has_own_name()) {
    const StringRef &name = entity.get_name();
    descriptor.name = {name.c_str(), name.size()};
    descriptor.object_id = {draft.object_id,
                            write_object_id(descriptor.name, draft.object_id, sizeof(draft.object_id))};
    return;
  }
#ifdef USE_DEVICES
  if (entity.get_device() == nullptr)
    return;
  // The main one of a sub-device is shown on the device itself, under the sub-device's name. What stays is the id that
  // the YAML gives to the sub-device.
  const int length =
      snprintf(draft.object_id, sizeof(draft.object_id), "device_%08" PRIx32, entity.get_device()->get_device_id());
  descriptor.object_id = {draft.object_id, size_t(length)};
  descriptor.name = {entity.get_name().c_str(), entity.get_name().size()};
#endif
}

static void describe_base(const EntityBase &entity, DescriptorDraft &draft) {
  Descriptor &descriptor = draft.descriptor;
  describe_name(entity, draft);
  descriptor.entity_category = entity.get_entity_category();
  descriptor.icon = entity.get_icon_to(draft.icon);
  descriptor.disabled_by_default = entity.is_disabled_by_default();
}

bool Entities::add_descriptor_(size_t slot) {
  bool complete = true;
  with_entity(slot, [&]<typename T>(T &entity) {
    if (entity.is_internal())
      return;
    DescriptorDraft draft;
    draft.descriptor.address = address_of(entity);
    describe_base(entity, draft);
    DomainTraits<T>::describe(entity, draft);
    complete = this->description_.add(draft.descriptor);
  });
  return complete;
}

bool Entities::add_left_out_(size_t index) {
  bool complete = true;
  for_each_left_out([&](const LogString *kind, const EntityBase &entity) {
    if (index-- != 0)
      return;
    DescriptorDraft draft;
    draft.descriptor.address.key = entity.get_object_id_hash();
    describe_base(entity, draft);
    char word[KIND_SIZE];
    ESPHOME_strncpy_P(word, LOG_STR_ARG(kind), sizeof(word) - 1);
    word[sizeof(word) - 1] = '\0';
    draft.descriptor.kind = word;
    complete = this->description_.add(draft.descriptor);
  });
  return complete;
}

void Entities::begin_description() {
  this->described_ = 0;
  this->description_.begin();
}

ByteView Entities::next_part(uint8_t *buffer, size_t capacity) {
  this->description_.begin_part(buffer, capacity);
  const size_t end = SLOT_COUNT + count_left_out();
  while (this->described_ < end) {
    const bool complete = this->described_ < SLOT_COUNT ? this->add_descriptor_(this->described_)
                                                        : this->add_left_out_(this->described_ - SLOT_COUNT);
    if (!complete)
      break;
    this->described_++;
  }
  return this->description_.part();
}

bool Entities::digest(uint8_t *buffer, size_t capacity, uint8_t hash[HASH_SIZE], uint32_t &size) {
  DescriptionDigest digest;
  this->begin_description();
  ByteView part;
  while ((part = this->next_part(buffer, capacity)).size != 0)
    digest.add(part);
  return digest.finish(this->description_, hash, size);
}

// NOLINTBEGIN(bugprone-macro-parentheses)
#define ENTITY_TYPE_(type, singular, plural, count, upper)
#define ENTITY_CONTROLLER_TYPE_(type, singular, plural, count, upper, callback) \
  void Entities::mark(const type *entity) { \
    if constexpr (DomainTraits<type>::NUMBER != 0) { \
      if (entity->is_internal()) \
        return; \
      const auto &entities = App.get_##plural(); \
      for (size_t i = 0; i < entities.size(); i++) { \
        if (entities[i] == entity) { \
          this->queue_.mark(OFFSET_OF<type> + i); \
          return; \
        } \
      } \
    } \
  }
#include "esphome/core/entity_types.h"
#undef ENTITY_TYPE_
#undef ENTITY_CONTROLLER_TYPE_
// NOLINTEND(bugprone-macro-parentheses)

void Entities::mark_all() {
  this->untold_slots_ = SLOT_COUNT;
  for (size_t slot = 0; slot < SLOT_COUNT; slot++) {
    with_entity(slot, [&]<typename T>(T &entity) {
      if (!entity.is_internal() && DomainTraits<T>::HAS_STATE) {
        this->queue_.release(slot);
        this->queue_.mark(slot);
      }
    });
  }
}

Entities::Added Entities::add_state_(StatesWriter &writer, size_t slot) {
  Added added = Added::SKIPPED;
  with_entity(slot, [&]<typename T>(T &entity) {
    if constexpr (DomainTraits<T>::HAS_STATE)
      added = DomainTraits<T>::add_state(entity, address_of(entity), writer) ? Added::WRITTEN : Added::FULL;
  });
  return added;
}

bool Entities::any_due(uint64_t now) {
  this->queue_.handle_timer(now);
  return this->queue_.any_due();
}

size_t Entities::write_states(uint8_t *out, size_t capacity) {
  StatesWriter writer(out, capacity);
  for (size_t seen = 0; seen < SLOT_COUNT && this->queue_.any_due(); seen++) {
    const size_t slot = this->next_slot_;
    if (this->queue_.is_due(slot)) {
      const Added added = add_state_(writer, slot);
      if (added == Added::FULL && writer.count() != 0)
        break;
      this->queue_.take(slot);
    }
    this->next_slot_ = slot + 1 < SLOT_COUNT ? slot + 1 : 0;
    if (this->untold_slots_ != 0)
      this->untold_slots_--;
  }
  return writer.finish();
}

CommandOutcome Entities::execute(const Command &command) {
  CommandOutcome outcome{};
  if (command.address.sub != 0)
    return outcome;
  for (size_t slot = 0; slot < SLOT_COUNT; slot++) {
    with_entity(slot, [&]<typename T>(T &entity) {
      if (DomainTraits<T>::NUMBER == command.address.domain && entity.get_object_id_hash() == command.address.key &&
          !entity.is_internal()) {
        this->queue_.release(slot);
        outcome = DomainTraits<T>::execute(entity, command.args);
      }
    });
  }
  return outcome;
}

}  // namespace esphome::oceanremote
