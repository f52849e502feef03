#include "entities.h"

#include <cinttypes>
#include <cstdio>
#include <type_traits>

#include "esphome/core/application.h"
#include "esphome/core/log.h"
#include "esphome/core/progmem.h"

#include "esphome/components/oceanremote_core/object_id.h"

#include "left_out.h"
#include "pictures.h"

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

/// Names an entity. One without a name of its own is its (sub-)device's main one: the hub shows it under that's name,
/// and nothing that a person may change later, as what ESPHome derives an object id from, tells it from others.
static void describe_name(const EntityBase &entity, char (&object_id)[OBJECT_ID_MAX_LEN], DescriptorHead &head) {
  if (!entity.has_own_name())
    return;
  const StringRef &name = entity.get_name();
  head.name = {name.c_str(), name.size()};
  head.object_id = {object_id, write_object_id(head.name, object_id, sizeof(object_id))};
}

/// Where the hub finds an entity: on the device itself, or on one of its sub-devices.
static EntityAddress address_of(const EntityBase &entity, uint8_t domain) {
#ifdef USE_DEVICES
  return {domain, entity.get_device_id(), entity.get_object_id_hash()};
#else
  return {domain, 0, entity.get_object_id_hash()};
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
  head.address = address_of(entity, number);
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

#ifdef USE_DEVICES
static std::string_view area_name([[maybe_unused]] uint32_t id) {
#ifdef USE_AREAS
  for (Area *area : App.get_areas()) {
    if (area->get_area_id() == id)
      return area->get_name();
  }
#endif
  return {};
}

size_t Entities::count_sub_devices_() { return App.get_devices().size(); }

bool Entities::add_sub_device_(size_t index) {
  Device &device = *App.get_devices()[index];
  return this->description_.add_sub_device(device.get_device_id(), device.get_name(), area_name(device.get_area_id()));
}
#else
size_t Entities::count_sub_devices_() { return 0; }
bool Entities::add_sub_device_(size_t /*index*/) { return true; }
#endif

#ifdef USE_CAMERA
size_t Entities::count_cameras_() { return Pictures::camera() == nullptr ? 0 : 1; }
bool Entities::add_camera_() {
  return this->add_(
      *Pictures::camera(), wire::camera::NUMBER, [](void * /*context*/, PropertyWriter & /*none*/) {}, nullptr);
}
#else
size_t Entities::count_cameras_() { return 0; }
bool Entities::add_camera_() { return true; }
#endif

#ifdef USE_OCEANREMOTE_ACTIONS
void Entities::add_action(UserAction *action) {
  UserAction **end = &this->actions_;
  while (*end != nullptr)
    end = &(*end)->next;
  *end = action;
}

size_t Entities::count_actions_() const {
  size_t count = 0;
  for (const UserAction *action = this->actions_; action != nullptr; action = action->next)
    count++;
  return count;
}

bool Entities::add_action_(size_t index) {
  const UserAction *action = this->actions_;
  for (; index != 0; index--)
    action = action->next;
  const std::string name = action->name();
  DescriptorHead head;
  head.address = {ACTION_DOMAIN, 0, action->key()};
  head.object_id = head.name = name;
  return this->description_.add(head, [action](PropertyWriter &properties) { action->describe(properties); });
}
#else
size_t Entities::count_actions_() const { return 0; }
bool Entities::add_action_(size_t /*index*/) { return true; }
#endif

void Entities::begin_description() {
  this->described_ = 0;
  this->description_.begin();
}

ByteView Entities::next_part(uint8_t *buffer, size_t capacity) {
  this->description_.begin_part(buffer, capacity);
  const size_t slots_at = count_sub_devices_();
  const size_t left_out_at = slots_at + SLOT_COUNT;
  const size_t camera_at = left_out_at + count_left_out();
  const size_t actions_at = camera_at + count_cameras_();
  const size_t end = actions_at + this->count_actions_();
  while (this->described_ < end) {
    bool complete;
    if (this->described_ < slots_at)
      complete = this->add_sub_device_(this->described_);
    else if (this->described_ < left_out_at)
      complete = this->add_descriptor_(this->described_ - slots_at);
    else if (this->described_ < camera_at)
      complete = this->add_left_out_(this->described_ - left_out_at);
    else if (this->described_ < actions_at)
      complete = this->add_camera_();
    else
      complete = this->add_action_(this->described_ - actions_at);
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

template<typename T>
void Entities::note_(size_t slot, [[maybe_unused]] const T &entity, [[maybe_unused]] uint64_t now) {
#ifdef USE_EVENT
  if constexpr (std::is_same_v<T, event::Event>)
    return this->note_event_(slot, entity, now);
#endif
  if constexpr (DomainTraits<T>::HAS_STATE)
    this->queue_.mark(slot);
}

#ifdef USE_EVENT
void Entities::note_event_(size_t slot, const event::Event &entity, uint64_t now) {
  const uint8_t type = entity.get_last_event_type_index();
  if (type == UINT8_MAX)
    return;
  this->queue_.release_all();
  const bool first = this->events_.lost() == 0;
  if (!this->events_.add(slot, type, now) && first) {
    ESP_LOGW(TAG, "An event of '%s' is lost: too many wait to be sent", entity.get_name().c_str());
  }
}
#endif

uint32_t Entities::lost_events() const {
#ifdef USE_EVENT
  return this->events_.lost();
#else
  return 0;
#endif
}

size_t Entities::write_event([[maybe_unused]] uint8_t *out, [[maybe_unused]] size_t capacity,
                             [[maybe_unused]] uint64_t now) {
#ifdef USE_EVENT
  const WaitingEvent *event = this->events_.next(now);
  if (event == nullptr)
    return 0;
  CborWriter writer(out, capacity);
  with_entity(event->slot, [&]<typename T>(T &entity) {
    oceanremote::write_event(writer, address_of(entity, DomainTraits<T>::NUMBER), event->type);
  });
  this->events_.take();
  return writer.size();
#else
  return 0;
#endif
}

// NOLINTBEGIN(bugprone-macro-parentheses)
#define ENTITY_TYPE_(type, singular, plural, count, upper)
#define ENTITY_CONTROLLER_TYPE_(type, singular, plural, count, upper, callback) \
  void Entities::mark(const type *entity, [[maybe_unused]] uint64_t now) { \
    if constexpr (DomainTraits<type>::NUMBER != 0) { \
      if (entity->is_internal()) \
        return; \
      const auto &entities = App.get_##plural(); \
      for (size_t i = 0; i < entities.size(); i++) { \
        if (entities[i] == entity) { \
          this->note_(OFFSET_OF<type> + i, *entity, now); \
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
      added = add_state(entity, address_of(entity, DomainTraits<T>::NUMBER), writer) ? Added::WRITTEN : Added::FULL;
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
  for (size_t slot = 0; slot < SLOT_COUNT; slot++) {
    with_entity(slot, [&]<typename T>(T &entity) {
      if (address_of(entity, DomainTraits<T>::NUMBER) == command.address && !entity.is_internal()) {
        this->queue_.release(slot);
        if constexpr (DomainTraits<T>::TAKES_COMMANDS)
          outcome = oceanremote::execute(entity, Arguments(command.args));
      }
    });
  }
  return outcome;
}

}  // namespace esphome::oceanremote
