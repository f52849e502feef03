#pragma once
// States of entities, batched: [3, [+ [domain, sub, key, value]]]. Latest value wins; the caller keeps the dirty set.

#include "messages.h"

namespace esphome::oceanremote {

/// Characters, not bytes: what Home Assistant's states may have.
inline constexpr size_t STATE_TEXT_MAX = 255;
// Of an update, in bytes. All but the summary fit into any message together.
inline constexpr size_t UPDATE_VERSION_MAX = 64;
inline constexpr size_t UPDATE_TITLE_MAX = 120;
inline constexpr size_t RELEASE_URL_MAX = 255;
inline constexpr size_t RELEASE_SUMMARY_MAX = 2048;
/// Keeps the array's head at one byte, so a batch grows without moving.
inline constexpr size_t STATES_PER_FRAME = 23;

/// Fills one STATES message. An add that returns false has written nothing: send what is there and start another.
class StatesWriter {
 public:
  StatesWriter(uint8_t *out, size_t capacity);

  [[nodiscard]] bool add_missing(const EntityAddress &address);
  [[nodiscard]] bool add_bool(const EntityAddress &address, bool value);
  [[nodiscard]] bool add_number(const EntityAddress &address, uint32_t value);
  [[nodiscard]] bool add_float(const EntityAddress &address, float value);  ///< NaN and infinities: missing
  [[nodiscard]] bool add_text(const EntityAddress &address,
                              std::string_view value);  ///< cut at STATE_TEXT_MAX, or where a message ends
  // A state of several parts: StateMap.

  [[nodiscard]] size_t count() const { return this->count_; }
  /// Whether a text of the latest state has lost its end: longer than STATE_TEXT_MAX, or than the message.
  [[nodiscard]] bool cut() const { return this->cut_; }
  /// The size of the message; 0 when nothing was added.
  [[nodiscard]] size_t finish() const;

 protected:
  friend class StateMap;

  [[nodiscard]] bool begin_(const EntityAddress &address);
  [[nodiscard]] bool end_();
  /// Writes the first `size` bytes, which end a character, or as many as there is room for; leaves `tail` bytes of the
  /// message for what follows. Only the first state of a message is cut for want of room.
  void write_text_(std::string_view value, size_t size, size_t tail);

  CborWriter writer_;
  uint8_t *count_byte_{nullptr};
  size_t mark_{0};
  size_t count_{0};
  bool full_{false};
  bool cut_{false};
};

/// A state of several parts, at most 23, added in ascending order of their keys.
class StateMap {
 public:
  StateMap(StatesWriter &states, const EntityAddress &address);

  void flag(uint8_t key, bool value);
  void number(uint8_t key, uint32_t value);
  /// Held to 0..max, so that a rounding error of a driver cannot break the grammar; what is no number becomes 0.
  void real(uint8_t key, float value, float max);
  void share(uint8_t key, float value) { this->real(key, value, 1.0F); }
  /// Of any size; left out when it is no number.
  void real(uint8_t key, float value);
  void rgb(uint8_t key, float red, float green, float blue);
  /// Cut like a state that is a text. Parts of at most TEXT_TAIL_MAX bytes may follow.
  void text(uint8_t key, std::string_view value) { this->text_(key, value, 0); }
  /// Two texts, either left out when empty; where no message holds both, each has half of the room at least.
  void texts(uint8_t first_key, std::string_view first, uint8_t second_key, std::string_view second);
  /// Left out when empty; cut at max bytes, between characters. Nothing may follow one that a message may have no room
  /// for.
  void text_up_to(uint8_t key, std::string_view value, size_t max);
  /// False when the message is full: nothing of it has been written.
  [[nodiscard]] bool end();

  static constexpr size_t TEXT_TAIL_MAX = 16;

 protected:
  [[nodiscard]] bool key_(uint8_t key);
  /// Leaves `more` bytes beyond TEXT_TAIL_MAX for what follows.
  void text_(uint8_t key, std::string_view value, size_t more);

  StatesWriter &states_;
  uint8_t *head_{nullptr};
  bool begun_;
};

}  // namespace esphome::oceanremote
