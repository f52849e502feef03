#pragma once
#include "esphome/core/defines.h"
#ifdef USE_OCEANREMOTE_REQUESTS

#include <memory>

#include "client.h"
#include "esphome/components/oceanremote_core/request_queue.h"

namespace esphome::oceanremote {

/// A request while it is put together: begin(), what belongs to it, send(). One that cannot be made or sent fails at
/// once, in send().
class RequestDraft {
 public:
  explicit RequestDraft(Client &client) : client_(client) {}

  /// Null when there is no use in going on, but to send().
  [[nodiscard]] RequestWriter *begin(RequestKind kind, std::string_view name, size_t parts);
  /// Owner null: nobody wants to know, but the log.
  void send(std::unique_ptr<RequestOwner> owner);

 protected:
  Client &client_;
  OwnedMessage message_;
  RequestWriter writer_{nullptr, 0};
  const char *refusal_{nullptr};
};

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_REQUESTS
