#pragma once
// Signals that were heard and wait to be told, in their order: each whole or not at all.

#include "messages.h"

namespace esphome::oceanremote {

/// Marks and, below 0, spaces, in microseconds.
struct Timings {
  const int32_t *data;
  size_t count;
};

struct WaitingSignal {
  EntityAddress receiver;
  ByteView timings;  ///< as a message has them, inside the queue
};

class SignalQueue {
 public:
  SignalQueue(uint8_t *buffer, size_t size) : buffer_(buffer), size_(size) {}

  /// False when it has no room for a signal, which is lost. One without timings is none.
  [[nodiscard]] bool add(const EntityAddress &receiver, Timings timings);
  [[nodiscard]] bool empty() const { return this->used_ == 0; }
  /// The oldest one; only if there is one.
  [[nodiscard]] WaitingSignal front() const;
  void pop();
  void clear() { this->used_ = 0; }

 protected:
  uint8_t *buffer_;
  size_t size_;
  size_t used_{0};
};

}  // namespace esphome::oceanremote
