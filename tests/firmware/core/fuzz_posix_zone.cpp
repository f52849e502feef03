// Any text as a time zone: what is read is within its bounds, and what is not leaves nothing behind.

#include <cstdlib>
#include <string>

#include "posix_zone.h"

using namespace esphome::oceanremote;  // NOLINT(google-build-using-namespace)

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // A copy of its own, so that a read beyond its end is seen.
  const std::string text(reinterpret_cast<const char *>(data), size);
  PosixZone zone;
  zone.standard_s = INT32_MAX;
  if (!parse_posix_zone(text, zone)) {
    if (zone.standard_s != INT32_MAX)
      std::abort();
    return 0;
  }
  constexpr int32_t offset_max = 25 * 3600;
  constexpr int32_t change_max = 168 * 3600;
  const auto within = [](int32_t value, int32_t max) { return value > -max && value < max; };
  if (!within(zone.standard_s, offset_max) || !within(zone.summer_s, offset_max + 3600) ||
      !within(zone.begin.time_s, change_max) || !within(zone.end.time_s, change_max))
    std::abort();
  return 0;
}
