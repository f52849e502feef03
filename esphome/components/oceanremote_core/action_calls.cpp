#include "action_calls.h"

#include <utility>

namespace esphome::oceanremote {

uint32_t ActionCalls::begin(uint32_t command_id, uint64_t now_ms) {
  for (Call &call : this->calls_) {
    const bool is_over = call.result.bytes == nullptr && now_ms >= call.until_ms;
    if (call.call_id != 0 && !is_over)
      continue;
    if (++this->last_id_ == 0)
      this->last_id_ = 1;
    call.until_ms = now_ms + ACTION_CALL_TIMEOUT_MS;
    call.call_id = this->last_id_;
    call.command_id = command_id;
    return call.call_id;
  }
  return 0;
}

uint32_t ActionCalls::command_of(uint32_t call_id) const {
  for (const Call &call : this->calls_) {
    if (call_id != 0 && call.call_id == call_id && call.result.bytes == nullptr)
      return call.command_id;
  }
  return 0;
}

void ActionCalls::end(uint32_t call_id, OwnedMessage result) {
  for (Call &call : this->calls_) {
    if (call_id != 0 && call.call_id == call_id && call.result.bytes == nullptr) {
      call.result = std::move(result);
      return;
    }
  }
}

size_t ActionCalls::write(uint8_t *out, size_t capacity) {
  for (Call &call : this->calls_) {
    const size_t size = call.result.size;
    if (call.result.bytes == nullptr || size > capacity)
      continue;
    std::memcpy(out, call.result.bytes.get(), size);
    call = {};
    return size;
  }
  return 0;
}

void ActionCalls::end_link() {
  for (Call &call : this->calls_)
    call = {};
}

}  // namespace esphome::oceanremote
