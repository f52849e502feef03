#include "arguments.h"

#include <limits>

#include "cbor.h"
#include "flash_text.h"
#include "user_actions.h"
#include "utf8.h"
#include "wire_domains.h"

namespace esphome::oceanremote {

static constexpr double ANY = std::numeric_limits<double>::max();
static constexpr size_t CHARACTER_MAX = 4;  ///< bytes

/// One argument of one domain.
struct ArgumentRule {
  uint16_t min;  ///< of a UINT
  uint16_t max;  ///< of a UINT, or how many characters or bytes a text may have
  uint8_t domain;
  uint8_t key;
  ArgumentType type;
  bool required;
};

#define OCEANREMOTE_ARGUMENT(domain, key, type, min, max, required) \
  {min, max, domain, key, ArgumentType::type, required},
static constexpr ArgumentRule RULES[] IN_FLASH = {OCEANREMOTE_ARGUMENTS};
static constexpr size_t RULE_COUNT = sizeof(RULES) / sizeof(RULES[0]);
#undef OCEANREMOTE_ARGUMENT

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

static bool read_rgb(CborReader &reader, float (&rgb)[3]) {
  size_t count;
  return reader.read_array(count) && count == 3 && read_real(reader, rgb[0], 0.0, 1.0) &&
         read_real(reader, rgb[1], 0.0, 1.0) && read_real(reader, rgb[2], 0.0, 1.0);
}

static bool read_characters(CborReader &reader, size_t max) {
  std::string_view value;
  return reader.read_text(value, max * CHARACTER_MAX) && utf8_first_characters(value, max) == value.size();
}

/// Timings of 32 bits in their shortest form, one at least.
static bool is_signal(ByteView signal) {
  static constexpr uint8_t MORE = 0x80, LAST_BITS = 0x0F, LONGEST = 5;
  uint8_t size = 0;
  for (size_t i = 0; i < signal.size; i++) {
    const uint8_t byte = signal.data[i];
    size++;
    if (size == LONGEST && byte > LAST_BITS)
      return false;
    if ((byte & MORE) != 0)
      continue;
    if (byte == 0 && size > 1)
      return false;
    size = 0;
  }
  return signal.size != 0 && size == 0;
}

WITHOUT_TABLES static bool read_value(CborReader &reader, const ArgumentRule &rule) {
  bool flag;
  uint64_t number;
  float real, rgb[3];
  std::string_view text;
  ByteView bytes;
  switch (rule.type) {
    case ArgumentType::BOOLEAN:
      return reader.read_bool(flag);
    case ArgumentType::UINT:
      return reader.read_uint_max(number, rule.max) && number >= rule.min;
    case ArgumentType::UINT32:
      return reader.read_uint_max(number, UINT32_MAX);
    case ArgumentType::REAL:
      return read_real(reader, real, -ANY, ANY);
    case ArgumentType::POSITIVE:
      return read_real(reader, real, 0.0, ANY);
    case ArgumentType::SHARE:
      return read_real(reader, real, 0.0, 1.0);
    case ArgumentType::RGB:
      return read_rgb(reader, rgb);
    case ArgumentType::TEXT:
      return read_characters(reader, rule.max);
    case ArgumentType::SIGNAL:
      return reader.read_bytes(bytes) && bytes.size <= rule.max && is_signal(bytes);
    case ArgumentType::BYTES:
      return reader.read_text(text, rule.max);
  }
  return false;
}

static ArgumentRule read_rule(size_t index) {
  ArgumentRule rule;
  read_flash(&rule, &RULES[index], sizeof(rule));
  return rule;
}

static bool find_rule(uint8_t domain, uint64_t key, ArgumentRule &rule) {
  for (size_t i = 0; i < RULE_COUNT; i++) {
    rule = read_rule(i);
    if (rule.domain == domain && rule.key == key)
      return true;
  }
  return false;
}

static size_t count_required(uint8_t domain) {
  size_t count = 0;
  for (size_t i = 0; i < RULE_COUNT; i++) {
    const ArgumentRule rule = read_rule(i);
    count += rule.domain == domain && rule.required ? 1 : 0;
  }
  return count;
}

Error check_arguments(uint8_t domain, ByteView arguments) {
  if (domain == ACTION_DOMAIN)
    return check_action_arguments(arguments);
  CborReader reader(arguments);
  size_t count;
  if (!wire::takes_commands(domain) || !reader.read_map(count))
    return Error::MESSAGE_MALFORMED;
  size_t missing = count_required(domain);
  for (size_t i = 0; i < count; i++) {
    uint64_t key;
    ArgumentRule rule;
    if (!reader.read_uint(key) || !find_rule(domain, key, rule) || !read_value(reader, rule))
      return Error::MESSAGE_MALFORMED;
    // No key comes twice: the reader wants them ascending.
    missing -= rule.required ? 1 : 0;
  }
  return missing == 0 && reader.finished() ? Error::NONE : Error::MESSAGE_MALFORMED;
}

/// Leads the reader to the value of a key.
static bool find_value(CborReader &reader, uint8_t wanted) {
  size_t count;
  if (!reader.read_map(count))
    return false;
  for (size_t i = 0; i < count; i++) {
    uint64_t key;
    if (!reader.read_uint(key))
      return false;
    if (key == wanted)
      return true;
    if (!reader.skip())
      return false;
  }
  return false;
}

size_t Arguments::count() const {
  CborReader reader(this->map_);
  size_t count;
  return reader.read_map(count) ? count : 0;
}

bool Arguments::get(uint8_t key, bool &value) const {
  CborReader reader(this->map_);
  return find_value(reader, key) && reader.read_bool(value);
}

bool Arguments::get(uint8_t key, uint32_t &value) const {
  CborReader reader(this->map_);
  uint64_t wide;
  if (!find_value(reader, key) || !reader.read_uint_max(wide, UINT32_MAX))
    return false;
  value = static_cast<uint32_t>(wide);
  return true;
}

bool Arguments::get(uint8_t key, float &value) const {
  CborReader reader(this->map_);
  return find_value(reader, key) && read_real(reader, value, -ANY, ANY);
}

bool Arguments::get(uint8_t key, float (&rgb)[3]) const {
  CborReader reader(this->map_);
  float read[3];
  if (!find_value(reader, key) || !read_rgb(reader, read))
    return false;
  std::memcpy(rgb, read, sizeof(read));
  return true;
}

bool Arguments::get(uint8_t key, ByteView &value) const {
  CborReader reader(this->map_);
  return find_value(reader, key) && reader.read_bytes(value);
}

bool Arguments::get(uint8_t key, std::string_view &value) const {
  CborReader reader(this->map_);
  return find_value(reader, key) && reader.read_text(value, this->map_.size);
}

}  // namespace esphome::oceanremote
