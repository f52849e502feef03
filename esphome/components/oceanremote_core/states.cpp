#include "states.h"

#include "cbor_float.h"
#include "utf8.h"

namespace esphome::oceanremote {

/// Of a text that fits into any frame.
static constexpr size_t TEXT_HEAD_MAX = 3;

StatesWriter::StatesWriter(uint8_t *out, size_t capacity) : writer_(out, capacity) {
  this->writer_.write_array(2);
  this->writer_.write_uint(static_cast<uint8_t>(MessageType::STATES));
  this->count_byte_ = out + this->writer_.size();
  this->writer_.write_array(0);
  // Too small a buffer takes nothing, ever.
  this->full_ = !this->writer_.ok();
}

bool StatesWriter::begin_(const EntityAddress &address) {
  if (this->full_ || this->count_ == STATES_PER_FRAME)
    return false;
  this->cut_ = false;
  this->mark_ = this->writer_.size();
  this->writer_.write_array(4);
  this->writer_.write_uint(address.domain);
  this->writer_.write_uint(address.sub);
  this->writer_.write_uint(address.key);
  return true;
}

bool StatesWriter::end_() {
  if (!this->writer_.ok()) {
    this->writer_.rewind(this->mark_);
    return false;
  }
  this->count_++;
  (*this->count_byte_)++;  // up to 23 an array's head is 0x80 + count
  return true;
}

bool StatesWriter::add_missing(const EntityAddress &address) {
  if (!this->begin_(address))
    return false;
  this->writer_.write_null();
  return this->end_();
}

bool StatesWriter::add_bool(const EntityAddress &address, bool value) {
  if (!this->begin_(address))
    return false;
  this->writer_.write_bool(value);
  return this->end_();
}

bool StatesWriter::add_number(const EntityAddress &address, uint32_t value) {
  if (!this->begin_(address))
    return false;
  this->writer_.write_uint(value);
  return this->end_();
}

bool StatesWriter::add_float(const EntityAddress &address, float value) {
  if (!this->begin_(address))
    return false;
  this->writer_.write_float(value);
  return this->end_();
}

static size_t text_head_size(size_t size) {
  if (size <= 23)
    return 1;
  return size <= UINT8_MAX ? 2 : TEXT_HEAD_MAX;
}

void StatesWriter::write_text_(std::string_view value, size_t size, size_t tail) {
  if (this->count_ == 0 && text_head_size(size) + size + tail > this->writer_.room()) {
    // No message of a small board holds 255 characters of four bytes.
    const size_t room = this->writer_.room();
    size = room > TEXT_HEAD_MAX + tail ? room - TEXT_HEAD_MAX - tail : 0;
  }
  if (size < value.size())
    this->cut_ = true;
  this->writer_.write_text(value, size);
}

bool StatesWriter::add_text(const EntityAddress &address, std::string_view value) {
  if (!this->begin_(address))
    return false;
  this->write_text_(value, utf8_first_characters(value, STATE_TEXT_MAX), 0);
  return this->end_();
}

size_t StatesWriter::finish() const { return this->count_ == 0 ? 0 : this->writer_.size(); }

StateMap::StateMap(StatesWriter &states, const EntityAddress &address)
    : states_(states), begun_(states.begin_(address)) {
  if (!this->begun_)
    return;
  this->head_ = states.writer_.end();
  states.writer_.write_map(0);
}

bool StateMap::key_(uint8_t key) {
  if (!this->begun_)
    return false;
  this->states_.writer_.write_uint(key);
  if (this->states_.writer_.ok())
    (*this->head_)++;  // up to 23 a map's head is 0xA0 + count
  return true;
}

void StateMap::flag(uint8_t key, bool value) {
  if (this->key_(key))
    this->states_.writer_.write_bool(value);
}

void StateMap::number(uint8_t key, uint32_t value) {
  if (this->key_(key))
    this->states_.writer_.write_uint(value);
}

static float held(float value, float max) {
  if (!(value > 0.0F))
    return 0.0F;
  return value < max ? value : max;
}

void StateMap::real(uint8_t key, float value, float max) {
  if (this->key_(key))
    this->states_.writer_.write_float(held(value, max));
}

void StateMap::real(uint8_t key, float value) {
  if (is_finite(value) && this->key_(key))
    this->states_.writer_.write_float(value);
}

void StateMap::rgb(uint8_t key, float red, float green, float blue) {
  if (!this->key_(key))
    return;
  this->states_.writer_.write_array(3);
  for (const float value : {red, green, blue})
    this->states_.writer_.write_float(held(value, 1.0F));
}

void StateMap::text_(uint8_t key, std::string_view value, size_t more) {
  if (this->key_(key))
    this->states_.write_text_(value, utf8_first_characters(value, STATE_TEXT_MAX), TEXT_TAIL_MAX + more);
}

void StateMap::text_up_to(uint8_t key, std::string_view value, size_t max) {
  if (!value.empty() && this->key_(key))
    this->states_.write_text_(value, utf8_prefix(value, max), 0);
}

void StateMap::texts(uint8_t first_key, std::string_view first, uint8_t second_key, std::string_view second) {
  if (!first.empty()) {
    const size_t wanted = second.empty() ? 0 : TEXT_HEAD_MAX + utf8_first_characters(second, STATE_TEXT_MAX);
    const size_t half = this->states_.writer_.room() / 2;
    this->text_(first_key, first, wanted < half ? wanted : half);
  }
  if (!second.empty())
    this->text_(second_key, second, 0);
}

bool StateMap::end() { return this->begun_ && this->states_.end_(); }

}  // namespace esphome::oceanremote
