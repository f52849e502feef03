#pragma once
// What the device has: descriptors one behind the other, hashed and sent in parts that end anywhere.
//
// The hash and the size go out before any part, and nothing ever holds the whole; so the caller walks its entities
// twice: once into a DescriptionDigest, once to send. Parts need not be the same both times.

#include "crypto.h"
#include "messages.h"

namespace esphome::oceanremote {

inline constexpr size_t ENTITIES_MAX = 512;
inline constexpr size_t DESCRIPTION_MAX = 131072;
/// CBOR items of all descriptors together: arrays, maps, keys and all that is in them.
inline constexpr size_t DESCRIPTION_ITEMS_MAX = 16384;
inline constexpr size_t OBJECT_ID_MAX = 120;
inline constexpr size_t ENTITY_NAME_MAX = 120;
inline constexpr size_t PROPERTY_TEXT_MAX = 120;
inline constexpr size_t OPTION_TEXT_MAX = 255;  ///< characters
inline constexpr size_t LIST_MAX = 1024;
/// The longest that DESCRIBE puts before a part: array, type, offset, total, head of the byte string.
inline constexpr size_t DESCRIBE_HEAD_MAX = 1 + 1 + 5 + 5 + 3;

/// Names that the caller can give one by one; a view is valid until the next call.
struct TextList {
  size_t count{0};
  std::string_view (*at)(const void *context, size_t index){nullptr};
  const void *context{nullptr};
};

/// One entity. A member with its default is left out of the map.
struct Descriptor {
  EntityAddress address;
  std::string_view object_id;
  std::string_view name;
  uint8_t entity_category{0};
  std::string_view icon;
  std::string_view device_class;
  std::string_view unit;
  uint8_t state_class{0};
  bool has_accuracy{false};
  int8_t accuracy_decimals{0};
  bool assumed_state{false};
  TextList options;
  bool has_range{false};  ///< min, max, step
  float min_value{0};
  float max_value{0};
  float step{0};
  uint8_t mode{0};
  const uint8_t *color_modes{nullptr};
  size_t color_mode_count{0};
  TextList effects;
  bool has_mireds{false};
  float min_mireds{0};
  float max_mireds{0};
  bool disabled_by_default{false};
  bool force_update{false};
  std::string_view kind;  ///< of what no domain carries
};

/// Writes descriptors into one part after another. A descriptor that does not fit is begun in one part and goes on in
/// the next: add it again there.
class DescriptionWriter {
 public:
  /// From the first descriptor on.
  void begin();
  void begin_part(uint8_t *out, size_t capacity);
  /// False when the part is full before the descriptor's end.
  [[nodiscard]] bool add(const Descriptor &descriptor);
  [[nodiscard]] ByteView part() const { return {this->out_, this->size_}; }

  [[nodiscard]] size_t descriptors() const { return this->descriptors_; }
  [[nodiscard]] size_t items() const { return this->items_; }

 protected:
  uint8_t *out_{nullptr};
  size_t capacity_{0};
  size_t size_{0};
  size_t begun_{0};  ///< bytes of the present descriptor that earlier parts hold
  size_t descriptors_{0};
  size_t items_{0};
};

class DescriptionDigest {
 public:
  void add(ByteView part);
  /// False when the hub would refuse it: more than DESCRIPTION_MAX bytes, or than the writer's limits.
  [[nodiscard]] bool finish(const DescriptionWriter &writer, uint8_t hash[HASH_SIZE], uint32_t &size);

 protected:
  Sha256 hash_;
  size_t size_{0};
};

}  // namespace esphome::oceanremote
