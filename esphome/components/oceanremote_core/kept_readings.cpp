#include "kept_readings.h"

namespace esphome::oceanremote {

static constexpr size_t WORD = 4;

KeptReadingsWriter::KeptReadingsWriter(uint8_t *out, size_t capacity, uint32_t reading_s, uint32_t board_s)
    : out_(out), capacity_(capacity) {
  this->put_(reading_s);
  this->put_(board_s);
}

void KeptReadingsWriter::put_(uint32_t word) {
  store_be32(this->out_ + this->size_, word);
  this->size_ += WORD;
}

void KeptReadingsWriter::add(const ReadingLog &log, uint32_t sub, uint32_t key, size_t sensors_left) {
  const size_t room = (this->capacity_ - this->size_) / sensors_left;
  const size_t most = (room - KEPT_LOG_HEAD_SIZE) / KEPT_READING_SIZE;
  const size_t count = log.count() < most ? log.count() : most;
  const auto left_out = static_cast<uint32_t>(log.count() - count);
  this->put_(sub);
  this->put_(key);
  this->put_(log.first() + left_out);
  this->put_(log.lost() + left_out);
  this->put_(static_cast<uint32_t>(count));
  for (size_t i = left_out; i < log.count(); i++) {
    const StoredReading &reading = log.at(static_cast<uint16_t>(i));
    uint32_t bits;
    std::memcpy(&bits, &reading.value, sizeof(bits));
    this->put_(reading.at_s);
    this->put_(bits);
  }
}

KeptReadings::KeptReadings(ByteView kept, uint32_t reading_s, uint32_t board_s) {
  if (kept.size < KEPT_READINGS_HEAD_SIZE)
    return;
  const uint32_t slept = board_s - load_be32(kept.data + WORD);
  if (slept > KEPT_READINGS_MAX_S)
    return;
  this->kept_ = kept;
  this->shift_ = reading_s - load_be32(kept.data) - slept;
}

size_t KeptReadings::restore(ReadingLog &log, uint32_t sub, uint32_t key) const {
  size_t at = KEPT_READINGS_HEAD_SIZE;
  while (at + KEPT_LOG_HEAD_SIZE <= this->kept_.size) {
    const size_t count = this->word_(at + 4 * WORD);
    const size_t readings = at + KEPT_LOG_HEAD_SIZE;
    if (count > (this->kept_.size - readings) / KEPT_READING_SIZE)
      return 0;
    if (this->word_(at) != sub || this->word_(at + WORD) != key) {
      at = readings + count * KEPT_READING_SIZE;
      continue;
    }
    log.begin_restoring(this->word_(at + 2 * WORD), this->word_(at + 3 * WORD));
    for (size_t i = 0; i < count; i++) {
      const size_t reading = readings + i * KEPT_READING_SIZE;
      const uint32_t bits = this->word_(reading + WORD);
      float value;
      std::memcpy(&value, &bits, sizeof(value));
      log.restore(this->word_(reading) + this->shift_, value);
    }
    return count;
  }
  return 0;
}

}  // namespace esphome::oceanremote
