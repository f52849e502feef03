#include "cbor.h"

#include "cbor_float.h"
#include "utf8.h"

namespace esphome::oceanremote {

// Major types (RFC 8949 section 3.1)
static constexpr uint8_t UNSIGNED = 0;
static constexpr uint8_t NEGATIVE = 1;
static constexpr uint8_t BYTE_STRING = 2;
static constexpr uint8_t TEXT_STRING = 3;
static constexpr uint8_t ARRAY = 4;
static constexpr uint8_t MAP = 5;
static constexpr uint8_t TAG = 6;
static constexpr uint8_t SIMPLE = 7;

static constexpr uint8_t SIMPLE_FALSE = 20;
static constexpr uint8_t SIMPLE_TRUE = 21;
static constexpr uint8_t SIMPLE_NULL = 22;
static constexpr uint8_t LAST_IMMEDIATE = 23;
static constexpr uint8_t LAST_ARGUMENT = 27;

bool CborReader::fail_(Error error) {
  if (this->error_ == Error::NONE)
    this->error_ = error;
  return false;
}

bool CborReader::read_head_(Head &head) {
  if (this->position_ >= this->input_.size)
    return this->fail_(Error::CBOR_MALFORMED);
  const uint8_t initial = this->input_.data[this->position_];
  head.major = initial >> 5;
  head.info = initial & 0x1F;
  head.value = head.info;
  this->position_++;
  if (head.major == TAG)
    return this->fail_(Error::CBOR_NOT_DETERMINISTIC);
  if (head.info <= LAST_IMMEDIATE)
    return true;
  if (head.info > LAST_ARGUMENT)
    return this->fail_(Error::CBOR_NOT_DETERMINISTIC);
  const size_t size = static_cast<size_t>(1) << (head.info - LAST_IMMEDIATE - 1);
  if (this->input_.size - this->position_ < size)
    return this->fail_(Error::CBOR_MALFORMED);
  head.value = 0;
  for (size_t i = 0; i < size; i++)
    head.value = (head.value << 8) | this->input_.data[this->position_ + i];
  this->position_ += size;
  // A float's argument is its bits, whose width is judged with the value.
  if (head.major == SIMPLE)
    return true;
  const uint64_t longest_shorter = size == 1 ? LAST_IMMEDIATE : (1ULL << (4 * size)) - 1;
  if (head.value <= longest_shorter)
    return this->fail_(Error::CBOR_NOT_DETERMINISTIC);
  return true;
}

bool CborReader::begin_item_(Head &head) {
  if (this->error_ != Error::NONE)
    return false;
  if (this->depth_ == 0) {
    if (this->position_ != 0)
      return this->fail_(Error::CBOR_MALFORMED);
    return this->read_head_(head);
  }
  Level &level = this->levels_[this->depth_ - 1];
  if (level.remaining == 0)
    return this->fail_(Error::CBOR_MALFORMED);
  const bool is_key = level.is_map && level.key_is_next;
  if (!this->read_head_(head))
    return false;
  if (is_key) {
    if (head.major != UNSIGNED)
      return this->fail_(Error::CBOR_MALFORMED);
    if (level.any_key && head.value <= level.last_key)
      return this->fail_(Error::CBOR_NOT_DETERMINISTIC);
    level.last_key = head.value;
    level.any_key = true;
  }
  level.key_is_next = level.is_map && !is_key;
  level.remaining--;
  return true;
}

bool CborReader::begin_item_(uint8_t major, Head &head) {
  if (!this->begin_item_(head))
    return false;
  return head.major == major || this->fail_(Error::MESSAGE_MALFORMED);
}

bool CborReader::end_item_() {
  while (this->depth_ != 0 && this->levels_[this->depth_ - 1].remaining == 0)
    this->depth_--;
  return true;
}

bool CborReader::open_(const Head &head) {
  const bool is_map = head.major == MAP;
  // Every item takes a byte at least, so a count beyond the input is a lie.
  const size_t left = this->input_.size - this->position_;
  if (head.value > left || (is_map && head.value > left / 2))
    return this->fail_(Error::CBOR_MALFORMED);
  if (this->depth_ == CBOR_DEPTH_MAX)
    return this->fail_(Error::CBOR_TOO_DEEP);
  const auto count = static_cast<size_t>(head.value);
  this->levels_[this->depth_] = {is_map ? 2 * count : count, 0, is_map, false, is_map};
  this->depth_++;
  return this->end_item_();
}

bool CborReader::read_uint(uint64_t &value) {
  Head head;
  if (!this->begin_item_(UNSIGNED, head))
    return false;
  value = head.value;
  return this->end_item_();
}

bool CborReader::read_uint_max(uint64_t &value, uint64_t max) {
  uint64_t read;
  if (!this->read_uint(read))
    return false;
  if (read > max)
    return this->fail_(Error::MESSAGE_MALFORMED);
  value = read;
  return true;
}

bool CborReader::read_int(int64_t &value) {
  Head head;
  if (!this->begin_item_(head))
    return false;
  if (head.major > NEGATIVE || head.value > INT64_MAX)
    return this->fail_(Error::MESSAGE_MALFORMED);
  const auto magnitude = static_cast<int64_t>(head.value);
  value = head.major == UNSIGNED ? magnitude : -1 - magnitude;
  return this->end_item_();
}

bool CborReader::read_bool(bool &value) {
  Head head;
  if (!this->begin_item_(SIMPLE, head))
    return false;
  if (head.info != SIMPLE_FALSE && head.info != SIMPLE_TRUE)
    return this->fail_(Error::MESSAGE_MALFORMED);
  value = head.info == SIMPLE_TRUE;
  return this->end_item_();
}

bool CborReader::take_float_(const Head &head, double &value) {
  double decoded;
  switch (head.info) {
    case CBOR_FLOAT16:
      decoded = half_to_double(static_cast<uint16_t>(head.value));
      break;
    case CBOR_FLOAT32:
      decoded = bits_to_float(static_cast<uint32_t>(head.value));
      break;
    case CBOR_FLOAT64:
      decoded = bits_to_double(head.value);
      break;
    default:
      return this->fail_(Error::MESSAGE_MALFORMED);
  }
  if (!is_finite(decoded) || shortest_float_info(decoded) != head.info)
    return this->fail_(Error::CBOR_NOT_DETERMINISTIC);
  value = decoded;
  return true;
}

bool CborReader::read_float(double &value) {
  Head head;
  return this->begin_item_(SIMPLE, head) && this->take_float_(head, value) && this->end_item_();
}

bool CborReader::take_string_(const Head &head, ByteView &value) {
  if (head.value > this->input_.size - this->position_)
    return this->fail_(Error::CBOR_MALFORMED);
  const ByteView found{this->input_.data + this->position_, static_cast<size_t>(head.value)};
  this->position_ += found.size;
  if (head.major == TEXT_STRING && !utf8_valid({reinterpret_cast<const char *>(found.data), found.size}))
    return this->fail_(Error::CBOR_MALFORMED);
  value = found;
  return true;
}

bool CborReader::read_string_(uint8_t major, ByteView &value) {
  Head head;
  return this->begin_item_(major, head) && this->take_string_(head, value) && this->end_item_();
}

bool CborReader::read_bytes(ByteView &value) { return this->read_string_(BYTE_STRING, value); }

bool CborReader::read_fixed_bytes(ByteView &value, size_t size) {
  ByteView found;
  if (!this->read_bytes(found))
    return false;
  if (found.size != size)
    return this->fail_(Error::MESSAGE_MALFORMED);
  value = found;
  return true;
}

bool CborReader::read_text(std::string_view &value, size_t max_size) {
  ByteView found;
  if (!this->read_string_(TEXT_STRING, found))
    return false;
  if (found.size > max_size)
    return this->fail_(Error::MESSAGE_MALFORMED);
  value = {reinterpret_cast<const char *>(found.data), found.size};
  return true;
}

bool CborReader::read_array(size_t &count) {
  Head head;
  if (!this->begin_item_(ARRAY, head))
    return false;
  count = static_cast<size_t>(head.value);
  return this->open_(head);
}

bool CborReader::read_map(size_t &count) {
  Head head;
  if (!this->begin_item_(MAP, head))
    return false;
  count = static_cast<size_t>(head.value);
  return this->open_(head);
}

bool CborReader::take_simple_(const Head &head) {
  if (head.info >= SIMPLE_FALSE && head.info <= SIMPLE_NULL)
    return true;
  double ignored;
  if (head.info >= CBOR_FLOAT16 && head.info <= CBOR_FLOAT64)
    return this->take_float_(head, ignored);
  return this->fail_(Error::CBOR_NOT_DETERMINISTIC);
}

bool CborReader::skip_one_() {
  Head head;
  if (!this->begin_item_(head))
    return false;
  ByteView ignored;
  switch (head.major) {
    case UNSIGNED:
    case NEGATIVE:
      return this->end_item_();
    case BYTE_STRING:
    case TEXT_STRING:
      return this->take_string_(head, ignored) && this->end_item_();
    case ARRAY:
    case MAP:
      return this->open_(head);
    default:
      return this->take_simple_(head) && this->end_item_();
  }
}

bool CborReader::skip() {
  // Containers close themselves, so the walk is over as soon as it is not deeper than where it began.
  const uint8_t depth = this->depth_;
  do {
    if (!this->skip_one_())
      return false;
  } while (this->depth_ > depth);
  return true;
}

bool CborReader::read_item(ByteView &item) {
  const size_t start = this->position_;
  if (!this->skip())
    return false;
  item = {this->input_.data + start, this->position_ - start};
  return true;
}

bool CborReader::finished() {
  if (this->error_ != Error::NONE)
    return false;
  if (this->depth_ != 0)
    return this->fail_(Error::MESSAGE_MALFORMED);
  if (this->position_ == 0 || this->position_ != this->input_.size)
    return this->fail_(Error::CBOR_MALFORMED);
  return true;
}

Error cbor_validate(ByteView input) {
  CborReader reader(input);
  if (reader.skip() && reader.finished())
    return Error::NONE;
  return reader.error();
}

}  // namespace esphome::oceanremote
