#include "description.h"

#include "cbor_float.h"

namespace esphome::oceanremote {

// Property keys (docs/protocol.md, "Description")
static constexpr uint8_t PROP_ENTITY_CATEGORY = 1;
static constexpr uint8_t PROP_ICON = 2;
static constexpr uint8_t PROP_DEVICE_CLASS = 3;
static constexpr uint8_t PROP_UNIT = 4;
static constexpr uint8_t PROP_STATE_CLASS = 5;
static constexpr uint8_t PROP_ACCURACY = 6;
static constexpr uint8_t PROP_ASSUMED_STATE = 7;
static constexpr uint8_t PROP_OPTIONS = 8;
static constexpr uint8_t PROP_MIN = 9;
static constexpr uint8_t PROP_MAX = 10;
static constexpr uint8_t PROP_STEP = 11;
static constexpr uint8_t PROP_MODE = 12;
static constexpr uint8_t PROP_COLOR_MODES = 13;
static constexpr uint8_t PROP_EFFECTS = 14;
static constexpr uint8_t PROP_MIN_MIREDS = 15;
static constexpr uint8_t PROP_MAX_MIREDS = 16;
static constexpr uint8_t PROP_DISABLED = 17;
static constexpr uint8_t PROP_FORCE_UPDATE = 18;
static constexpr uint8_t PROP_KIND = 19;

/// Writes properties, or only counts them: a map's size comes before its content.
class PropertyWriter {
 public:
  explicit PropertyWriter(CborWriter *writer) : writer_(writer) {}

  void number(uint8_t key, bool present, uint64_t value) {
    if (this->key_(key, present))
      this->writer_->write_uint(value);
  }
  void text(uint8_t key, std::string_view value) {
    if (this->key_(key, !value.empty()))
      this->writer_->write_text(value, PROPERTY_TEXT_MAX);
  }
  void flag(uint8_t key, bool value) {
    if (this->key_(key, value))
      this->writer_->write_bool(true);
  }
  void real(uint8_t key, bool present, float value) {
    if (this->key_(key, present && is_finite(value)))
      this->writer_->write_float(value);
  }
  void signed_number(uint8_t key, bool present, int8_t value) {
    if (this->key_(key, present))
      this->writer_->write_int(value);
  }
  void list(uint8_t key, const TextList &list) {
    this->list_items_ += list.count;
    if (!this->key_(key, list.count != 0))
      return;
    this->writer_->write_array(list.count);
    for (size_t i = 0; i < list.count; i++)
      this->writer_->write_characters(list.at(list.context, i), OPTION_TEXT_MAX);
  }
  void modes(uint8_t key, const uint8_t *modes, size_t count) {
    this->list_items_ += count;
    if (!this->key_(key, count != 0))
      return;
    this->writer_->write_array(count);
    for (size_t i = 0; i < count; i++)
      this->writer_->write_uint(modes[i]);
  }
  [[nodiscard]] size_t count() const { return this->count_; }
  [[nodiscard]] size_t list_items() const { return this->list_items_; }

 protected:
  [[nodiscard]] bool key_(uint8_t key, bool present) {
    if (!present)
      return false;
    this->count_++;
    if (this->writer_ == nullptr)
      return false;
    this->writer_->write_uint(key);
    return true;
  }

  CborWriter *writer_;
  size_t count_{0};
  size_t list_items_{0};
};

static void visit_properties(PropertyWriter &writer, const Descriptor &descriptor) {
  writer.number(PROP_ENTITY_CATEGORY, descriptor.entity_category != 0, descriptor.entity_category);
  writer.text(PROP_ICON, descriptor.icon);
  writer.text(PROP_DEVICE_CLASS, descriptor.device_class);
  writer.text(PROP_UNIT, descriptor.unit);
  writer.number(PROP_STATE_CLASS, descriptor.state_class != 0, descriptor.state_class);
  writer.signed_number(PROP_ACCURACY, descriptor.has_accuracy, descriptor.accuracy_decimals);
  writer.flag(PROP_ASSUMED_STATE, descriptor.assumed_state);
  writer.list(PROP_OPTIONS, descriptor.options);
  writer.real(PROP_MIN, descriptor.has_range, descriptor.min_value);
  writer.real(PROP_MAX, descriptor.has_range, descriptor.max_value);
  writer.real(PROP_STEP, descriptor.has_range, descriptor.step);
  writer.number(PROP_MODE, descriptor.mode != 0, descriptor.mode);
  writer.modes(PROP_COLOR_MODES, descriptor.color_modes, descriptor.color_mode_count);
  writer.list(PROP_EFFECTS, descriptor.effects);
  writer.real(PROP_MIN_MIREDS, descriptor.has_mireds, descriptor.min_mireds);
  writer.real(PROP_MAX_MIREDS, descriptor.has_mireds, descriptor.max_mireds);
  writer.flag(PROP_DISABLED, descriptor.disabled_by_default);
  writer.flag(PROP_FORCE_UPDATE, descriptor.force_update);
  writer.text(PROP_KIND, descriptor.kind);
}

/// Returns how many items it has written.
static size_t write_descriptor(CborWriter &writer, const Descriptor &descriptor) {
  static constexpr size_t PLACES = 6;
  PropertyWriter counter(nullptr);
  visit_properties(counter, descriptor);
  writer.write_array(PLACES);
  writer.write_uint(descriptor.address.domain);
  writer.write_uint(descriptor.address.sub);
  writer.write_uint(descriptor.address.key);
  writer.write_text(descriptor.object_id, OBJECT_ID_MAX);
  writer.write_text(descriptor.name, ENTITY_NAME_MAX);
  writer.write_map(counter.count());
  PropertyWriter properties(&writer);
  visit_properties(properties, descriptor);
  return 1 + PLACES + 2 * counter.count() + counter.list_items();
}

void DescriptionWriter::begin() {
  this->begun_ = 0;
  this->descriptors_ = 0;
  this->items_ = 0;
}

void DescriptionWriter::begin_part(uint8_t *out, size_t capacity) {
  this->out_ = out;
  this->capacity_ = capacity;
  this->size_ = 0;
}

bool DescriptionWriter::add(const Descriptor &descriptor) {
  CborWriter writer = CborWriter::window(this->out_ + this->size_, this->capacity_ - this->size_, this->begun_);
  const size_t items = write_descriptor(writer, descriptor);
  this->size_ += writer.size();
  if (!writer.ok()) {
    this->begun_ += writer.size();
    return false;
  }
  this->begun_ = 0;
  this->descriptors_++;
  this->items_ += items;
  return true;
}

void DescriptionDigest::add(ByteView part) {
  this->hash_.update(part);
  this->size_ += part.size;
}

bool DescriptionDigest::finish(const DescriptionWriter &writer, uint8_t hash[HASH_SIZE], uint32_t &size) {
  this->hash_.finish(hash);
  size = static_cast<uint32_t>(this->size_);
  return this->size_ <= DESCRIPTION_MAX && writer.descriptors() <= ENTITIES_MAX &&
         writer.items() <= DESCRIPTION_ITEMS_MAX;
}

}  // namespace esphome::oceanremote
