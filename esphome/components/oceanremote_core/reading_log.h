#pragma once
// The readings of one sensor while there is no session, in memory of fixed size: the oldest make room and are counted.
//
// Readings are numbered from 0 on. What has been sent on a link stays until the hub says that it is taken, and is sent
// again on the next link otherwise. While a link is open nothing is added.

#include "messages.h"

namespace esphome::oceanremote {

struct StoredReading {
  uint32_t at_s;
  float value;
};

class ReadingLog {
 public:
  /// A value that does not change is noted this often, so that every hour has one.
  static constexpr uint32_t UNCHANGED_S = 1800;

  /// buffer: of `capacity` readings, which must outlive the log; with none nothing is kept. interval_s 0: every change.
  ReadingLog(StoredReading *buffer, uint16_t capacity, uint32_t interval_s)
      : buffer_(buffer), interval_s_(interval_s), capacity_(capacity) {}

  /// Takes a reading, unless the last one is too fresh, or says the same; what is no number is none.
  void add(uint32_t now_s, float value);
  /// Takes up where an earlier life of the board ended; only into an empty log, before anything is added.
  void begin_restoring(uint32_t first, uint32_t lost) {
    this->first_ = first;
    this->lost_ = lost;
  }
  /// One reading of then, oldest first.
  void restore(uint32_t at_s, float value) { this->push_({at_s, value}); }
  /// A link has been welcomed: all of them are to be sent.
  void begin_link() { this->sent_ = 0; }
  [[nodiscard]] bool any_unsent() const { return this->sent_ < this->count_; }
  /// Writes one READINGS message of what is unsent and fits; 0 where nothing is or does.
  [[nodiscard]] size_t write(uint8_t *out, size_t capacity, uint32_t sub, uint32_t key, uint32_t now_s);
  /// Forgets what is numbered below next, as far as it has been sent on this link.
  void forget(uint32_t next);

  [[nodiscard]] uint16_t count() const { return this->count_; }
  [[nodiscard]] uint32_t lost() const { return this->lost_; }
  /// The number of the oldest.
  [[nodiscard]] uint32_t first() const { return this->first_; }
  /// index 0: the oldest.
  [[nodiscard]] const StoredReading &at(uint16_t index) const {
    return this->buffer_[(this->head_ + index) % this->capacity_];
  }

 protected:
  [[nodiscard]] bool is_news_(uint32_t now_s, float value) const;
  void push_(StoredReading reading);

  StoredReading *buffer_;
  uint32_t interval_s_;
  uint32_t first_{0};
  uint32_t lost_{0};
  uint16_t capacity_;
  uint16_t head_{0};
  uint16_t count_{0};
  uint16_t sent_{0};
};

}  // namespace esphome::oceanremote
