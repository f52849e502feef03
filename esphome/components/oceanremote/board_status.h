#pragma once
// What a board knows about itself: what reset it, and how it fares.

#include "esphome/core/defines.h"

#include "esphome/components/oceanremote_core/kept_lines.h"
#include "esphome/components/oceanremote_core/messages.h"

namespace esphome::oceanremote {

/// UNKNOWN where only memory that a reset leaves could tell.
[[nodiscard]] ResetReason board_reset_reason();

#ifdef USE_OCEANREMOTE_HEALTH
[[nodiscard]] uint32_t board_free_heap();
[[nodiscard]] int16_t board_wifi_signal();
#endif

#ifdef USE_OCEANREMOTE_LAST_LINES
/// OCEANREMOTE_LAST_LINES bytes that a reset leaves as they were, a power cut not; null: there are none.
[[nodiscard]] uint8_t *board_kept_memory();
#endif

}  // namespace esphome::oceanremote
