#pragma once
// States of entities, batched: [3, [+ [domain, sub, key, value]]]. Latest value wins; the caller keeps the dirty set.

#include "messages.h"

namespace esphome::oceanremote {

/// Characters, not bytes: what Home Assistant's states may have.
inline constexpr size_t STATE_TEXT_MAX = 255;
/// Keeps the array's head at one byte, so a batch grows without moving.
inline constexpr size_t STATES_PER_FRAME = 23;

/// A light's state or command; absent members are not written.
struct LightValues {
  enum Field : uint16_t {
    ON = 1 << 0,
    BRIGHTNESS = 1 << 1,
    COLOR_MODE = 1 << 2,
    RGB = 1 << 3,
    WHITE = 1 << 4,
    COLOR_TEMPERATURE = 1 << 5,
    COLD_WHITE = 1 << 6,
    WARM_WHITE = 1 << 7,
    EFFECT = 1 << 8,
    COLOR_BRIGHTNESS = 1 << 9,
    TRANSITION = 1 << 10,  ///< commands only
    FLASH = 1 << 11,       ///< commands only
  };

  uint16_t fields{0};
  bool on{false};
  uint8_t color_mode{0};  ///< ESPHome's ColorMode as its raw bit mask
  float brightness{0};
  float red{0};
  float green{0};
  float blue{0};
  float white{0};
  float color_temperature{0};  ///< mireds
  float cold_white{0};
  float warm_white{0};
  float color_brightness{0};
  std::string_view effect;
  uint32_t transition_ms{0};
  uint32_t flash_ms{0};

  [[nodiscard]] bool has(Field field) const { return (this->fields & field) != 0; }
  void mark(Field field) { this->fields = static_cast<uint16_t>(this->fields | field); }
};

/// Fills one STATES message. An add that returns false has written nothing: send what is there and start another.
class StatesWriter {
 public:
  StatesWriter(uint8_t *out, size_t capacity);

  [[nodiscard]] bool add_missing(const EntityAddress &address);
  [[nodiscard]] bool add_bool(const EntityAddress &address, bool value);
  [[nodiscard]] bool add_float(const EntityAddress &address, float value);  ///< NaN and infinities: missing
  [[nodiscard]] bool add_text(const EntityAddress &address,
                              std::string_view value);  ///< cut at STATE_TEXT_MAX, or where a message ends
  [[nodiscard]] bool add_light(const EntityAddress &address, const LightValues &value);

  [[nodiscard]] size_t count() const { return this->count_; }
  /// The size of the message; 0 when nothing was added.
  [[nodiscard]] size_t finish() const;

 protected:
  [[nodiscard]] bool begin_(const EntityAddress &address);
  [[nodiscard]] bool end_();

  CborWriter writer_;
  uint8_t *count_byte_{nullptr};
  size_t mark_{0};
  size_t count_{0};
  bool full_{false};
};

}  // namespace esphome::oceanremote
