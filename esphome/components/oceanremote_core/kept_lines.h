#pragma once
// The last lines of the log in memory that a crash leaves as it was, and what becomes of them at the next boot.
//
//   begin()    RUNNING: lines go in, the oldest go out          crash      -> CRASHED at the next begin()
//   leave()    LEFT: a restart that was planned                 next boot  -> RUNNING, empty
//   CRASHED    nothing goes in until told(): what a board that crashes before it has a session tells is the first crash
//
// Whatever lies in the memory after a power cut is not believed: a header, and each line, has a check.

#include <array>

#include "cbor.h"
#include "log_ring.h"

namespace esphome::oceanremote {

enum class ResetReason : uint8_t { UNKNOWN, POWER_ON, RESTART, CRASH, WATCHDOG, BROWNOUT, WAKE_UP, PIN };

/// Empty for UNKNOWN.
/// As long as the longest reason; the text in it has no terminator.
using ResetReasonText = std::array<char, 9>;
/// Empty for UNKNOWN; the text lies in `out`.
[[nodiscard]] std::string_view reset_reason_text(ResetReason reason, ResetReasonText &out);

class KeptLines {
 public:
  static constexpr size_t HEADER_SIZE = 12;
  /// The memory is not cleared at a reset; null: there is none, and nothing is kept.
  void set_area(uint8_t *area, size_t size) {
    this->area_ = area;
    this->size_ = size;
  }
  /// Once per boot, before anything is logged. UNKNOWN: the board cannot tell, but the memory may. Returns the reason.
  ResetReason begin(ResetReason reason);
  void push(const LogLine &line);
  /// The next boot is no crash.
  void leave();
  /// Lines of a crash wait to be told.
  [[nodiscard]] bool has_crash() const;
  /// Writes `last-lines` with the newest that fit; capacity at least RX_LIMIT_MIN. Only if has_crash().
  [[nodiscard]] size_t write(uint8_t *payload, size_t capacity) const;
  /// They are on their way: from here on the lines of this boot are kept.
  void told();

 protected:
  enum class State : uint8_t { RUNNING, LEFT, CRASHED };

  [[nodiscard]] bool is_sound_() const;
  [[nodiscard]] size_t used_() const;
  [[nodiscard]] State state_() const { return static_cast<State>(this->area_[8]); }
  [[nodiscard]] size_t sound_lines_() const;
  void write_header_(State state, ResetReason reason, size_t used);
  [[nodiscard]] uint8_t *lines_() const { return this->area_ + HEADER_SIZE; }
  [[nodiscard]] size_t room_() const { return this->size_ - HEADER_SIZE; }

  uint8_t *area_{nullptr};
  size_t size_{0};
};

}  // namespace esphome::oceanremote
