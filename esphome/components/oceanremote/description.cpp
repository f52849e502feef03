#include "description.h"

#include "cbor_float.h"

namespace esphome::oceanremote {

static constexpr size_t DESCRIPTORS_PER_CHUNK = 23;  // keeps the array's head at one byte

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

ChunkWriter::ChunkWriter(uint8_t *out, size_t capacity) : writer_(out, capacity), out_(out) { this->begin(); }

void ChunkWriter::begin() {
  this->count_ = 0;
  this->writer_.rewind(0);
  this->writer_.write_array(0);
}

bool ChunkWriter::add(const Descriptor &descriptor) {
  if (this->count_ == DESCRIPTORS_PER_CHUNK)
    return false;
  const size_t mark = this->writer_.size();
  this->write_(descriptor);
  if (!this->writer_.ok()) {
    this->writer_.rewind(mark);
    return false;
  }
  this->count_++;
  this->out_[0]++;
  return true;
}

ByteView ChunkWriter::finish() { return this->writer_.view(); }

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
    if (!this->key_(key, list.count != 0))
      return;
    const size_t count = list.count < LIST_MAX ? list.count : LIST_MAX;
    this->writer_->write_array(count);
    for (size_t i = 0; i < count; i++)
      this->writer_->write_text(list.at(list.context, i), OPTION_TEXT_MAX);
  }
  void modes(uint8_t key, const uint8_t *modes, size_t count) {
    if (!this->key_(key, count != 0))
      return;
    this->writer_->write_array(count);
    for (size_t i = 0; i < count; i++)
      this->writer_->write_uint(modes[i]);
  }
  [[nodiscard]] size_t count() const { return this->count_; }

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
}

void ChunkWriter::write_(const Descriptor &descriptor) {
  CborWriter &writer = this->writer_;
  writer.write_array(6);
  writer.write_uint(descriptor.address.domain);
  writer.write_uint(descriptor.address.sub);
  writer.write_uint(descriptor.address.key);
  writer.write_text(descriptor.object_id, OBJECT_ID_MAX);
  writer.write_text(descriptor.name, ENTITY_NAME_MAX);
  PropertyWriter counter(nullptr);
  visit_properties(counter, descriptor);
  writer.write_map(counter.count());
  PropertyWriter properties(&writer);
  visit_properties(properties, descriptor);
}

void DescriptionDigest::add(ByteView chunk) {
  this->hash_.update(chunk);
  this->bytes_ += chunk.size;
  this->chunks_++;
}

bool DescriptionDigest::finish(uint8_t hash[HASH_SIZE], uint8_t &chunks) {
  this->hash_.finish(hash);
  chunks = static_cast<uint8_t>(this->chunks_);
  return this->chunks_ <= CHUNKS_MAX && this->bytes_ <= DESCRIPTION_MAX;
}

}  // namespace esphome::oceanremote
