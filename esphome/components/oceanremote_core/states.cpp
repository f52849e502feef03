#include "states.h"

#include "light_keys.h"

namespace esphome::oceanremote {

/// Of a text that fits into any frame.
static constexpr size_t TEXT_HEAD_MAX = 3;
static constexpr float MIREDS_MAX = 1.0e6F;

StatesWriter::StatesWriter(uint8_t *out, size_t capacity) : writer_(out, capacity) {
  this->writer_.write_array(2);
  this->writer_.write_uint(static_cast<uint8_t>(MessageType::STATES));
  this->count_byte_ = out + this->writer_.size();
  this->writer_.write_array(0);
  // Too small a buffer takes nothing, ever.
  this->full_ = !this->writer_.ok();
}

bool StatesWriter::begin_(const EntityAddress &address) {
  if (this->full_ || this->count_ == STATES_PER_FRAME)
    return false;
  this->mark_ = this->writer_.size();
  this->writer_.write_array(4);
  this->writer_.write_uint(address.domain);
  this->writer_.write_uint(address.sub);
  this->writer_.write_uint(address.key);
  return true;
}

bool StatesWriter::end_() {
  if (!this->writer_.ok()) {
    this->writer_.rewind(this->mark_);
    return false;
  }
  this->count_++;
  (*this->count_byte_)++;  // up to 23 an array's head is 0x80 + count
  return true;
}

bool StatesWriter::add_missing(const EntityAddress &address) {
  if (!this->begin_(address))
    return false;
  this->writer_.write_null();
  return this->end_();
}

bool StatesWriter::add_bool(const EntityAddress &address, bool value) {
  if (!this->begin_(address))
    return false;
  this->writer_.write_bool(value);
  return this->end_();
}

bool StatesWriter::add_float(const EntityAddress &address, float value) {
  if (!this->begin_(address))
    return false;
  this->writer_.write_float(value);
  return this->end_();
}

bool StatesWriter::add_text(const EntityAddress &address, std::string_view value) {
  if (!this->begin_(address))
    return false;
  const size_t mark = this->writer_.size();
  const bool has_room = this->writer_.ok();
  this->writer_.write_characters(value, STATE_TEXT_MAX);
  if (has_room && !this->writer_.ok() && this->count_ == 0) {
    // No message of a small board holds 255 characters of four bytes.
    this->writer_.rewind(mark);
    const size_t room = this->writer_.room();
    this->writer_.write_text(value, room > TEXT_HEAD_MAX ? room - TEXT_HEAD_MAX : 0);
  }
  return this->end_();
}

/// Into range, so that a rounding error of a driver cannot break the grammar; what is no number becomes 0.
static float clamp(float value, float max) {
  if (!(value > 0.0F))
    return 0.0F;
  return value < max ? value : max;
}

static void write_share(CborWriter &writer, float value) { writer.write_float(clamp(value, 1.0F)); }

static void write_light(CborWriter &writer, const LightValues &light) {
  using Field = LightValues::Field;
  static constexpr uint16_t STATE_FIELDS = Field::TRANSITION - 1;
  size_t count = 0;
  for (uint16_t rest = light.fields & STATE_FIELDS; rest != 0; rest = static_cast<uint16_t>(rest & (rest - 1)))
    count++;
  writer.write_map(count);
  const auto key = [&writer, &light](Field field, uint8_t number) {
    if (light.has(field))
      writer.write_uint(number);
    return light.has(field);
  };
  if (key(Field::ON, LIGHT_ON))
    writer.write_bool(light.on);
  if (key(Field::BRIGHTNESS, LIGHT_BRIGHTNESS))
    write_share(writer, light.brightness);
  if (key(Field::COLOR_MODE, LIGHT_COLOR_MODE))
    writer.write_uint(light.color_mode);
  if (key(Field::RGB, LIGHT_RGB)) {
    writer.write_array(3);
    write_share(writer, light.red);
    write_share(writer, light.green);
    write_share(writer, light.blue);
  }
  if (key(Field::WHITE, LIGHT_WHITE))
    write_share(writer, light.white);
  if (key(Field::COLOR_TEMPERATURE, LIGHT_COLOR_TEMPERATURE))
    writer.write_float(clamp(light.color_temperature, MIREDS_MAX));
  if (key(Field::COLD_WHITE, LIGHT_COLD_WHITE))
    write_share(writer, light.cold_white);
  if (key(Field::WARM_WHITE, LIGHT_WARM_WHITE))
    write_share(writer, light.warm_white);
  if (key(Field::EFFECT, LIGHT_EFFECT))
    writer.write_characters(light.effect, STATE_TEXT_MAX);
  if (key(Field::COLOR_BRIGHTNESS, LIGHT_COLOR_BRIGHTNESS))
    write_share(writer, light.color_brightness);
}

bool StatesWriter::add_light(const EntityAddress &address, const LightValues &value) {
  if (!this->begin_(address))
    return false;
  write_light(this->writer_, value);
  return this->end_();
}

size_t StatesWriter::finish() const { return this->count_ == 0 ? 0 : this->writer_.size(); }

}  // namespace esphome::oceanremote
