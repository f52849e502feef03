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

/// Of the longest word for a type, and its end.
static constexpr size_t KIND_SIZE = 24;

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
static void describe_name(const EntityBase &entity, char (&object_id)[OBJECT_ID_MAX_LEN], DescriptorHead &head) {
  if (entity.has_own_name()) {
    const StringRef &name = entity.get_name();
    head.name = {name.c_str(), name.size()};
    head.object_id = {object_id, write_object_id(head.name, object_id, sizeof(object_id))};
    return;
  }
#ifdef USE_DEVICES
  if (entity.get_device() == nullptr)
    return;
  // The main one of a sub-device is shown on the device itself, under the sub-device's name. What stays is the id that
  // the YAML gives to the sub-device.
  const int length = snprintf(object_id, sizeof(object_id), "device_%08" PRIx32, entity.get_device()->get_device_id());
  head.object_id = {object_id, size_t(length)};
  head.name = {entity.get_name().c_str(), entity.get_name().size()};
#endif
}

// What ESPHome keeps for every entity; its domain may have no use for some of it.
static void describe_icon(const EntityBase &entity, PropertyWriter &properties) {
  char icon[MAX_ICON_LENGTH];
  properties.choice(wire::property::ENTITY_CATEGORY, entity.get_entity_category());
  properties.text(wire::property::ICON, entity.get_icon_to(icon));
}

static void describe_class(const EntityBase &entity, PropertyWriter &properties) {
  char device_class[MAX_DEVICE_CLASS_LENGTH];
  const StringRef unit = entity.get_unit_of_measurement_ref();
  properties.text(wire::property::DEVICE_CLASS, entity.get_device_class_to(device_class));
  properties.text(wire::property::UNIT, {unit.c_str(), unit.size()});
}

struct Kind {
  const LogString *word;
};

static void describe_kind(void *context, PropertyWriter &properties) {
  char word[KIND_SIZE];
  ESPHOME_strncpy_P(word, LOG_STR_ARG(static_cast<const Kind *>(context)->word), sizeof(word) - 1);
  word[sizeof(word) - 1] = '\0';
  properties.text(wire::property::KIND, word);
}

bool Entities::add_(const EntityBase &entity, uint8_t number, Describe describe, void *context) {
  char object_id[OBJECT_ID_MAX_LEN];
  DescriptorHead head;
  head.address = {number, 0, entity.get_object_id_hash()};
  head.disabled_by_default = entity.is_disabled_by_default();
  describe_name(entity, object_id, head);
  return this->description_.add(head, [&](PropertyWriter &properties) {
    describe_icon(entity, properties);
    if (number != 0)
      describe_class(entity, properties);
    describe(context, properties);
  });
}

bool Entities::add_descriptor_(size_t slot) {
  bool complete = true;
  with_entity(slot, [&]<typename T>(T &entity) {
    if (!entity.is_internal())
      complete = this->add_(
          entity, DomainTraits<T>::NUMBER,
          [](void *context, PropertyWriter &properties) { describe(*static_cast<T *>(context), properties); }, &entity);
  });
  return complete;
}

bool Entities::add_left_out_(size_t index) {
  bool complete = true;
  for_each_left_out([&](const LogString *kind, const EntityBase &entity) {
    if (index-- != 0)
      return;
    Kind left_out{kind};
    complete = this->add_(entity, 0, describe_kind, &left_out);
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

void Entities::begin_digest() {
  this->digest_.start();
  this->begin_description();
}

bool Entities::digest_part(uint8_t *buffer, size_t capacity) {
  const ByteView part = this->next_part(buffer, capacity);
  this->digest_.add(part);
  return part.size != 0;
}

bool Entities::finish_digest(uint8_t hash[HASH_SIZE], uint32_t &size) {
  return this->digest_.finish(this->description_, hash, size);
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
  const EntityBase *told = nullptr;
  with_entity(slot, [&]<typename T>(T &entity) {
    if constexpr (DomainTraits<T>::HAS_STATE) {
      told = &entity;
      added = add_state(entity, {DomainTraits<T>::NUMBER, 0, entity.get_object_id_hash()}, writer) ? Added::WRITTEN
                                                                                                   : Added::FULL;
    }
  });
  // The first state of a message has all of it.
  if (told != nullptr && (added == Added::WRITTEN ? writer.cut() : writer.count() == 0))
    this->shorten_(*told);
  return added;
}

void Entities::shorten_([[maybe_unused]] const EntityBase &entity) {
  if (this->shortened_ == 0) {
    ESP_LOGW(TAG, "The state of '%s' is too long for a message and is cut", entity.get_name().c_str());
  }
  if (this->shortened_ != UINT32_MAX)
    this->shortened_++;
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
        if constexpr (DomainTraits<T>::TAKES_COMMANDS)
          outcome = oceanremote::execute(entity, Arguments(command.args));
      }
    });
  }
  return outcome;
}

}  // namespace esphome::oceanremote
