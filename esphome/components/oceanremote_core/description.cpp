#include "description.h"

#include "cbor_float.h"
#include "utf8.h"
#include "wire_domains.h"

namespace esphome::oceanremote {

bool PropertyWriter::key_(uint8_t key) {
  if (this->disabled_ && key > wire::property::DISABLED_BY_DEFAULT) {
    this->disabled_ = false;
    this->flag(wire::property::DISABLED_BY_DEFAULT, true);
  }
  this->count_++;
  if (this->writer_ == nullptr)
    return false;
  this->writer_->write_uint(key);
  return true;
}

void PropertyWriter::flag(uint8_t key, bool value) {
  if (value && this->key_(key))
    this->writer_->write_bool(true);
}

void PropertyWriter::choice(uint8_t key, uint8_t value) {
  if (value != 0 && this->key_(key))
    this->writer_->write_uint(value);
}

void PropertyWriter::integer(uint8_t key, int8_t value) {
  if (this->key_(key))
    this->writer_->write_int(value);
}

void PropertyWriter::number(uint8_t key, uint32_t value) {
  if (this->key_(key))
    this->writer_->write_uint(value);
}

void PropertyWriter::real(uint8_t key, float value) {
  if (is_finite(value) && this->key_(key))
    this->writer_->write_float(value);
}

void PropertyWriter::text(uint8_t key, std::string_view value, size_t max) {
  if (!value.empty() && this->key_(key))
    this->writer_->write_text(value, max);
}

void PropertyWriter::whole_text(uint8_t key, std::string_view value, size_t max) {
  const size_t size = utf8_first_characters(value, max);
  if (!value.empty() && size == value.size() && this->key_(key))
    this->writer_->write_text(value, size);
}

void PropertyWriter::texts(uint8_t key, const TextList &list) {
  this->list_items_ += list.count;
  if (list.count == 0 || !this->key_(key))
    return;
  this->writer_->write_array(list.count);
  for (size_t i = 0; i < list.count; i++)
    this->writer_->write_characters(list.at(list.context, i), OPTION_TEXT_MAX);
}

void PropertyWriter::numbers(uint8_t key, const uint8_t *numbers, size_t count) {
  this->list_items_ += count;
  if (count == 0 || !this->key_(key))
    return;
  this->writer_->write_array(count);
  for (size_t i = 0; i < count; i++)
    this->writer_->write_uint(numbers[i]);
}

void PropertyWriter::arguments(uint8_t key, const ArgumentList &list) {
  if (list.count == 0)
    return;
  const bool writes = this->key_(key);
  if (writes)
    this->writer_->write_array(list.count);
  for (size_t i = 0; i < list.count; i++) {
    const ArgumentText argument = list.at(list.context, i);
    const size_t places = argument.description.empty() ? 2 : 3;
    this->list_items_ += 1 + places;
    if (!writes)
      continue;
    this->writer_->write_array(places);
    this->writer_->write_text(argument.name, ARGUMENT_NAME_MAX);
    this->writer_->write_uint(argument.type);
    if (!argument.description.empty())
      this->writer_->write_text(argument.description, PROPERTY_TEXT_MAX);
  }
}

void PropertyWriter::finish() {
  if (this->disabled_)
    this->flag(wire::property::DISABLED_BY_DEFAULT, true);
  this->disabled_ = false;
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

bool DescriptionWriter::add_(const DescriptorHead &head, Describe describe, const void *context) {
  static constexpr size_t PLACES = 6;
  PropertyWriter counted(nullptr, head.disabled_by_default);
  describe(context, counted);
  counted.finish();
  CborWriter writer = this->go_on_();
  writer.write_array(PLACES);
  writer.write_uint(head.address.domain);
  writer.write_uint(head.address.sub);
  writer.write_uint(head.address.key);
  writer.write_text(head.object_id, OBJECT_ID_MAX);
  writer.write_text(head.name, ENTITY_NAME_MAX);
  writer.write_map(counted.count());
  PropertyWriter properties(&writer, head.disabled_by_default);
  describe(context, properties);
  properties.finish();
  if (!this->end_item_(writer, 1 + PLACES + 2 * counted.count() + counted.list_items()))
    return false;
  this->descriptors_++;
  return true;
}

bool DescriptionWriter::add_sub_device(uint32_t id, std::string_view name, std::string_view area) {
  static constexpr size_t PLACES = 3;
  CborWriter writer = this->go_on_();
  writer.write_array(PLACES);
  writer.write_uint(id);
  writer.write_text(name, ENTITY_NAME_MAX);
  writer.write_text(area, ENTITY_NAME_MAX);
  return this->end_item_(writer, 1 + PLACES);
}

CborWriter DescriptionWriter::go_on_() const {
  return CborWriter::window(this->out_ + this->size_, this->capacity_ - this->size_, this->begun_);
}

bool DescriptionWriter::end_item_(const CborWriter &writer, size_t items) {
  this->size_ += writer.size();
  if (!writer.ok()) {
    this->begun_ += writer.size();
    return false;
  }
  this->begun_ = 0;
  this->items_ += items;
  return true;
}

void DescriptionDigest::start() {
  uint8_t unused[HASH_SIZE];
  this->hash_.finish(unused);
  this->size_ = 0;
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
