#pragma once
// What a device asks of Home Assistant: to call an action, to fire an event, to take a tag for scanned. A request is
// put together piece by piece, and either goes out as it was meant or not at all: what is too long is not cut.

#include "cbor.h"

namespace esphome::oceanremote {

/// How many may be without an answer.
inline constexpr size_t REQUESTS_MAX = 8;
/// After it nobody waits for an answer any more; the hub gives one within 30 s.
inline constexpr uint32_t REQUEST_TIMEOUT_MS = 40000;
inline constexpr size_t REQUEST_NAME_MAX = 120;
inline constexpr size_t REQUEST_KEY_MAX = 64;
inline constexpr size_t REQUEST_VALUE_MAX = 1024;
inline constexpr size_t REQUEST_FIELDS_MAX = 16;

enum class RequestKind : uint8_t { ACTION = 0, EVENT = 1, TAG = 2 };

/// In ascending order in a message.
enum class RequestPart : uint8_t {
  DATA = 1,
  DATA_TEMPLATE = 2,
  VARIABLES = 3,
  WANTS_RESPONSE = 4,
  RESPONSE_TEMPLATE = 5
};

/// Writes one REQUEST: begin(), then each part in ascending order, open() with its fields behind it, no key twice.
class RequestWriter {
 public:
  RequestWriter(uint8_t *out, size_t capacity) : writer_(out, capacity) {}

  void begin(uint32_t id, RequestKind kind, std::string_view name, size_t parts);
  void open(RequestPart part, size_t fields);
  void field(std::string_view key, std::string_view value);
  void want_response();
  void response_template(std::string_view value);

  /// False: a text is longer than a hub takes, the name is empty, or all of it does not fit into the buffer.
  [[nodiscard]] bool ok() const { return this->fits_ && this->writer_.ok(); }
  [[nodiscard]] size_t size() const { return this->writer_.size(); }

 protected:
  void text_(std::string_view value, size_t max);

  CborWriter writer_;
  bool fits_{true};
};

}  // namespace esphome::oceanremote
