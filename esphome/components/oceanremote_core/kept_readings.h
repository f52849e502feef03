#pragma once
// Readings as they lie in memory that deep sleep leaves, with what their clock shows and what the board's own shows:
// the board's goes on while it sleeps, so the readings grow as much older as it has slept.
//
//   clock of readings, clock of the board        two words
//   sub, key, first, lost, count                 five words for each sensor
//     time, value                                two words for each of its readings, oldest first

#include "reading_log.h"

namespace esphome::oceanremote {

inline constexpr size_t KEPT_READINGS_HEAD_SIZE = 8;
inline constexpr size_t KEPT_LOG_HEAD_SIZE = 20;
inline constexpr size_t KEPT_READING_SIZE = 8;
/// A board that claims to have slept for longer has another clock than the one that it went to sleep with.
inline constexpr uint32_t KEPT_READINGS_MAX_S = 366UL * 86400;

class KeptReadingsWriter {
 public:
  /// capacity: room for the head and for the heads of all sensors, at least. board_s: seconds of the board's own clock.
  KeptReadingsWriter(uint8_t *out, size_t capacity, uint32_t reading_s, uint32_t board_s);
  /// Keeps the newest readings that fit into the fair share of `sensors_left` sensors, this one among them.
  void add(const ReadingLog &log, uint32_t sub, uint32_t key, size_t sensors_left);
  [[nodiscard]] size_t size() const { return this->size_; }

 protected:
  void put_(uint32_t word);

  uint8_t *out_;
  size_t capacity_;
  size_t size_{0};
};

class KeptReadings {
 public:
  /// What was kept: empty or damaged is nothing.
  KeptReadings(ByteView kept, uint32_t reading_s, uint32_t board_s);
  /// Takes the readings of a sensor back into its log, which is empty; returns how many.
  size_t restore(ReadingLog &log, uint32_t sub, uint32_t key) const;

 protected:
  [[nodiscard]] uint32_t word_(size_t at) const { return load_be32(this->kept_.data + at); }

  ByteView kept_;
  uint32_t shift_{0};  ///< from the clock of then to the clock of now
};

}  // namespace esphome::oceanremote
