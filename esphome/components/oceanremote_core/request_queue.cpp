#include "request_queue.h"

#include <utility>

namespace esphome::oceanremote {

bool RequestQueue::full() const {
  for (const Pending &pending : this->pending_) {
    if (pending.id == 0)
      return false;
  }
  return true;
}

void RequestQueue::add(OwnedMessage message, std::unique_ptr<RequestOwner> owner, uint64_t now_ms) {
  for (Pending &pending : this->pending_) {
    if (pending.id != 0)
      continue;
    pending.owner = std::move(owner);
    pending.message = std::move(message);
    pending.until_ms = now_ms + REQUEST_TIMEOUT_MS;
    pending.id = ++this->last_id_;
    return;
  }
}

size_t RequestQueue::write(uint8_t *out, size_t capacity, uint64_t now_ms) {
  Pending *oldest = nullptr;
  for (Pending &pending : this->pending_) {
    if (pending.message.bytes != nullptr && (oldest == nullptr || pending.id < oldest->id))
      oldest = &pending;
  }
  if (oldest == nullptr || oldest->message.size > capacity)
    return 0;
  const size_t size = oldest->message.size;
  std::memcpy(out, oldest->message.bytes.get(), size);
  oldest->message = {};
  // The hub counts it until it has answered, which it does sooner than this.
  oldest->until_ms = now_ms + REQUEST_TIMEOUT_MS;
  return size;
}

/// What is said of an answer that gives no reason.
static FlashText reason_of(AnswerStatus status) {
  if (status == AnswerStatus::NOT_ALLOWED)
    return FLASH_LITERAL("not allowed");
  if (status == AnswerStatus::NO_SUCH)
    return FLASH_LITERAL("no such thing");
  return FLASH_LITERAL("failed");
}

bool RequestQueue::answered(const Answer &answer) {
  for (Pending &pending : this->pending_) {
    // One that has not been sent has no answer.
    if (pending.id != answer.id || pending.message.bytes != nullptr)
      continue;
    if (answer.status != AnswerStatus::DONE) {
      if (answer.reason.empty())
        this->fail_(pending, reason_of(answer.status));
      else
        this->fail_(pending, answer.reason);
      return true;
    }
    const std::unique_ptr<RequestOwner> owner = std::move(pending.owner);
    pending = {};
    if (owner != nullptr)
      owner->done(answer.response);
    return true;
  }
  return false;
}

void RequestQueue::fail_(Pending &pending, std::string_view reason) {
  const std::unique_ptr<RequestOwner> owner = std::move(pending.owner);
  const uint32_t id = pending.id;
  pending = {};
  if (owner != nullptr)
    owner->failed(reason);
  else
    this->unheard_(id, reason);
}

void RequestQueue::fail_(Pending &pending, FlashText reason) {
  char text[REASON_MAX];
  reason.copy_to(text);
  this->fail_(pending, std::string_view(text, reason.size()));
}

void RequestQueue::tick(uint64_t now_ms) {
  for (Pending &pending : this->pending_) {
    if (pending.id == 0 || now_ms < pending.until_ms)
      continue;
    if (pending.message.bytes == nullptr)
      this->fail_(pending, FLASH_LITERAL("no answer"));
    else
      this->fail_(pending, FLASH_LITERAL("not sent in time"));
  }
}

void RequestQueue::end_link() {
  for (Pending &pending : this->pending_) {
    if (pending.id != 0)
      this->fail_(pending, FLASH_LITERAL("the link broke"));
  }
  this->last_id_ = 0;
}

}  // namespace esphome::oceanremote
