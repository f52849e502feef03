#pragma once
// Requests from their making to their answer: at most REQUESTS_MAX of them, sent in the order in which they were made.
// None is ever sent late: when the link breaks, those that have not gone out are dropped and reported like those that
// wait for an answer.

#include <memory>

#include "flash_text.h"
#include "messages.h"
#include "requests.h"

namespace esphome::oceanremote {

/// Who made a request, and with what. One of the two is called, at most once; either may make further requests.
class RequestOwner {
 public:
  RequestOwner() = default;
  RequestOwner(const RequestOwner &) = delete;
  RequestOwner &operator=(const RequestOwner &) = delete;
  virtual ~RequestOwner() = default;
  /// The view is valid during the call.
  virtual void done(std::string_view response) = 0;
  virtual void failed(std::string_view reason) = 0;
};

/// One message on the heap.
struct OwnedMessage {
  std::unique_ptr<uint8_t[]> bytes;
  size_t size{0};
};

class RequestQueue {
 public:
  /// Called for a failure that has no owner.
  using Unheard = void (*)(uint32_t id, std::string_view reason);
  explicit RequestQueue(Unheard unheard) : unheard_(unheard) {}

  [[nodiscard]] bool full() const;
  /// What the next request on this link has to be called.
  [[nodiscard]] uint32_t next_id() const { return this->last_id_ + 1; }
  /// Takes one that was written under next_id(); only while there is room. Owner null: nobody wants the answer.
  void add(OwnedMessage message, std::unique_ptr<RequestOwner> owner, uint64_t now_ms);
  /// Writes the oldest that has not been sent, which then counts as sent; 0 if there is none.
  [[nodiscard]] size_t write(uint8_t *out, size_t capacity, uint64_t now_ms);
  /// False for an answer that nobody waits for any more.
  bool answered(const Answer &answer);
  /// Gives up what has waited too long.
  void tick(uint64_t now_ms);
  /// The link is gone, and with it all that was asked over it.
  void end_link();

 protected:
  struct Pending {
    std::unique_ptr<RequestOwner> owner;
    OwnedMessage message;  ///< empty once sent
    uint64_t until_ms{0};
    uint32_t id{0};  ///< 0: free
  };

  /// Frees the place before it says so, for what hears it may want the place.
  void fail_(Pending &pending, std::string_view reason);
  void fail_(Pending &pending, FlashText reason);

  Pending pending_[REQUESTS_MAX];
  Unheard unheard_;
  uint32_t last_id_{0};
};

}  // namespace esphome::oceanremote
