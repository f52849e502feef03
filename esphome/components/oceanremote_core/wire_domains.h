#pragma once
// Written by script/generate from custom_components/oceanremote/protocol/domains/: do not edit.
// Numbers of the entity domains, of their properties, states and commands (docs/protocol.md, "Entities").

#include <cstdint>

namespace esphome::oceanremote::wire {

/// Named as ESPHome's entity_types.h names the types.
enum class Domain : uint8_t {
  BINARY_SENSOR = 1,
  SENSOR = 2,
  TEXT_SENSOR = 3,
  SWITCH = 4,
  BUTTON = 5,
  NUMBER = 6,
  SELECT = 7,
  LIGHT = 8,
  VALVE = 9,
};

/// Properties that entities of every domain may have.
namespace property {
inline constexpr uint8_t ENTITY_CATEGORY = 1;
inline constexpr uint8_t ICON = 2;
inline constexpr uint8_t DEVICE_CLASS = 3;
inline constexpr uint8_t UNIT = 4;
inline constexpr uint8_t DISABLED_BY_DEFAULT = 17;
inline constexpr uint8_t KIND = 19;
}  // namespace property

namespace binary_sensor {
inline constexpr uint8_t NUMBER = 1;
}  // namespace binary_sensor

namespace sensor {
inline constexpr uint8_t NUMBER = 2;
enum class StateClass : uint8_t {
  MEASUREMENT = 1,
  TOTAL_INCREASING = 2,
  TOTAL = 3,
  MEASUREMENT_ANGLE = 4,
};
namespace property {
inline constexpr uint8_t STATE_CLASS = 5;
inline constexpr uint8_t ACCURACY_DECIMALS = 6;
inline constexpr uint8_t FORCE_UPDATE = 18;
}  // namespace property
}  // namespace sensor

namespace text_sensor {
inline constexpr uint8_t NUMBER = 3;
}  // namespace text_sensor

namespace switch_ {
inline constexpr uint8_t NUMBER = 4;
namespace property {
inline constexpr uint8_t ASSUMED_STATE = 7;
}  // namespace property
namespace command {
inline constexpr uint8_t ON = 1;
}  // namespace command
}  // namespace switch_

namespace button {
inline constexpr uint8_t NUMBER = 5;
}  // namespace button

namespace number {
inline constexpr uint8_t NUMBER = 6;
enum class Mode : uint8_t {
  AUTO = 0,
  BOX = 1,
  SLIDER = 2,
};
namespace property {
inline constexpr uint8_t MIN_VALUE = 9;
inline constexpr uint8_t MAX_VALUE = 10;
inline constexpr uint8_t STEP = 11;
inline constexpr uint8_t MODE = 12;
}  // namespace property
namespace command {
inline constexpr uint8_t VALUE = 1;
}  // namespace command
}  // namespace number

namespace select {
inline constexpr uint8_t NUMBER = 7;
namespace property {
inline constexpr uint8_t OPTIONS = 8;
}  // namespace property
namespace command {
inline constexpr uint8_t OPTION = 1;
}  // namespace command
}  // namespace select

namespace light {
inline constexpr uint8_t NUMBER = 8;
namespace property {
inline constexpr uint8_t COLOR_MODES = 13;
inline constexpr uint8_t EFFECTS = 14;
inline constexpr uint8_t MIN_MIREDS = 15;
inline constexpr uint8_t MAX_MIREDS = 16;
}  // namespace property
namespace state {
inline constexpr uint8_t ON = 1;
inline constexpr uint8_t BRIGHTNESS = 2;
inline constexpr uint8_t COLOR_MODE = 3;
inline constexpr uint8_t RGB = 4;
inline constexpr uint8_t WHITE = 5;
inline constexpr uint8_t COLOR_TEMPERATURE = 6;
inline constexpr uint8_t COLD_WHITE = 7;
inline constexpr uint8_t WARM_WHITE = 8;
inline constexpr uint8_t EFFECT = 9;
inline constexpr uint8_t COLOR_BRIGHTNESS = 10;
}  // namespace state
namespace command {
inline constexpr uint8_t ON = 1;
inline constexpr uint8_t BRIGHTNESS = 2;
inline constexpr uint8_t COLOR_MODE = 3;
inline constexpr uint8_t RGB = 4;
inline constexpr uint8_t WHITE = 5;
inline constexpr uint8_t COLOR_TEMPERATURE = 6;
inline constexpr uint8_t COLD_WHITE = 7;
inline constexpr uint8_t WARM_WHITE = 8;
inline constexpr uint8_t EFFECT = 9;
inline constexpr uint8_t COLOR_BRIGHTNESS = 10;
inline constexpr uint8_t TRANSITION = 11;
inline constexpr uint8_t FLASH = 12;
}  // namespace command
}  // namespace light

namespace valve {
inline constexpr uint8_t NUMBER = 9;
enum class Operation : uint8_t {
  IDLE = 0,
  OPENING = 1,
  CLOSING = 2,
};
namespace property {
inline constexpr uint8_t ASSUMED_STATE = 7;
inline constexpr uint8_t SUPPORTS_POSITION = 20;
inline constexpr uint8_t SUPPORTS_STOP = 21;
inline constexpr uint8_t SUPPORTS_TOGGLE = 22;
}  // namespace property
namespace state {
inline constexpr uint8_t POSITION = 1;
inline constexpr uint8_t OPERATION = 2;
}  // namespace state
namespace command {
inline constexpr uint8_t POSITION = 1;
inline constexpr uint8_t STOP = 2;
inline constexpr uint8_t TOGGLE = 3;
}  // namespace command
}  // namespace valve

/// Whether its entities have a state.
constexpr bool has_state(uint8_t domain) {
  switch (static_cast<Domain>(domain)) {
    case Domain::BINARY_SENSOR:
    case Domain::SENSOR:
    case Domain::TEXT_SENSOR:
    case Domain::SWITCH:
    case Domain::NUMBER:
    case Domain::SELECT:
    case Domain::LIGHT:
    case Domain::VALVE:
      return true;
    default:
      return false;
  }
}

/// Whether its entities take commands.
constexpr bool takes_commands(uint8_t domain) {
  switch (static_cast<Domain>(domain)) {
    case Domain::SWITCH:
    case Domain::BUTTON:
    case Domain::NUMBER:
    case Domain::SELECT:
    case Domain::LIGHT:
    case Domain::VALVE:
      return true;
    default:
      return false;
  }
}

}  // namespace esphome::oceanremote::wire

/// Each argument of each command: OCEANREMOTE_ARGUMENT(domain, key, type, max, required), ascending by domain and key.
/// Types: arguments.h. max is the largest UINT, or how many characters a TEXT may have; 0 for others.
#define OCEANREMOTE_ARGUMENTS \
  OCEANREMOTE_ARGUMENT(4, 1, BOOLEAN, 0, true) \
  OCEANREMOTE_ARGUMENT(6, 1, REAL, 0, true) \
  OCEANREMOTE_ARGUMENT(7, 1, TEXT, 255, true) \
  OCEANREMOTE_ARGUMENT(8, 1, BOOLEAN, 0, false) \
  OCEANREMOTE_ARGUMENT(8, 2, SHARE, 0, false) \
  OCEANREMOTE_ARGUMENT(8, 3, UINT, 255, false) \
  OCEANREMOTE_ARGUMENT(8, 4, RGB, 0, false) \
  OCEANREMOTE_ARGUMENT(8, 5, SHARE, 0, false) \
  OCEANREMOTE_ARGUMENT(8, 6, POSITIVE, 0, false) \
  OCEANREMOTE_ARGUMENT(8, 7, SHARE, 0, false) \
  OCEANREMOTE_ARGUMENT(8, 8, SHARE, 0, false) \
  OCEANREMOTE_ARGUMENT(8, 9, TEXT, 255, false) \
  OCEANREMOTE_ARGUMENT(8, 10, SHARE, 0, false) \
  OCEANREMOTE_ARGUMENT(8, 11, UINT32, 0, false) \
  OCEANREMOTE_ARGUMENT(8, 12, UINT32, 0, false) \
  OCEANREMOTE_ARGUMENT(9, 1, SHARE, 0, false) \
  OCEANREMOTE_ARGUMENT(9, 2, BOOLEAN, 0, false) \
  OCEANREMOTE_ARGUMENT(9, 3, BOOLEAN, 0, false)
