#pragma once
// Calls of user actions that have begun and not ended: each is a command of the hub's that waits for its result. A call
// has a number of its own, for the hub's begin again on every link: what ends late must not answer another's command.

#include "request_queue.h"

namespace esphome::oceanremote {

inline constexpr size_t ACTION_CALLS_MAX = 8;
/// After it no hub waits any more, and the place may be taken.
inline constexpr uint32_t ACTION_CALL_TIMEOUT_MS = 120000;

class ActionCalls {
 public:
  /// Returns the number of the call, 0 if too many run.
  [[nodiscard]] uint32_t begin(uint32_t command_id, uint64_t now_ms);
  /// The command that the call answers; 0: none that still waits.
  [[nodiscard]] uint32_t command_of(uint32_t call_id) const;
  /// Takes the RESULT of a call that still waits.
  void end(uint32_t call_id, OwnedMessage result);
  /// Writes a result and frees its place; 0 if there is none.
  [[nodiscard]] size_t write(uint8_t *out, size_t capacity);
  /// The link is gone, and with it the commands.
  void end_link();

 protected:
  struct Call {
    OwnedMessage result;
    uint64_t until_ms{0};
    uint32_t call_id{0};  ///< 0: free
    uint32_t command_id{0};
  };

  Call calls_[ACTION_CALLS_MAX];
  uint32_t last_id_{0};
};

}  // namespace esphome::oceanremote
