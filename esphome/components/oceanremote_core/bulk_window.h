#pragma once
// How much of what is in no hurry (log lines, readings, the bytes of tunnels) may be under way. On a slow line it would
// fill every buffer between here and the hub, and the result of a command would wait behind all of it.
//
//   sent()       bulk has gone out                    take_ask()   a WebSocket ping follows it
//   answered()   the ping's pong: what went before it has arrived

#include "bytes.h"

namespace esphome::oceanremote {

class BulkWindow {
 public:
  /// Bytes under way at which log lines wait, and the most of one message of readings.
  static constexpr uint16_t SIZE = 768;
  /// A ping that something on the way keeps counts as answered then.
  static constexpr uint32_t PATIENCE_MS = 5000;

  void begin_link() { *this = {}; }
  [[nodiscard]] bool is_open(uint64_t now_ms) {
    this->lose_patience_(now_ms);
    return this->under_way_() < SIZE;
  }
  /// Nothing is under way.
  [[nodiscard]] bool is_idle(uint64_t now_ms) {
    this->lose_patience_(now_ms);
    return this->under_way_() == 0;
  }
  /// size: at most what one frame holds.
  void sent(size_t size) { this->unasked_ = static_cast<uint16_t>(this->unasked_ + size); }
  /// True: a ping is to be sent now.
  [[nodiscard]] bool take_ask(uint64_t now_ms) {
    if (this->asked_ != 0 || this->unasked_ == 0)
      return false;
    this->asked_ = this->unasked_;
    this->unasked_ = 0;
    this->asked_at_ms_ = static_cast<uint32_t>(now_ms);
    return true;
  }
  void answered() { this->asked_ = 0; }

 protected:
  [[nodiscard]] uint32_t under_way_() const { return uint32_t{this->asked_} + this->unasked_; }
  void lose_patience_(uint64_t now_ms) {
    if (this->asked_ != 0 && static_cast<uint32_t>(now_ms) - this->asked_at_ms_ >= PATIENCE_MS)
      this->answered();
  }

  uint32_t asked_at_ms_{0};
  uint16_t asked_{0};    ///< bytes in front of the ping that is under way
  uint16_t unasked_{0};  ///< bytes behind it
};

}  // namespace esphome::oceanremote
