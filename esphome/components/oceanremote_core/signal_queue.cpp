#include "signal_queue.h"

#include <cstring>

namespace esphome::oceanremote {

namespace {

struct Head {
  EntityAddress receiver;
  uint16_t size;  ///< of the timings
};

/// Its zigzag form: small numbers of either sign are short.
uint32_t zigzag(int32_t timing) { return static_cast<uint32_t>(timing) << 1 ^ (timing < 0 ? UINT32_MAX : 0); }

}  // namespace

bool SignalQueue::add(const EntityAddress &receiver, Timings timings) {
  if (this->size_ - this->used_ < sizeof(Head))
    return false;
  uint8_t *const head = this->buffer_ + this->used_;
  uint8_t *const begin = head + sizeof(Head);
  const uint8_t *const end = this->buffer_ + this->size_;
  uint8_t *out = begin;
  for (size_t i = 0; i < timings.count; i++) {
    uint32_t number = zigzag(timings.data[i]);
    do {
      if (out == end)
        return false;
      *out++ = static_cast<uint8_t>(number > 0x7F ? number | 0x80 : number);
      number >>= 7;
    } while (number != 0);
  }
  const auto size = static_cast<size_t>(out - begin);
  if (size > SIGNAL_MAX)
    return false;
  if (size == 0)
    return true;
  const Head written{receiver, static_cast<uint16_t>(size)};
  std::memcpy(head, &written, sizeof(written));
  this->used_ += sizeof(Head) + size;
  return true;
}

WaitingSignal SignalQueue::front() const {
  Head head;
  std::memcpy(&head, this->buffer_, sizeof(head));
  return {head.receiver, {this->buffer_ + sizeof(Head), head.size}};
}

void SignalQueue::pop() {
  const size_t size = sizeof(Head) + this->front().timings.size;
  this->used_ -= size;
  std::memmove(this->buffer_, this->buffer_ + size, this->used_);
}

}  // namespace esphome::oceanremote
