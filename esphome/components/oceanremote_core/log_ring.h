#pragma once
// Lines of the device's log that wait to be sent: bounded, in order, and honest about what did not fit.

#include "bytes.h"

namespace esphome::oceanremote {

/// A line without what its log adds for a terminal.
struct LogLine {
  uint8_t level{0};
  std::string_view tag;
  std::string_view text;
};

/// Takes a line of ESPHome's logger apart, "\033[0;36m[D][sensor:093]: text\033[0m": colours and the head in brackets
/// are no part of the text, and the tag is the head's. A line of another form is all text.
[[nodiscard]] LogLine parse_log_line(uint8_t level, std::string_view line);

class LogRing {
 public:
  LogRing(uint8_t *buffer, size_t size) : buffer_(buffer), size_(size) {}

  /// Keeps a copy; what is no UTF-8 becomes "?". A line without room is counted, and those behind it, until lost() is
  /// taken: nothing is missing between two lines that are kept.
  void push(const LogLine &line);
  [[nodiscard]] bool empty() const { return this->used_ == 0 && this->lost_ == 0; }
  /// The oldest line, in the buffer; only if front_is_line().
  [[nodiscard]] LogLine front() const;
  [[nodiscard]] bool front_is_line() const { return this->used_ != 0; }
  void pop();
  /// How many lines did not fit since the last call; asked for when all that did are gone.
  [[nodiscard]] uint32_t take_lost();
  void clear() { this->used_ = this->lost_ = 0; }

 protected:
  uint8_t *buffer_;
  size_t size_;
  size_t used_{0};
  uint32_t lost_{0};
};

}  // namespace esphome::oceanremote
