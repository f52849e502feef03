#pragma once
#include "esphome/core/defines.h"
#ifdef USE_OCEANREMOTE_ACTIONS

#include <string_view>

#include "esphome/components/oceanremote_core/action_calls.h"
#include "esphome/components/oceanremote_core/user_actions.h"

namespace esphome::oceanremote {

class Client;

/// The RESULT of a call of a user action while it is put together.
class ResponseDraft {
 public:
  /// error: what went wrong, where it is no success; cut to REASON_MAX.
  ResponseDraft(Client &client, uint32_t call, bool success, std::string_view error);
  ResponseDraft(const ResponseDraft &) = delete;
  ResponseDraft &operator=(const ResponseDraft &) = delete;

  /// Null when nobody waits for the response, or there is no memory for it.
  [[nodiscard]] ResultWriter *writer() { return this->message_.bytes == nullptr ? nullptr : &this->writer_; }
  /// In place of a response that is too long goes out that it was.
  void send();

 protected:
  [[nodiscard]] OwnedMessage make_buffer_() const;

  Client &client_;
  uint32_t call_;
  uint32_t command_;
  size_t capacity_;
  OwnedMessage message_;
  ResultWriter writer_;
};

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_ACTIONS
