#pragma once
// Actions that the YAML defines and Home Assistant calls: what one is called with, and what it says in the end.

#include "cbor.h"
#include "messages.h"

namespace esphome::oceanremote {

/// Its entities are the actions; no type of ESPHome's belongs to it.
inline constexpr uint8_t ACTION_DOMAIN = 26;
inline constexpr size_t ACTION_ARGUMENTS_MAX = 16;
inline constexpr size_t ACTION_LIST_MAX = 64;
inline constexpr size_t ACTION_TEXT_MAX = 1024;  ///< bytes
inline constexpr size_t RESULT_PAIRS_MAX = 16;
inline constexpr size_t RESULT_NAME_MAX = 64;
inline constexpr size_t RESULT_TEXT_MAX = 255;  ///< characters

enum class ActionType : uint8_t {
  BOOLEAN = 0,
  INTEGER = 1,  ///< of 32 bits
  REAL = 2,
  TEXT = 3,
  BOOLEANS = 4,
  INTEGERS = 5,
  REALS = 6,
  TEXTS = 7,
};

/// What a caller may want to hear beside done or not.
enum class ActionResponse : uint8_t { NONE = 0, OPTIONAL = 1, ONLY = 2, STATUS = 3 };

/// Whether these can be the arguments of any action; each looks at its own when it reads them.
[[nodiscard]] Error check_action_arguments(ByteView arguments);

/// The values of one call, read in their order. Every read is false for a value of another type.
class ActionValues {
 public:
  /// arguments: that check_action_arguments() has passed.
  explicit ActionValues(ByteView arguments);

  [[nodiscard]] size_t count() const { return this->count_; }
  /// Whether the caller waits for data.
  [[nodiscard]] bool return_response() const { return this->return_response_; }

  [[nodiscard]] bool read(bool &value) { return this->reader_.read_bool(value); }
  [[nodiscard]] bool read(int32_t &value);
  /// Also a whole number. What a float cannot hold is none.
  [[nodiscard]] bool read(float &value);
  /// The text lies in the message.
  [[nodiscard]] bool read(std::string_view &value) { return this->reader_.read_text(value, ACTION_TEXT_MAX); }
  /// Opens a list, whose items are then read one by one.
  [[nodiscard]] bool read_list(size_t &count) { return this->reader_.read_array(count); }

 protected:
  CborReader reader_{ByteView{}};
  size_t count_{0};
  bool return_response_{false};
};

/// Writes the RESULT of a command together with what an action gives back: name and value, pair by pair.
class ResultWriter {
 public:
  ResultWriter(uint8_t *out, size_t capacity, uint32_t command_id, CommandStatus status, std::string_view reason);

  void add(std::string_view name, bool value);
  void add(std::string_view name, int64_t value);
  void add(std::string_view name, float value);
  void add(std::string_view name, std::string_view value);

  /// False: more than RESULT_PAIRS_MAX, a name twice, a text that is too long, or no room for all of it.
  [[nodiscard]] bool ok() const { return this->sound_ && this->writer_.ok(); }
  /// The message's size, after the last pair.
  [[nodiscard]] size_t finish();

 protected:
  void name_(std::string_view name);

  uint8_t *out_;
  CborWriter writer_;
  size_t pairs_at_{0};
  uint32_t names_[RESULT_PAIRS_MAX];  ///< hashes
  uint8_t pairs_{0};
  bool sound_{true};
};

}  // namespace esphome::oceanremote
