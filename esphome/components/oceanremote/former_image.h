#pragma once
// The image before the one that runs, and the way back to it: of an ESP32's boot loader, or of a host program.

#include "esphome/core/defines.h"

#ifdef USE_OCEANREMOTE_IMAGE_TRIAL

namespace esphome::oceanremote {

/// Whether this board is known to return from an image that gives it no session.
[[nodiscard]] bool falls_back();
/// Whether the image that runs is new. Called once, at the start; an image that has been started before without
/// having been kept is returned from at once.
[[nodiscard]] bool is_new_image();
/// Before another image takes the place of the one that runs.
void keep_former_image();
/// Where no other has taken its place, or the new one stays.
void forget_former_image();
/// Restarts the board with the former image.
void return_to_former_image();

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_IMAGE_TRIAL
