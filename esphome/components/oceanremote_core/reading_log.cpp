#include "reading_log.h"

#include <cmath>

namespace esphome::oceanremote {

/// The longest that a reading becomes: its array, its age, its value.
static constexpr size_t READING_SIZE = 1 + 5 + 5;
/// The longest that stands before them: array, type, five numbers, flag, array.
static constexpr size_t READINGS_HEAD_SIZE = 1 + 1 + 5 * 5 + 1 + 2;

bool ReadingLog::is_news_(uint32_t now_s, float value) const {
  if (this->count_ == 0)
    return true;
  const StoredReading &last = this->at(static_cast<uint16_t>(this->count_ - 1));
  const uint32_t passed = now_s - last.at_s;
  if (this->interval_s_ != 0)
    return passed >= this->interval_s_;
  return value != last.value || passed >= UNCHANGED_S;
}

void ReadingLog::add(uint32_t now_s, float value) {
  if (std::isfinite(value) && this->is_news_(now_s, value))
    this->push_({now_s, value});
}

void ReadingLog::push_(StoredReading reading) {
  if (this->capacity_ == 0)
    return;
  if (this->count_ == this->capacity_) {
    this->head_ = static_cast<uint16_t>((this->head_ + 1) % this->capacity_);
    this->count_--;
    this->first_++;
    if (this->lost_ != UINT32_MAX)
      this->lost_++;
  }
  this->buffer_[(this->head_ + this->count_) % this->capacity_] = reading;
  this->count_++;
}

size_t ReadingLog::write(uint8_t *out, size_t capacity, uint32_t sub, uint32_t key, uint32_t now_s) {
  if (capacity < READINGS_HEAD_SIZE + READING_SIZE)
    return 0;
  size_t count = static_cast<size_t>(this->count_ - this->sent_);
  const size_t room = (capacity - READINGS_HEAD_SIZE) / READING_SIZE;
  count = count < room ? count : room;
  count = count < READINGS_MAX ? count : READINGS_MAX;
  if (count == 0)
    return 0;
  CborWriter writer(out, capacity);
  ReadingsHead head;
  head.sub = sub;
  head.key = key;
  head.first = this->first_ + this->sent_;
  head.left = static_cast<uint32_t>(static_cast<size_t>(this->count_ - this->sent_) - count);
  head.lost = this->lost_;
  write_readings_head(writer, head, count);
  for (size_t i = 0; i < count; i++) {
    const StoredReading &reading = this->at(static_cast<uint16_t>(this->sent_ + i));
    write_reading(writer, now_s - reading.at_s, reading.value);
  }
  this->sent_ = static_cast<uint16_t>(this->sent_ + count);
  return writer.size();
}

void ReadingLog::forget(uint32_t next) {
  const uint32_t behind = next - this->first_;
  // What a former link was told is none of this one's, and wraps around.
  if (behind == 0 || behind > this->sent_)
    return;
  this->head_ = static_cast<uint16_t>((this->head_ + behind) % this->capacity_);
  this->count_ = static_cast<uint16_t>(this->count_ - behind);
  this->sent_ = static_cast<uint16_t>(this->sent_ - behind);
  this->first_ = next;
  this->lost_ = 0;
}

}  // namespace esphome::oceanremote
