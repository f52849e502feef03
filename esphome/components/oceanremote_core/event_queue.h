#pragma once
// Events that wait to be told, in their order. None is merged with another, and none is told when it is long past: a
// doorbell that rings in an empty house does not ring when somebody comes home.

#include <cstddef>
#include <cstdint>

namespace esphome::oceanremote {

/// What a link takes to come back, with a restart of the hub; in milliseconds.
inline constexpr uint32_t EVENT_LIFETIME_MS = 30000;

struct WaitingEvent {
  uint64_t at_ms;
  uint16_t slot;  ///< the entity's
  uint8_t type;   ///< its place among the entity's event types
};

/// A ring of CAPACITY events.
template<size_t CAPACITY> class EventQueue {
 public:
  /// False when it is full: the event is lost, and counted.
  [[nodiscard]] bool add(size_t slot, uint8_t type, uint64_t now) {
    this->drop_past_(now);
    if (this->count_ == CAPACITY) {
      this->lose_();
      return false;
    }
    this->events_[(this->first_ + this->count_) % CAPACITY] = {now, static_cast<uint16_t>(slot), type};
    this->count_++;
    return true;
  }

  /// The oldest one; null: none. What is past is dropped before, and counted.
  [[nodiscard]] const WaitingEvent *next(uint64_t now) {
    this->drop_past_(now);
    return this->count_ == 0 ? nullptr : &this->events_[this->first_];
  }

  /// The oldest one has been told.
  void take() {
    this->first_ = static_cast<uint8_t>((this->first_ + 1) % CAPACITY);
    this->count_--;
  }

  /// How many were not told.
  [[nodiscard]] uint32_t lost() const { return this->lost_; }

 protected:
  static_assert(CAPACITY > 0 && CAPACITY < 128);

  void drop_past_(uint64_t now) {
    while (this->count_ != 0 && now - this->events_[this->first_].at_ms > EVENT_LIFETIME_MS) {
      this->take();
      this->lose_();
    }
  }

  void lose_() {
    if (this->lost_ != UINT32_MAX)
      this->lost_++;
  }

  WaitingEvent events_[CAPACITY]{};
  uint32_t lost_{0};
  uint8_t first_{0};
  uint8_t count_{0};
};

}  // namespace esphome::oceanremote
