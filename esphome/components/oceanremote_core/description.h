#pragma once
// What the device has: descriptors one behind the other, hashed and sent in parts that end anywhere.
//
// The hash and the size go out before any part, and nothing ever holds the whole; so the caller walks its entities
// twice: once into a DescriptionDigest, once to send. Parts need not be the same both times.

#include "crypto.h"
#include "messages.h"

namespace esphome::oceanremote {

inline constexpr size_t ENTITIES_MAX = 1024;
inline constexpr size_t SUB_DEVICES_MAX = 64;
inline constexpr size_t DESCRIPTION_MAX = 262144;
/// CBOR items of all descriptors together: arrays, maps, keys and all that is in them.
inline constexpr size_t DESCRIPTION_ITEMS_MAX = 32768;
inline constexpr size_t OBJECT_ID_MAX = 120;
inline constexpr size_t ENTITY_NAME_MAX = 120;
inline constexpr size_t PROPERTY_TEXT_MAX = 120;
inline constexpr size_t OPTION_TEXT_MAX = 255;   ///< characters
inline constexpr size_t PATTERN_TEXT_MAX = 255;  ///< characters
inline constexpr size_t LIST_MAX = 1024;
inline constexpr size_t ARGUMENT_NAME_MAX = 64;
inline constexpr size_t ACTION_DESCRIPTION_MAX = 255;
inline constexpr size_t MEDIA_FORMATS_MAX = 16;
inline constexpr size_t MEDIA_FORMAT_TEXT_MAX = 16;
/// The longest that DESCRIBE puts before a part: array, type, offset, total, head of the byte string.
inline constexpr size_t DESCRIBE_HEAD_MAX = 1 + 1 + 5 + 5 + 3;

inline constexpr size_t CHOICES_MAX = 16;

/// Names that the caller can give one by one; a view is valid until the next call.
struct TextList {
  size_t count{0};
  std::string_view (*at)(const void *context, size_t index){nullptr};
  const void *context{nullptr};
};

/// One argument of a user action; views are valid until the next call.
struct ArgumentText {
  std::string_view name;
  std::string_view description;  ///< left out when empty
  uint8_t type{0};
};

struct ArgumentList {
  size_t count{0};
  ArgumentText (*at)(const void *context, size_t index){nullptr};
  const void *context{nullptr};
};

/// What every descriptor begins with, and the one property of all entities whose key lies among those of the domains.
struct DescriptorHead {
  EntityAddress address;
  std::string_view object_id;
  std::string_view name;
  bool disabled_by_default{false};
};

/// Takes an entity's properties one by one, in ascending order of their keys; a map's size comes before its content, so
/// it is shown them twice, and only counts the first time. What has its default is left out.
class PropertyWriter {
 public:
  /// Writer null: counts.
  PropertyWriter(CborWriter *writer, bool disabled_by_default) : writer_(writer), disabled_(disabled_by_default) {}

  /// Left out when false.
  void flag(uint8_t key, bool value);
  /// Left out when 0.
  void choice(uint8_t key, uint8_t value);
  void integer(uint8_t key, int8_t value);
  void number(uint8_t key, uint32_t value);
  /// Left out when it is no number.
  void real(uint8_t key, float value);
  /// Left out when empty, as lists are.
  void text(uint8_t key, std::string_view value, size_t max = PROPERTY_TEXT_MAX);
  /// Left out when empty, or longer than max characters: what must be whole or not be.
  void whole_text(uint8_t key, std::string_view value, size_t max);
  void texts(uint8_t key, const TextList &list);
  void numbers(uint8_t key, const uint8_t *numbers, size_t count);
  /// The members of an enumeration that an entity has, CHOICES_MAX of them at most.
  template<typename Choices> void choices(uint8_t key, const Choices &choices) {
    uint8_t members[CHOICES_MAX];
    size_t count = 0;
    for (const auto choice : choices) {
      if (count < CHOICES_MAX)
        members[count++] = static_cast<uint8_t>(choice);
    }
    this->numbers(key, members, count);
  }
  void arguments(uint8_t key, const ArgumentList &list);
  /// An array of arrays; write(size_t index, CborWriter &row) writes the columns of one.
  template<typename F> void rows(uint8_t key, size_t count, size_t columns, const F &write) {
    this->list_items_ += count * (1 + columns);
    if (count == 0 || !this->key_(key))
      return;
    this->writer_->write_array(count);
    for (size_t i = 0; i < count; i++) {
      this->writer_->write_array(columns);
      write(i, *this->writer_);
    }
  }
  /// After the last one.
  void finish();

  [[nodiscard]] size_t count() const { return this->count_; }
  [[nodiscard]] size_t list_items() const { return this->list_items_; }

 protected:
  /// Whether the value is to be written.
  [[nodiscard]] bool key_(uint8_t key);

  CborWriter *writer_;
  size_t count_{0};
  size_t list_items_{0};
  bool disabled_;  ///< and that has not been written
};

/// Writes descriptors into one part after another. A descriptor that does not fit is begun in one part and goes on in
/// the next: add it again there.
class DescriptionWriter {
 public:
  /// From the first descriptor on.
  void begin();
  void begin_part(uint8_t *out, size_t capacity);
  /// describe(PropertyWriter &) shows an entity's properties, the same ones whenever it is called. False when the part
  /// is full before the descriptor's end.
  template<typename F> [[nodiscard]] bool add(const DescriptorHead &head, const F &describe) {
    return this->add_(
        head, [](const void *context, PropertyWriter &properties) { (*static_cast<const F *>(context))(properties); },
        &describe);
  }
  /// A part of the device that has entities; those come behind it. False likewise.
  [[nodiscard]] bool add_sub_device(uint32_t id, std::string_view name, std::string_view area);
  [[nodiscard]] ByteView part() const { return {this->out_, this->size_}; }

  [[nodiscard]] size_t descriptors() const { return this->descriptors_; }
  [[nodiscard]] size_t items() const { return this->items_; }

 protected:
  using Describe = void (*)(const void *context, PropertyWriter &properties);
  [[nodiscard]] bool add_(const DescriptorHead &head, Describe describe, const void *context);
  /// Where the present item goes on.
  [[nodiscard]] CborWriter go_on_() const;
  /// False when the part is full before the item's end.
  [[nodiscard]] bool end_item_(const CborWriter &writer, size_t items);

  uint8_t *out_{nullptr};
  size_t capacity_{0};
  size_t size_{0};
  size_t begun_{0};  ///< bytes of the present item that earlier parts hold
  size_t descriptors_{0};
  size_t items_{0};
};

class DescriptionDigest {
 public:
  /// Forgets what was added before.
  void start();
  void add(ByteView part);
  /// False when the hub would refuse it: more than DESCRIPTION_MAX bytes, or than the writer's limits.
  [[nodiscard]] bool finish(const DescriptionWriter &writer, uint8_t hash[HASH_SIZE], uint32_t &size);

 protected:
  Sha256 hash_;
  size_t size_{0};
};

}  // namespace esphome::oceanremote
