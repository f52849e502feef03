#include "posix_zone.h"

#include <cstddef>

namespace esphome::oceanremote {

static constexpr int32_t SECONDS_IN_MINUTE = 60;
static constexpr int32_t SECONDS_IN_HOUR = 3600;
static constexpr int32_t CHANGE_TIME_S = 2 * SECONDS_IN_HOUR;  ///< where none is said
static constexpr uint16_t OFFSET_HOURS_MAX = 24;
static constexpr uint16_t CHANGE_HOURS_MAX = 167;  ///< RFC 9636 section 3.3.1
static constexpr size_t NAME_MIN = 3;

namespace {

/// What is left of the text. A step that fails leaves it anywhere.
class ZoneReader {
 public:
  explicit ZoneReader(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  [[nodiscard]] bool done() const { return this->at_ == this->end_; }

  [[nodiscard]] bool take(char character) {
    if (this->done() || *this->at_ != character)
      return false;
    this->at_++;
    return true;
  }

  [[nodiscard]] bool name() {
    if (this->take('<')) {
      const char *start = this->at_;
      while (!this->done() && is_quoted(*this->at_))
        this->at_++;
      return size_t(this->at_ - start) >= NAME_MIN && this->take('>');
    }
    const char *start = this->at_;
    while (!this->done() && is_letter(*this->at_))
      this->at_++;
    return size_t(this->at_ - start) >= NAME_MIN;
  }

  /// `[+-]hh[:mm[:ss]]`
  [[nodiscard]] bool seconds(int32_t &value, uint16_t hours_max) {
    const bool negative = this->take('-');
    if (!negative)
      (void) this->take('+');
    uint16_t hours, minutes = 0, rest = 0;
    if (!this->number(hours, 0, hours_max))
      return false;
    if (this->take(':') && !this->number(minutes, 0, 59))
      return false;
    if (this->take(':') && !this->number(rest, 0, 59))
      return false;
    value = hours * SECONDS_IN_HOUR + minutes * SECONDS_IN_MINUTE + rest;
    if (negative)
      value = -value;
    return true;
  }

  /// `,day[/time]`
  [[nodiscard]] bool change(ZoneChange &value) {
    value.time_s = CHANGE_TIME_S;
    return this->take(',') && this->day_(value) && (!this->take('/') || this->seconds(value.time_s, CHANGE_HOURS_MAX));
  }

  [[nodiscard]] bool number(uint16_t &value, uint16_t min, uint16_t max) {
    static constexpr size_t DIGITS_MAX = 3;
    size_t digits = 0;
    value = 0;
    for (; !this->done() && *this->at_ >= '0' && *this->at_ <= '9' && digits < DIGITS_MAX; digits++, this->at_++)
      value = static_cast<uint16_t>(value * 10 + (*this->at_ - '0'));
    return digits != 0 && value >= min && value <= max;
  }

 protected:
  static bool is_letter(char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
  }
  static bool is_quoted(char character) {
    return is_letter(character) || (character >= '0' && character <= '9') || character == '+' || character == '-';
  }

  [[nodiscard]] bool day_(ZoneChange &value) {
    if (this->take('J')) {
      value.kind = ZoneChange::Day::WITHOUT_LEAP;
      return this->number(value.day, 1, 365);
    }
    if (!this->take('M')) {
      value.kind = ZoneChange::Day::WITH_LEAP;
      return this->number(value.day, 0, 365);
    }
    value.kind = ZoneChange::Day::WEEKDAY;
    uint16_t month, week, weekday;
    if (!this->number(month, 1, 12) || !this->take('.') || !this->number(week, 1, 5) || !this->take('.') ||
        !this->number(weekday, 0, 6))
      return false;
    value.month = static_cast<uint8_t>(month);
    value.week = static_cast<uint8_t>(week);
    value.weekday = static_cast<uint8_t>(weekday);
    return true;
  }

  const char *at_;
  const char *end_;
};

}  // namespace

bool parse_posix_zone(std::string_view text, PosixZone &out) {
  ZoneReader reader(text);
  PosixZone zone;
  if (!reader.name() || !reader.seconds(zone.standard_s, OFFSET_HOURS_MAX))
    return false;
  zone.summer_s = zone.standard_s;
  if (!reader.done()) {
    if (!reader.name())
      return false;
    // An hour ahead, unless it says otherwise; a comma follows then.
    zone.summer_s = zone.standard_s - SECONDS_IN_HOUR;
    ZoneReader ahead = reader;
    if (!ahead.take(',') && !reader.seconds(zone.summer_s, OFFSET_HOURS_MAX))
      return false;
    if (!reader.change(zone.begin) || !reader.change(zone.end) || !reader.done())
      return false;
  }
  out = zone;
  return true;
}

}  // namespace esphome::oceanremote
