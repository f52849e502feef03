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
  COVER = 11,
  TEXT = 15,
  CLIMATE = 14,
  WATER_HEATER = 21,
  FAN = 12,
  LOCK = 13,
  ALARM_CONTROL_PANEL = 19,
  EVENT = 10,
  MEDIA_PLAYER = 20,
  DATETIME_DATE = 16,
  DATETIME_TIME = 17,
  DATETIME_DATETIME = 18,
  UPDATE = 22,
  CAMERA = 23,
  INFRARED = 24,
  RADIO_FREQUENCY = 25,
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

namespace cover {
inline constexpr uint8_t NUMBER = 11;
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
inline constexpr uint8_t SUPPORTS_TILT = 24;
}  // namespace property
namespace state {
inline constexpr uint8_t POSITION = 1;
inline constexpr uint8_t OPERATION = 2;
inline constexpr uint8_t TILT = 3;
}  // namespace state
namespace command {
inline constexpr uint8_t POSITION = 1;
inline constexpr uint8_t STOP = 2;
inline constexpr uint8_t TOGGLE = 3;
inline constexpr uint8_t TILT = 4;
}  // namespace command
}  // namespace cover

namespace text {
inline constexpr uint8_t NUMBER = 15;
enum class Mode : uint8_t {
  TEXT = 0,
  PASSWORD = 1,
};
namespace property {
inline constexpr uint8_t MIN_LENGTH = 80;
inline constexpr uint8_t MAX_LENGTH = 81;
inline constexpr uint8_t PATTERN = 82;
inline constexpr uint8_t MODE = 83;
}  // namespace property
namespace command {
inline constexpr uint8_t VALUE = 1;
}  // namespace command
}  // namespace text

namespace climate {
inline constexpr uint8_t NUMBER = 14;
enum class TemperatureUnit : uint8_t {
  CELSIUS = 0,
  FAHRENHEIT = 1,
  KELVIN = 2,
};
enum class Mode : uint8_t {
  OFF = 0,
  HEAT_COOL = 1,
  COOL = 2,
  HEAT = 3,
  FAN_ONLY = 4,
  DRY = 5,
  AUTO = 6,
};
enum class FanMode : uint8_t {
  ON = 0,
  OFF = 1,
  AUTO = 2,
  LOW_ = 3,  // NOLINT(readability-identifier-naming)
  MEDIUM = 4,
  HIGH_ = 5,  // NOLINT(readability-identifier-naming)
  MIDDLE = 6,
  FOCUS = 7,
  DIFFUSE = 8,
  QUIET = 9,
};
enum class Preset : uint8_t {
  NONE = 0,
  HOME = 1,
  AWAY = 2,
  BOOST = 3,
  COMFORT = 4,
  ECO = 5,
  SLEEP = 6,
  ACTIVITY = 7,
};
enum class SwingMode : uint8_t {
  OFF = 0,
  BOTH = 1,
  VERTICAL = 2,
  HORIZONTAL = 3,
};
enum class Action : uint8_t {
  OFF = 0,
  COOLING = 2,
  HEATING = 3,
  IDLE = 4,
  DRYING = 5,
  FAN = 6,
  DEFROSTING = 7,
};
namespace property {
inline constexpr uint8_t MODES = 48;
inline constexpr uint8_t FAN_MODES = 49;
inline constexpr uint8_t SWING_MODES = 50;
inline constexpr uint8_t PRESETS = 51;
inline constexpr uint8_t CUSTOM_FAN_MODES = 52;
inline constexpr uint8_t CUSTOM_PRESETS = 53;
inline constexpr uint8_t TEMPERATURE_UNIT = 54;
inline constexpr uint8_t MIN_TEMPERATURE = 55;
inline constexpr uint8_t MAX_TEMPERATURE = 56;
inline constexpr uint8_t TARGET_TEMPERATURE_STEP = 57;
inline constexpr uint8_t CURRENT_TEMPERATURE_STEP = 58;
inline constexpr uint8_t MIN_HUMIDITY = 59;
inline constexpr uint8_t MAX_HUMIDITY = 60;
inline constexpr uint8_t SUPPORTS_CURRENT_TEMPERATURE = 61;
inline constexpr uint8_t SUPPORTS_TWO_TARGETS = 62;
inline constexpr uint8_t REQUIRES_TWO_TARGETS = 63;
inline constexpr uint8_t SUPPORTS_CURRENT_HUMIDITY = 64;
inline constexpr uint8_t SUPPORTS_TARGET_HUMIDITY = 65;
inline constexpr uint8_t SUPPORTS_ACTION = 66;
}  // namespace property
namespace state {
inline constexpr uint8_t MODE = 1;
inline constexpr uint8_t TARGET_TEMPERATURE = 2;
inline constexpr uint8_t TARGET_TEMPERATURE_LOW = 3;
inline constexpr uint8_t TARGET_TEMPERATURE_HIGH = 4;
inline constexpr uint8_t FAN_MODE = 5;
inline constexpr uint8_t PRESET = 6;
inline constexpr uint8_t SWING_MODE = 7;
inline constexpr uint8_t TARGET_HUMIDITY = 8;
inline constexpr uint8_t ACTION = 9;
inline constexpr uint8_t CURRENT_TEMPERATURE = 10;
inline constexpr uint8_t CURRENT_HUMIDITY = 11;
inline constexpr uint8_t CUSTOM_FAN_MODE = 12;
inline constexpr uint8_t CUSTOM_PRESET = 13;
}  // namespace state
namespace command {
inline constexpr uint8_t MODE = 1;
inline constexpr uint8_t TARGET_TEMPERATURE = 2;
inline constexpr uint8_t TARGET_TEMPERATURE_LOW = 3;
inline constexpr uint8_t TARGET_TEMPERATURE_HIGH = 4;
inline constexpr uint8_t FAN_MODE = 5;
inline constexpr uint8_t PRESET = 6;
inline constexpr uint8_t SWING_MODE = 7;
inline constexpr uint8_t TARGET_HUMIDITY = 8;
inline constexpr uint8_t CUSTOM_FAN_MODE = 12;
inline constexpr uint8_t CUSTOM_PRESET = 13;
}  // namespace command
}  // namespace climate

namespace water_heater {
inline constexpr uint8_t NUMBER = 21;
enum class TemperatureUnit : uint8_t {
  CELSIUS = 0,
  FAHRENHEIT = 1,
  KELVIN = 2,
};
enum class Mode : uint8_t {
  OFF = 0,
  ECO = 1,
  ELECTRIC = 2,
  PERFORMANCE = 3,
  HIGH_DEMAND = 4,
  HEAT_PUMP = 5,
  GAS = 6,
};
namespace property {
inline constexpr uint8_t TEMPERATURE_UNIT = 54;
inline constexpr uint8_t MIN_TEMPERATURE = 55;
inline constexpr uint8_t MAX_TEMPERATURE = 56;
inline constexpr uint8_t TARGET_TEMPERATURE_STEP = 57;
inline constexpr uint8_t SUPPORTS_CURRENT_TEMPERATURE = 61;
inline constexpr uint8_t SUPPORTS_TWO_TARGETS = 62;
inline constexpr uint8_t MODES = 104;
inline constexpr uint8_t SUPPORTS_TARGET_TEMPERATURE = 105;
inline constexpr uint8_t SUPPORTS_OPERATION_MODE = 106;
inline constexpr uint8_t SUPPORTS_AWAY_MODE = 107;
inline constexpr uint8_t SUPPORTS_ON_OFF = 108;
}  // namespace property
namespace state {
inline constexpr uint8_t MODE = 1;
inline constexpr uint8_t TARGET_TEMPERATURE = 2;
inline constexpr uint8_t TARGET_TEMPERATURE_LOW = 3;
inline constexpr uint8_t TARGET_TEMPERATURE_HIGH = 4;
inline constexpr uint8_t AWAY = 5;
inline constexpr uint8_t ON = 6;
inline constexpr uint8_t CURRENT_TEMPERATURE = 7;
}  // namespace state
namespace command {
inline constexpr uint8_t MODE = 1;
inline constexpr uint8_t TARGET_TEMPERATURE = 2;
inline constexpr uint8_t TARGET_TEMPERATURE_LOW = 3;
inline constexpr uint8_t TARGET_TEMPERATURE_HIGH = 4;
inline constexpr uint8_t AWAY = 5;
inline constexpr uint8_t ON = 6;
}  // namespace command
}  // namespace water_heater

namespace fan {
inline constexpr uint8_t NUMBER = 12;
enum class Direction : uint8_t {
  FORWARD = 0,
  REVERSE = 1,
};
namespace property {
inline constexpr uint8_t SPEED_COUNT = 32;
inline constexpr uint8_t SUPPORTS_OSCILLATION = 33;
inline constexpr uint8_t SUPPORTS_DIRECTION = 34;
inline constexpr uint8_t PRESET_MODES = 35;
}  // namespace property
namespace state {
inline constexpr uint8_t ON = 1;
inline constexpr uint8_t SPEED_LEVEL = 2;
inline constexpr uint8_t OSCILLATING = 3;
inline constexpr uint8_t DIRECTION = 4;
inline constexpr uint8_t PRESET_MODE = 5;
}  // namespace state
namespace command {
inline constexpr uint8_t ON = 1;
inline constexpr uint8_t SPEED_LEVEL = 2;
inline constexpr uint8_t OSCILLATING = 3;
inline constexpr uint8_t DIRECTION = 4;
inline constexpr uint8_t PRESET_MODE = 5;
}  // namespace command
}  // namespace fan

namespace lock {
inline constexpr uint8_t NUMBER = 13;
enum class Condition : uint8_t {
  LOCKED = 1,
  UNLOCKED = 2,
  JAMMED = 3,
  LOCKING = 4,
  UNLOCKING = 5,
  OPENING = 6,
  OPEN = 7,
};
enum class Action : uint8_t {
  UNLOCK = 0,
  LOCK = 1,
  OPEN = 2,
};
namespace property {
inline constexpr uint8_t ASSUMED_STATE = 7;
inline constexpr uint8_t SUPPORTS_OPEN = 40;
inline constexpr uint8_t REQUIRES_CODE = 41;
}  // namespace property
namespace state {
inline constexpr uint8_t CONDITION = 1;
}  // namespace state
namespace command {
inline constexpr uint8_t ACTION = 1;
inline constexpr uint8_t CODE = 2;
}  // namespace command
}  // namespace lock

namespace alarm_control_panel {
inline constexpr uint8_t NUMBER = 19;
enum class Condition : uint8_t {
  DISARMED = 0,
  ARMED_HOME = 1,
  ARMED_AWAY = 2,
  ARMED_NIGHT = 3,
  ARMED_VACATION = 4,
  ARMED_CUSTOM_BYPASS = 5,
  PENDING = 6,
  ARMING = 7,
  DISARMING = 8,
  TRIGGERED = 9,
};
enum class Action : uint8_t {
  DISARM = 0,
  ARM_AWAY = 1,
  ARM_HOME = 2,
  ARM_NIGHT = 3,
  ARM_VACATION = 4,
  ARM_CUSTOM_BYPASS = 5,
  TRIGGER = 6,
};
namespace property {
inline constexpr uint8_t REQUIRES_CODE = 41;
inline constexpr uint8_t SUPPORTED_FEATURES = 88;
inline constexpr uint8_t REQUIRES_CODE_TO_ARM = 89;
}  // namespace property
namespace state {
inline constexpr uint8_t CONDITION = 1;
}  // namespace state
namespace command {
inline constexpr uint8_t ACTION = 1;
inline constexpr uint8_t CODE = 2;
}  // namespace command
}  // namespace alarm_control_panel

namespace event {
inline constexpr uint8_t NUMBER = 10;
namespace property {
inline constexpr uint8_t EVENT_TYPES = 152;
}  // namespace property
}  // namespace event

namespace media_player {
inline constexpr uint8_t NUMBER = 20;
enum class Activity : uint8_t {
  NONE = 0,
  IDLE = 1,
  PLAYING = 2,
  PAUSED = 3,
  ANNOUNCING = 4,
  OFF = 5,
  ON = 6,
};
enum class Order : uint8_t {
  PLAY = 0,
  PAUSE = 1,
  STOP = 2,
  MUTE = 3,
  UNMUTE = 4,
  TOGGLE = 5,
  VOLUME_UP = 6,
  VOLUME_DOWN = 7,
  ENQUEUE = 8,
  REPEAT_ONE = 9,
  REPEAT_OFF = 10,
  CLEAR_PLAYLIST = 11,
  TURN_ON = 12,
  TURN_OFF = 13,
  NEXT = 14,
  PREVIOUS = 15,
  REPEAT_ALL = 16,
  SHUFFLE = 17,
  UNSHUFFLE = 18,
  GROUP_JOIN = 19,
};
namespace property {
inline constexpr uint8_t SUPPORTED_FORMATS = 96;
inline constexpr uint8_t FEATURE_FLAGS = 97;
}  // namespace property
namespace state {
inline constexpr uint8_t ACTIVITY = 1;
inline constexpr uint8_t VOLUME = 2;
inline constexpr uint8_t MUTED = 3;
}  // namespace state
namespace command {
inline constexpr uint8_t ORDER = 1;
inline constexpr uint8_t VOLUME = 2;
inline constexpr uint8_t MEDIA_URL = 3;
inline constexpr uint8_t ANNOUNCEMENT = 4;
}  // namespace command
}  // namespace media_player

namespace date {
inline constexpr uint8_t NUMBER = 16;
namespace state {
inline constexpr uint8_t YEAR = 1;
inline constexpr uint8_t MONTH = 2;
inline constexpr uint8_t DAY = 3;
}  // namespace state
namespace command {
inline constexpr uint8_t YEAR = 1;
inline constexpr uint8_t MONTH = 2;
inline constexpr uint8_t DAY = 3;
}  // namespace command
}  // namespace date

namespace time {
inline constexpr uint8_t NUMBER = 17;
namespace state {
inline constexpr uint8_t HOUR = 1;
inline constexpr uint8_t MINUTE = 2;
inline constexpr uint8_t SECOND = 3;
}  // namespace state
namespace command {
inline constexpr uint8_t HOUR = 1;
inline constexpr uint8_t MINUTE = 2;
inline constexpr uint8_t SECOND = 3;
}  // namespace command
}  // namespace time

namespace datetime {
inline constexpr uint8_t NUMBER = 18;
namespace command {
inline constexpr uint8_t SECONDS = 1;
}  // namespace command
}  // namespace datetime

namespace update {
inline constexpr uint8_t NUMBER = 22;
enum class Action : uint8_t {
  INSTALL = 1,
  CHECK = 2,
};
namespace state {
inline constexpr uint8_t IN_PROGRESS = 1;
inline constexpr uint8_t PROGRESS = 2;
inline constexpr uint8_t CURRENT_VERSION = 3;
inline constexpr uint8_t LATEST_VERSION = 4;
inline constexpr uint8_t TITLE = 5;
inline constexpr uint8_t RELEASE_URL = 6;
inline constexpr uint8_t RELEASE_SUMMARY = 7;
}  // namespace state
namespace command {
inline constexpr uint8_t ACTION = 1;
}  // namespace command
}  // namespace update

namespace camera {
inline constexpr uint8_t NUMBER = 23;
namespace command {
inline constexpr uint8_t STREAM = 1;
}  // namespace command
}  // namespace camera

namespace infrared {
inline constexpr uint8_t NUMBER = 24;
namespace property {
inline constexpr uint8_t CAPABILITIES = 136;
inline constexpr uint8_t RECEIVER_FREQUENCY = 137;
}  // namespace property
namespace command {
inline constexpr uint8_t CARRIER_FREQUENCY = 1;
inline constexpr uint8_t TIMINGS = 2;
inline constexpr uint8_t REPEAT_COUNT = 3;
}  // namespace command
}  // namespace infrared

namespace radio_frequency {
inline constexpr uint8_t NUMBER = 25;
enum class Modulation : uint8_t {
  OOK = 0,
};
namespace property {
inline constexpr uint8_t CAPABILITIES = 136;
inline constexpr uint8_t FREQUENCY_MIN = 145;
inline constexpr uint8_t FREQUENCY_MAX = 146;
inline constexpr uint8_t SUPPORTED_MODULATIONS = 147;
}  // namespace property
namespace command {
inline constexpr uint8_t FREQUENCY = 1;
inline constexpr uint8_t TIMINGS = 2;
inline constexpr uint8_t REPEAT_COUNT = 3;
inline constexpr uint8_t MODULATION = 4;
}  // namespace command
}  // namespace radio_frequency

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
    case Domain::COVER:
    case Domain::TEXT:
    case Domain::CLIMATE:
    case Domain::WATER_HEATER:
    case Domain::FAN:
    case Domain::LOCK:
    case Domain::ALARM_CONTROL_PANEL:
    case Domain::MEDIA_PLAYER:
    case Domain::DATETIME_DATE:
    case Domain::DATETIME_TIME:
    case Domain::DATETIME_DATETIME:
    case Domain::UPDATE:
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
    case Domain::COVER:
    case Domain::TEXT:
    case Domain::CLIMATE:
    case Domain::WATER_HEATER:
    case Domain::FAN:
    case Domain::LOCK:
    case Domain::ALARM_CONTROL_PANEL:
    case Domain::MEDIA_PLAYER:
    case Domain::DATETIME_DATE:
    case Domain::DATETIME_TIME:
    case Domain::DATETIME_DATETIME:
    case Domain::UPDATE:
    case Domain::CAMERA:
    case Domain::INFRARED:
    case Domain::RADIO_FREQUENCY:
      return true;
    default:
      return false;
  }
}

}  // namespace esphome::oceanremote::wire

/// Each argument of each command: OCEANREMOTE_ARGUMENT(domain, key, type, min, max, required), ascending by domain and
/// key. Types: arguments.h. min and max are those of a UINT; of a TEXT max is characters, of a BYTES bytes.
#define OCEANREMOTE_ARGUMENTS \
  OCEANREMOTE_ARGUMENT(4, 1, BOOLEAN, 0, 0, true) \
  OCEANREMOTE_ARGUMENT(6, 1, REAL, 0, 0, true) \
  OCEANREMOTE_ARGUMENT(7, 1, TEXT, 0, 255, true) \
  OCEANREMOTE_ARGUMENT(8, 1, BOOLEAN, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(8, 2, SHARE, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(8, 3, UINT, 0, 255, false) \
  OCEANREMOTE_ARGUMENT(8, 4, RGB, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(8, 5, SHARE, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(8, 6, POSITIVE, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(8, 7, SHARE, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(8, 8, SHARE, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(8, 9, TEXT, 0, 255, false) \
  OCEANREMOTE_ARGUMENT(8, 10, SHARE, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(8, 11, UINT32, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(8, 12, UINT32, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(9, 1, SHARE, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(9, 2, BOOLEAN, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(9, 3, BOOLEAN, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(11, 1, SHARE, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(11, 2, BOOLEAN, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(11, 3, BOOLEAN, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(11, 4, SHARE, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(15, 1, TEXT, 0, 255, true) \
  OCEANREMOTE_ARGUMENT(14, 1, UINT, 0, 6, false) \
  OCEANREMOTE_ARGUMENT(14, 2, REAL, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(14, 3, REAL, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(14, 4, REAL, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(14, 5, UINT, 0, 9, false) \
  OCEANREMOTE_ARGUMENT(14, 6, UINT, 0, 7, false) \
  OCEANREMOTE_ARGUMENT(14, 7, UINT, 0, 3, false) \
  OCEANREMOTE_ARGUMENT(14, 8, REAL, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(14, 12, TEXT, 0, 255, false) \
  OCEANREMOTE_ARGUMENT(14, 13, TEXT, 0, 255, false) \
  OCEANREMOTE_ARGUMENT(21, 1, UINT, 0, 6, false) \
  OCEANREMOTE_ARGUMENT(21, 2, REAL, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(21, 3, REAL, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(21, 4, REAL, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(21, 5, BOOLEAN, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(21, 6, BOOLEAN, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(12, 1, BOOLEAN, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(12, 2, UINT32, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(12, 3, BOOLEAN, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(12, 4, UINT, 0, 1, false) \
  OCEANREMOTE_ARGUMENT(12, 5, TEXT, 0, 255, false) \
  OCEANREMOTE_ARGUMENT(13, 1, UINT, 0, 2, true) \
  OCEANREMOTE_ARGUMENT(13, 2, BYTES, 0, 64, false) \
  OCEANREMOTE_ARGUMENT(19, 1, UINT, 0, 6, true) \
  OCEANREMOTE_ARGUMENT(19, 2, BYTES, 0, 64, false) \
  OCEANREMOTE_ARGUMENT(20, 1, UINT, 0, 19, false) \
  OCEANREMOTE_ARGUMENT(20, 2, SHARE, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(20, 3, BYTES, 0, 2048, false) \
  OCEANREMOTE_ARGUMENT(20, 4, BOOLEAN, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(16, 1, UINT, 1970, 3000, true) \
  OCEANREMOTE_ARGUMENT(16, 2, UINT, 1, 12, true) \
  OCEANREMOTE_ARGUMENT(16, 3, UINT, 1, 31, true) \
  OCEANREMOTE_ARGUMENT(17, 1, UINT, 0, 23, true) \
  OCEANREMOTE_ARGUMENT(17, 2, UINT, 0, 59, true) \
  OCEANREMOTE_ARGUMENT(17, 3, UINT, 0, 59, true) \
  OCEANREMOTE_ARGUMENT(18, 1, UINT32, 0, 0, true) \
  OCEANREMOTE_ARGUMENT(22, 1, UINT, 1, 2, true) \
  OCEANREMOTE_ARGUMENT(23, 1, BOOLEAN, 0, 0, true) \
  OCEANREMOTE_ARGUMENT(24, 1, UINT32, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(24, 2, SIGNAL, 0, 3072, true) \
  OCEANREMOTE_ARGUMENT(24, 3, UINT, 0, 255, false) \
  OCEANREMOTE_ARGUMENT(25, 1, UINT32, 0, 0, false) \
  OCEANREMOTE_ARGUMENT(25, 2, SIGNAL, 0, 3072, true) \
  OCEANREMOTE_ARGUMENT(25, 3, UINT, 0, 255, false) \
  OCEANREMOTE_ARGUMENT(25, 4, UINT, 0, 0, false)
