#pragma once
// A time zone as POSIX's TZ has it ("CET-1CEST,M3.5.0,M10.5.0/3"), the footer of every zone file (RFC 9636
// section 3.3): two offsets and the days on which they change.

#include <cstdint>
#include <string_view>

namespace esphome::oceanremote {

/// When one offset follows the other, in every year.
struct ZoneChange {
  enum class Day : uint8_t {
    NONE,
    WEEKDAY,       ///< `M3.5.0`: month 1..12, week 1..5 (the last), weekday 0..6 (0: Sunday)
    WITHOUT_LEAP,  ///< `J60`: 1..365, the 29th of February never counted
    WITH_LEAP,     ///< `60`: 0..365
  };
  int32_t time_s{0};  ///< after midnight of that day, by the offset that ends; may lie days off
  uint16_t day{0};
  Day kind{Day::NONE};
  uint8_t month{0};
  uint8_t week{0};
  uint8_t weekday{0};
};

/// Offsets are seconds to the west of UTC, as POSIX counts them.
struct PosixZone {
  int32_t standard_s{0};
  int32_t summer_s{0};
  ZoneChange begin;  ///< of summer time; NONE: there is none
  ZoneChange end;
};

/// False, and nothing is changed, for what is no such text. One with summer time but without its days is none: the
/// standard leaves them open.
[[nodiscard]] bool parse_posix_zone(std::string_view text, PosixZone &out);

}  // namespace esphome::oceanremote
