#pragma once
// Keys of a light's map, in states and in command arguments (docs/protocol.md, "Entities").

#include <cstdint>

namespace esphome::oceanremote {

inline constexpr uint8_t LIGHT_ON = 1;
inline constexpr uint8_t LIGHT_BRIGHTNESS = 2;
inline constexpr uint8_t LIGHT_COLOR_MODE = 3;
inline constexpr uint8_t LIGHT_RGB = 4;
inline constexpr uint8_t LIGHT_WHITE = 5;
inline constexpr uint8_t LIGHT_COLOR_TEMPERATURE = 6;
inline constexpr uint8_t LIGHT_COLD_WHITE = 7;
inline constexpr uint8_t LIGHT_WARM_WHITE = 8;
inline constexpr uint8_t LIGHT_EFFECT = 9;
inline constexpr uint8_t LIGHT_COLOR_BRIGHTNESS = 10;
inline constexpr uint8_t LIGHT_TRANSITION = 11;
inline constexpr uint8_t LIGHT_FLASH = 12;

}  // namespace esphome::oceanremote
