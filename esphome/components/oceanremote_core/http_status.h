#pragma once
// What an HTTP answer in the place of the upgrade means here, in words that say where to look.

#include <cstddef>
#include <cstdint>

#include "flash_text.h"

namespace esphome::oceanremote {

/// The longest of the texts, without its end.
inline constexpr size_t HTTP_STATUS_TEXT_MAX = 63;

/// Static storage; null for a status that says no more than its number.
[[nodiscard]] const LogString *http_status_text(uint16_t status);

}  // namespace esphome::oceanremote
