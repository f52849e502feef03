#pragma once
// What an image of firmware is and is for, as a text that a hub finds in it before it sends it to a board.

#include "esphome/core/defines.h"

#ifdef USE_OCEANREMOTE_OTA

#include "esphome/components/oceanremote_core/messages.h"

namespace esphome::oceanremote {

/// One part of the mark, with its terminator.
using ImageText = char[FACT_TEXT_MAX + 1];

/// What the image that runs is for.
void read_image_chip(ImageText &chip);

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_OTA
