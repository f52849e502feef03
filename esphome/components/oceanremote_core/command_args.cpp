#include "command_args.h"

#include "light_keys.h"
#include "utf8.h"

#include <limits>

namespace esphome::oceanremote {

static constexpr uint8_t VALUE = 1;
static constexpr double ANY = std::numeric_limits<double>::max();

/// Opens a map that must hold the one key VALUE.
static bool open_single(CborReader &reader) {
  size_t count;
  uint64_t key;
  return reader.read_map(count) && count == 1 && reader.read_uint(key) && key == VALUE;
}

/// A number within min..max; what a float cannot hold saturates, for the entity to refuse as out of its range.
static bool read_real(CborReader &reader, float &value, double min, double max) {
  static constexpr double LARGEST = std::numeric_limits<float>::max();
  double wide;
  if (!reader.read_float(wide) || wide < min || wide > max)
    return false;
  if (wide > LARGEST)
    wide = LARGEST;
  else if (wide < -LARGEST)
    wide = -LARGEST;
  value = static_cast<float>(wide);
  return true;
}

static bool read_share(CborReader &reader, float &value) { return read_real(reader, value, 0.0, 1.0); }

static bool read_mireds(CborReader &reader, float &value) { return read_real(reader, value, 0.0, ANY); }

static bool read_uint32(CborReader &reader, uint32_t &value) {
  uint64_t wide;
  if (!reader.read_uint_max(wide, UINT32_MAX))
    return false;
  value = static_cast<uint32_t>(wide);
  return true;
}

static bool read_characters(CborReader &reader, std::string_view &value) {
  static constexpr size_t BYTES_MAX = 4;
  return reader.read_text(value, STATE_TEXT_MAX * BYTES_MAX) &&
         utf8_first_characters(value, STATE_TEXT_MAX) == value.size();
}

Error parse_switch_args(ByteView args, bool &on) {
  CborReader reader(args);
  bool value;
  if (!open_single(reader) || !reader.read_bool(value) || !reader.finished())
    return Error::MESSAGE_MALFORMED;
  on = value;
  return Error::NONE;
}

Error parse_button_args(ByteView args) {
  CborReader reader(args);
  size_t count;
  return reader.read_map(count) && count == 0 && reader.finished() ? Error::NONE : Error::MESSAGE_MALFORMED;
}

Error parse_number_args(ByteView args, float &value) {
  CborReader reader(args);
  float read;
  if (!open_single(reader) || !read_real(reader, read, -ANY, ANY) || !reader.finished())
    return Error::MESSAGE_MALFORMED;
  value = read;
  return Error::NONE;
}

Error parse_select_args(ByteView args, std::string_view &option) {
  CborReader reader(args);
  std::string_view read;
  if (!open_single(reader) || !read_characters(reader, read) || !reader.finished())
    return Error::MESSAGE_MALFORMED;
  option = read;
  return Error::NONE;
}

static bool read_rgb(CborReader &reader, LightValues &light) {
  size_t count;
  return reader.read_array(count) && count == 3 && read_share(reader, light.red) && read_share(reader, light.green) &&
         read_share(reader, light.blue);
}

static bool read_color_mode(CborReader &reader, LightValues &light) {
  uint64_t mode;
  if (!reader.read_uint_max(mode, UINT8_MAX))
    return false;
  light.color_mode = static_cast<uint8_t>(mode);
  return true;
}

static bool read_light_field(CborReader &reader, uint64_t key, LightValues &light) {
  switch (key) {
    case LIGHT_ON:
      return reader.read_bool(light.on);
    case LIGHT_BRIGHTNESS:
      return read_share(reader, light.brightness);
    case LIGHT_COLOR_MODE:
      return read_color_mode(reader, light);
    case LIGHT_RGB:
      return read_rgb(reader, light);
    case LIGHT_WHITE:
      return read_share(reader, light.white);
    case LIGHT_COLOR_TEMPERATURE:
      return read_mireds(reader, light.color_temperature);
    case LIGHT_COLD_WHITE:
      return read_share(reader, light.cold_white);
    case LIGHT_WARM_WHITE:
      return read_share(reader, light.warm_white);
    case LIGHT_EFFECT:
      return read_characters(reader, light.effect);
    case LIGHT_COLOR_BRIGHTNESS:
      return read_share(reader, light.color_brightness);
    case LIGHT_TRANSITION:
      return read_uint32(reader, light.transition_ms);
    case LIGHT_FLASH:
      return read_uint32(reader, light.flash_ms);
    default:
      return false;
  }
}

Error parse_light_args(ByteView args, LightValues &values) {
  CborReader reader(args);
  LightValues light;
  size_t count;
  if (!reader.read_map(count))
    return Error::MESSAGE_MALFORMED;
  for (size_t i = 0; i < count; i++) {
    uint64_t key;
    if (!reader.read_uint(key) || !read_light_field(reader, key, light))
      return Error::MESSAGE_MALFORMED;
    // The bits of Field are in the order of the keys.
    light.fields = static_cast<uint16_t>(light.fields | (1U << (key - 1)));
  }
  if (!reader.finished())
    return Error::MESSAGE_MALFORMED;
  values = light;
  return Error::NONE;
}

Error check_command_args(uint8_t domain, ByteView args) {
  bool on;
  float number;
  std::string_view option;
  LightValues light;
  switch (static_cast<Domain>(domain)) {
    case Domain::SWITCH:
      return parse_switch_args(args, on);
    case Domain::BUTTON:
      return parse_button_args(args);
    case Domain::NUMBER:
      return parse_number_args(args, number);
    case Domain::SELECT:
      return parse_select_args(args, option);
    case Domain::LIGHT:
      return parse_light_args(args, light);
    default:
      return Error::MESSAGE_MALFORMED;
  }
}

static_assert(LightValues::ON == 1U << (LIGHT_ON - 1) && LightValues::EFFECT == 1U << (LIGHT_EFFECT - 1) &&
                  LightValues::FLASH == 1U << (LIGHT_FLASH - 1),
              "fields follow keys");

}  // namespace esphome::oceanremote
