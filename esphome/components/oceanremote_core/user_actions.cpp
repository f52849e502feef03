#include "user_actions.h"

#include <limits>

#include "crc32.h"
#include "utf8.h"

namespace esphome::oceanremote {

static constexpr uint8_t VALUES_KEY = 1;
static constexpr uint8_t RETURN_RESPONSE_KEY = 2;
static constexpr uint8_t CBOR_ARRAY = 4;
static constexpr uint8_t CBOR_SIMPLE = 7;

static uint8_t major_of(ByteView item) { return item.data[0] >> 5; }

/// A truth value, a number, or a text.
static bool check_scalar(ByteView item) {
  CborReader whole(item), real(item), flag(item), text(item);
  int64_t number;
  double wide;
  bool truth;
  std::string_view words;
  if (whole.read_int(number))
    return number >= INT32_MIN && number <= INT32_MAX;
  return real.read_float(wide) || flag.read_bool(truth) || text.read_text(words, ACTION_TEXT_MAX);
}

/// Opens a list and checks each of its items.
template<typename F> static bool check_items(ByteView list, size_t max, F check) {
  CborReader reader(list);
  size_t count;
  if (!reader.read_array(count) || count > max)
    return false;
  ByteView item;
  for (size_t i = 0; i < count; i++) {
    if (!reader.read_item(item) || !check(item))
      return false;
  }
  return true;
}

/// What two items of one list have in common: both are whole numbers, or the like.
static uint8_t kind_of(ByteView item) {
  static constexpr uint8_t UNSIGNED = 0, NEGATIVE = 1, TRUTH = 8, CBOR_TRUE = 0xF5;
  const uint8_t major = major_of(item);
  if (major == NEGATIVE)
    return UNSIGNED;
  return major == CBOR_SIMPLE && item.data[0] <= CBOR_TRUE ? TRUTH : major;
}

static bool check_value(ByteView item) {
  if (major_of(item) != CBOR_ARRAY)
    return check_scalar(item);
  static constexpr uint8_t ANY = 0xFF;
  uint8_t kind = ANY;
  return check_items(item, ACTION_LIST_MAX, [&kind](ByteView inside) {
    const bool is_first = kind == ANY;
    if (is_first)
      kind = kind_of(inside);
    return check_scalar(inside) && kind_of(inside) == kind;
  });
}

Error check_action_arguments(ByteView arguments) {
  CborReader reader(arguments);
  size_t count;
  if (!reader.read_map(count))
    return Error::MESSAGE_MALFORMED;
  bool has_values = false;
  for (size_t i = 0; i < count; i++) {
    uint64_t key;
    ByteView values;
    bool ignored;
    if (!reader.read_uint(key))
      return Error::MESSAGE_MALFORMED;
    if (key == VALUES_KEY && reader.read_item(values)) {
      has_values = check_items(values, ACTION_ARGUMENTS_MAX, check_value);
    } else if (key != RETURN_RESPONSE_KEY || !reader.read_bool(ignored)) {
      return Error::MESSAGE_MALFORMED;
    }
  }
  return has_values && reader.finished() ? Error::NONE : Error::MESSAGE_MALFORMED;
}

ActionValues::ActionValues(ByteView arguments) {
  CborReader reader(arguments);
  size_t keys;
  uint64_t key;
  ByteView values;
  // The values come first: keys ascend, and without values it is none.
  if (!reader.read_map(keys) || !reader.read_uint(key) || !reader.read_item(values))
    return;
  if (keys > 1 && reader.read_uint(key))
    (void) reader.read_bool(this->return_response_);
  this->reader_ = CborReader(values);
  (void) this->reader_.read_array(this->count_);
}

bool ActionValues::read(int32_t &value) {
  int64_t wide;
  if (!this->reader_.read_int(wide) || wide < INT32_MIN || wide > INT32_MAX)
    return false;
  value = static_cast<int32_t>(wide);
  return true;
}

bool ActionValues::read(float &value) {
  static constexpr double LARGEST = std::numeric_limits<float>::max();
  ByteView item;
  if (!this->reader_.read_item(item))
    return false;
  CborReader inside(item);
  double wide;
  if (major_of(item) != CBOR_SIMPLE) {
    int64_t whole;
    if (!inside.read_int(whole))
      return false;
    wide = static_cast<double>(whole);
  } else if (!inside.read_float(wide)) {
    return false;
  }
  if (wide > LARGEST || wide < -LARGEST)
    return false;
  value = static_cast<float>(wide);
  return true;
}

ResultWriter::ResultWriter(uint8_t *out, size_t capacity, uint32_t command_id, CommandStatus status,
                           std::string_view reason)
    : out_(out), writer_(out, capacity) {
  write_result(this->writer_, command_id, status, reason);
  this->pairs_at_ = this->writer_.size();
  // As many pairs as are allowed have a head of one byte.
  this->writer_.write_array(0);
}

void ResultWriter::name_(std::string_view name) {
  static constexpr size_t PAIR = 2;
  const uint32_t hash = crc32(bytes_of(name));
  for (uint8_t i = 0; i < this->pairs_; i++)
    this->sound_ = this->sound_ && this->names_[i] != hash;
  this->sound_ = this->sound_ && this->pairs_ < RESULT_PAIRS_MAX && name.size() <= RESULT_NAME_MAX;
  if (this->pairs_ < RESULT_PAIRS_MAX)
    this->names_[this->pairs_++] = hash;
  this->writer_.write_array(PAIR);
  this->writer_.write_text(name, RESULT_NAME_MAX);
}

void ResultWriter::add(std::string_view name, bool value) {
  this->name_(name);
  this->writer_.write_bool(value);
}

void ResultWriter::add(std::string_view name, int64_t value) {
  this->name_(name);
  this->writer_.write_int(value);
}

void ResultWriter::add(std::string_view name, float value) {
  this->name_(name);
  this->writer_.write_float(value);
}

void ResultWriter::add(std::string_view name, std::string_view value) {
  this->name_(name);
  this->sound_ = this->sound_ && utf8_first_characters(value, RESULT_TEXT_MAX) == value.size();
  this->writer_.write_characters(value, RESULT_TEXT_MAX);
}

size_t ResultWriter::finish() {
  static constexpr uint8_t ARRAY_HEAD = 0x80;
  if (!this->ok())
    return 0;
  // Without a pair there is no fifth item.
  if (this->pairs_ == 0)
    return this->pairs_at_;
  this->out_[0] = static_cast<uint8_t>(this->out_[0] + 1);
  this->out_[this->pairs_at_] = static_cast<uint8_t>(ARRAY_HEAD + this->pairs_);
  return this->writer_.size();
}

}  // namespace esphome::oceanremote
