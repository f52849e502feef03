#pragma once

#include <cstddef>
#include <cstdint>

namespace esphome::oceanremote_challenge {

/// Random bytes to begin with, once after each start: also good on a board whose generator is
/// fed by no radio of its own. False if there are none.
[[nodiscard]] bool first_random_bytes(uint8_t *out, size_t size);

}  // namespace esphome::oceanremote_challenge
