#pragma once
// Which entities have a state to send, and when: the first change goes at once, one that changes again within the batch
// window waits for its end. The state is read when it is sent, so the latest value wins.

#include <cstddef>
#include <cstdint>

namespace esphome::oceanremote {

/// Two bits for each of SLOTS entities, and one window for all of them.
template<size_t SLOTS> class StateQueue {
 public:
  /// In milliseconds; 0 sends every change at once.
  void set_window(uint32_t window) { this->window_ = window; }
  [[nodiscard]] uint32_t window() const { return this->window_; }

  /// Opens the next window where the present one has ended; now in milliseconds. What waited is due then.
  void handle_timer(uint64_t now) {
    if (now - this->opened_ < this->window_)
      return;
    this->opened_ = now;
    this->release_all();
  }

  /// What waits goes at once, of every entity.
  void release_all() {
    for (uint8_t &bits : this->sent_)
      bits = 0;
    this->due_ = this->marked_;
  }

  /// An entity has another state.
  void mark(size_t slot) {
    if (has(this->dirty_, slot))
      return;
    set(this->dirty_, slot);
    this->marked_++;
    if (!has(this->sent_, slot))
      this->due_++;
  }

  /// What the entity says next, or has waiting, goes at once.
  void release(size_t slot) {
    if (!has(this->sent_, slot))
      return;
    clear(this->sent_, slot);
    if (has(this->dirty_, slot))
      this->due_++;
  }

  /// The state of an entity that is due has been sent, or there is none.
  void take(size_t slot) {
    clear(this->dirty_, slot);
    this->marked_--;
    this->due_--;
    if (this->window_ != 0)
      set(this->sent_, slot);
  }

  [[nodiscard]] bool is_due(size_t slot) const { return has(this->dirty_, slot) && !has(this->sent_, slot); }
  [[nodiscard]] bool any_due() const { return this->due_ != 0; }
  [[nodiscard]] bool empty() const { return this->marked_ == 0; }

 protected:
  static constexpr size_t BYTES = SLOTS / 8 + 1;
  using Bits = uint8_t[BYTES];

  static bool has(const Bits &bits, size_t slot) { return ((bits[slot / 8] >> (slot % 8)) & 1U) != 0; }
  static void set(Bits &bits, size_t slot) {
    bits[slot / 8] = static_cast<uint8_t>(bits[slot / 8] | (1U << (slot % 8)));
  }
  static void clear(Bits &bits, size_t slot) {
    bits[slot / 8] = static_cast<uint8_t>(bits[slot / 8] & ~(1U << (slot % 8)));
  }

  uint64_t opened_{0};
  uint32_t window_{0};
  uint16_t marked_{0};
  uint16_t due_{0};  ///< of those marked, how many need not wait
  Bits dirty_{};
  Bits sent_{};  ///< within the present window
};

}  // namespace esphome::oceanremote
