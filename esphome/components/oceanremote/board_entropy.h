#pragma once
// The raw randomness of this board, as `Random` wants it.

#include <cstddef>
#include <cstdint>

#include "esphome/core/defines.h"

namespace esphome::oceanremote {

#ifdef USE_RP2
// One ring oscillator, sampled faster than it wanders.
inline constexpr size_t FIRST_DRAW = 2048;
#else
inline constexpr size_t FIRST_DRAW = 64;
#endif

[[nodiscard]] bool draw_board_entropy(void *context, uint8_t *out, size_t size);

}  // namespace esphome::oceanremote
