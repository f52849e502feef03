#pragma once
// What the board's receivers hear, for the hub: told as long as there is a link, and never afterwards.

#include "esphome/core/defines.h"

#ifdef USE_OCEANREMOTE_RECEIVERS

#include <vector>

#include "esphome/components/remote_base/remote_base.h"
#include "esphome/core/entity_base.h"

#include "esphome/components/oceanremote_core/signal_queue.h"

#include "wire.h"

namespace esphome::oceanremote {

class HeardSignals {
 public:
  void begin_link() { this->linked_ = true; }
  void end_link() {
    this->linked_ = false;
    this->queue_.clear();
  }
  void hear(const EntityBase &receiver, const std::vector<int32_t> &timings);
  /// Writes one HEARD_SIGNAL message; 0 when none waits.
  [[nodiscard]] size_t write(uint8_t *payload, size_t capacity);

 protected:
  static void lose_();

  uint8_t buffer_[FRAME_CAPACITY];
  SignalQueue queue_{buffer_, sizeof(buffer_)};
  bool linked_{false};
};

/// Listens for one entity.
class ReceiverListener final : public remote_base::RemoteReceiverListener {
 public:
  ReceiverListener(HeardSignals &signals, EntityBase *receiver) : signals_(signals), receiver_(receiver) {}
  bool on_receive(remote_base::RemoteReceiveData data) override {
    this->signals_.hear(*this->receiver_, data.get_raw_data());
    return false;  // others hear it, too
  }

 protected:
  HeardSignals &signals_;
  EntityBase *receiver_;
};

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_RECEIVERS
