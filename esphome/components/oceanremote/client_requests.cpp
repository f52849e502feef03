// What the device asks of Home Assistant.

#include "client.h"

#ifdef USE_OCEANREMOTE_REQUESTS

#include <cinttypes>
#include <new>
#include <utility>

#include "esphome/core/log.h"

#include "request_draft.h"

namespace esphome::oceanremote {

static const char *const TAG = "oceanremote";

void Client::log_unheard(uint32_t id, std::string_view reason) {
  ESP_LOGW(TAG, "Request %" PRIu32 ": %.*s", id, static_cast<int>(reason.size()), reason.data());
}

const char *Client::refuses_request() const {
  if (!this->connected_)
    return "not connected";
  return this->requests_.full() ? "too many requests" : nullptr;
}

void Client::add_request(OwnedMessage message, std::unique_ptr<RequestOwner> owner) {
  this->requests_.add(std::move(message), std::move(owner), this->now_());
}

void Client::handle_answer_(const Answer &answer) {
  ESP_LOGD(TAG, "Request %" PRIu32 " answered: %d", answer.id, static_cast<int>(answer.status));
  if (!this->requests_.answered(answer)) {
    ESP_LOGD(TAG, "Nobody waits for it any more");
  }
}

RequestWriter *RequestDraft::begin(RequestKind kind, std::string_view name, size_t parts) {
  this->refusal_ = this->client_.refuses_request();
  if (this->refusal_ != nullptr)
    return nullptr;
  const size_t capacity = this->client_.message_capacity();
  this->message_.bytes.reset(new (std::nothrow) uint8_t[capacity]);
  if (this->message_.bytes == nullptr) {
    this->refusal_ = "out of memory";
    return nullptr;
  }
  const uint32_t id = this->client_.next_request_id();
  ESP_LOGD(TAG, "Request %" PRIu32 ": %.*s", id, static_cast<int>(name.size()), name.data());
  this->writer_ = RequestWriter(this->message_.bytes.get(), capacity);
  this->writer_.begin(id, kind, name, parts);
  return &this->writer_;
}

void RequestDraft::send(std::unique_ptr<RequestOwner> owner) {
  if (this->refusal_ == nullptr && !this->writer_.ok())
    this->refusal_ = "too long, or empty";
  OwnedMessage message;
  if (this->refusal_ == nullptr) {
    message.size = this->writer_.size();
    message.bytes.reset(new (std::nothrow) uint8_t[message.size]);
    if (message.bytes == nullptr)
      this->refusal_ = "out of memory";
  }
  if (this->refusal_ != nullptr) {
    this->message_ = {};
    if (owner != nullptr)
      owner->failed(this->refusal_);
    else
      Client::log_unheard(0, this->refusal_);
    return;
  }
  // It waits in no more than it takes.
  std::memcpy(message.bytes.get(), this->message_.bytes.get(), message.size);
  this->message_ = {};
  this->client_.add_request(std::move(message), std::move(owner));
}

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_REQUESTS
