#pragma once
// What the device has: descriptors in chunks, hashed as sent.
//
// The hash goes out in READY, before any chunk, and the total with each chunk; so the caller walks its entities twice
// with the same chunk capacity: once into a DescriptionDigest, once to send.

#include "crypto.h"
#include "messages.h"

namespace esphome::oceanremote {

inline constexpr size_t ENTITIES_MAX = 256;
inline constexpr size_t CHUNKS_MAX = 64;
inline constexpr size_t DESCRIPTION_MAX = 65536;
inline constexpr size_t OBJECT_ID_MAX = 120;
inline constexpr size_t ENTITY_NAME_MAX = 120;
inline constexpr size_t PROPERTY_TEXT_MAX = 120;
inline constexpr size_t OPTION_TEXT_MAX = 255;
inline constexpr size_t LIST_MAX = 64;
/// What a chunk leaves of a frame for DATA's overhead and for DESCRIBE around it: array, type, index, total, head.
inline constexpr size_t CHUNK_MARGIN = 64;
static_assert(CHUNK_MARGIN >= DATA_OVERHEAD + 1 + 1 + 2 + 2 + 3, "DESCRIBE fits around a chunk");

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
};

/// Builds one chunk after another in the same buffer.
class ChunkWriter {
 public:
  /// capacity: min(own buffer, hub's receive limit) less CHUNK_MARGIN.
  ChunkWriter(uint8_t *out, size_t capacity);

  /// False when it does not fit: finish this chunk, begin another, add again. A descriptor that does not fit into an
  /// empty chunk never will.
  [[nodiscard]] bool add(const Descriptor &descriptor);
  [[nodiscard]] bool empty() const { return this->count_ == 0; }
  /// The chunk as it goes on the wire; an empty description is one empty chunk.
  [[nodiscard]] ByteView finish();
  void begin();

 protected:
  void write_(const Descriptor &descriptor);

  CborWriter writer_;
  uint8_t *out_;
  size_t count_{0};
};

class DescriptionDigest {
 public:
  void add(ByteView chunk);
  /// False when there were more than CHUNKS_MAX chunks or DESCRIPTION_MAX bytes.
  [[nodiscard]] bool finish(uint8_t hash[HASH_SIZE], uint8_t &chunks);

 protected:
  Sha256 hash_;
  size_t bytes_{0};
  size_t chunks_{0};
};

}  // namespace esphome::oceanremote
