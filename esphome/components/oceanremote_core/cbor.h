#pragma once
// Bounded CBOR (RFC 8949): the deterministic subset of docs/protocol.cddl and nothing else.

#include "bytes.h"
#include "errors.h"

namespace esphome::oceanremote {

// Containers inside containers, the outermost counted as 1; a light's colour among states lies deepest.
inline constexpr uint8_t CBOR_DEPTH_MAX = 5;

/// A pull reader that refuses whatever is not deterministic (RFC 8949 section 4.2.1): longer heads or floats than
/// needed, indefinite lengths, tags, simple values but false, true and null, NaN and infinities, text that is not
/// UTF-8. The first error sticks; every later read fails. Views point into the input.
class CborReader {
 public:
  explicit CborReader(ByteView input) : input_(input) {}

  [[nodiscard]] bool read_uint(uint64_t &value);
  [[nodiscard]] bool read_uint_max(uint64_t &value, uint64_t max);
  [[nodiscard]] bool read_int(int64_t &value);
  [[nodiscard]] bool read_bool(bool &value);
  [[nodiscard]] bool read_float(double &value);
  [[nodiscard]] bool read_bytes(ByteView &value);
  [[nodiscard]] bool read_fixed_bytes(ByteView &value, size_t size);
  [[nodiscard]] bool read_text(std::string_view &value, size_t max_size);
  /// Opens an array; its items must then be read one by one.
  [[nodiscard]] bool read_array(size_t &count);
  /// Opens a map: count times a key (read_uint; only unsigned and ascending ones pass), then its value.
  [[nodiscard]] bool read_map(size_t &count);
  /// Walks over one item of any allowed kind, checking all of it.
  [[nodiscard]] bool skip();
  /// Like skip, and gives the bytes of the item.
  [[nodiscard]] bool read_item(ByteView &item);

  /// Every container was read to its end, nothing trails, no error.
  [[nodiscard]] bool finished();
  [[nodiscard]] Error error() const { return this->error_; }

 protected:
  struct Head {
    uint8_t major{0};
    uint8_t info{0};
    uint64_t value{0};
  };
  /// An open container: items left (keys and values both count) and, in a map, the last key.
  struct Level {
    size_t remaining;
    uint64_t last_key;
    bool is_map;
    bool any_key;
    bool key_is_next;
  };

  bool fail_(Error error);
  [[nodiscard]] bool read_head_(Head &head);
  [[nodiscard]] bool begin_item_(Head &head);
  [[nodiscard]] bool begin_item_(uint8_t major, Head &head);
  [[nodiscard]] bool end_item_();
  [[nodiscard]] bool read_string_(uint8_t major, ByteView &value);
  [[nodiscard]] bool take_string_(const Head &head, ByteView &value);
  [[nodiscard]] bool take_simple_(const Head &head);
  [[nodiscard]] bool take_float_(const Head &head, double &value);
  [[nodiscard]] bool open_(const Head &head);
  [[nodiscard]] bool skip_one_();

  ByteView input_;
  size_t position_{0};
  Level levels_[CBOR_DEPTH_MAX]{};
  uint8_t depth_{0};
  Error error_{Error::NONE};
};

/// NONE when the input is exactly one deterministic item.
[[nodiscard]] Error cbor_validate(ByteView input);

/// Writes shortest heads and shortest floats into a fixed buffer. When something does not fit, ok() turns false for
/// good and nothing more is written. The caller keeps counts and key order right.
///
/// A window shows a part of something longer: its first `skip` bytes are dropped, and of what does not fit the
/// beginning is kept. So the same items, written again behind what earlier windows took, come out in parts of any size.
class CborWriter {
 public:
  CborWriter(uint8_t *out, size_t capacity) : out_(out), capacity_(capacity) {}
  static CborWriter window(uint8_t *out, size_t capacity, size_t skip) {
    CborWriter writer(out, capacity);
    writer.skip_ = skip;
    writer.is_window_ = true;
    return writer;
  }

  void write_uint(uint64_t value) { this->write_head_(0, value); }
  void write_int(int64_t value);
  void write_bytes(ByteView value);
  /// The head of a byte string alone; its bytes follow by other means.
  void write_bytes_head(size_t size) { this->write_head_(2, size); }
  /// Text is made valid UTF-8: each invalid byte becomes '?'; longer than max_size bytes is cut at a character.
  void write_text(std::string_view value, size_t max_size);
  /// Likewise, but for max_characters.
  void write_characters(std::string_view value, size_t max_characters);
  void write_array(size_t count) { this->write_head_(4, count); }
  void write_map(size_t count) { this->write_head_(5, count); }
  void write_bool(bool value);
  void write_null();
  /// NaN and infinities become null: a missing value.
  void write_float(float value);

  [[nodiscard]] bool ok() const { return this->ok_; }
  [[nodiscard]] size_t size() const { return this->size_; }
  [[nodiscard]] size_t room() const { return this->capacity_ - this->size_; }
  [[nodiscard]] ByteView view() const { return {this->out_, this->size_}; }
  /// Where the next byte goes.
  [[nodiscard]] uint8_t *end() { return this->out_ + this->size_; }
  /// Takes back everything after a mark, an earlier size(), and is ok again.
  void rewind(size_t mark) {
    this->size_ = mark;
    this->ok_ = true;
  }

 protected:
  void write_head_(uint8_t major, uint64_t value);
  void write_raw_(const uint8_t *bytes, size_t size);

  uint8_t *out_;
  size_t capacity_;
  size_t size_{0};
  size_t skip_{0};
  bool is_window_{false};
  bool ok_{true};
};

}  // namespace esphome::oceanremote
