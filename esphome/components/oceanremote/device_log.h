#pragma once
// The board's own log, for the hub: only while the hub asks for it, and behind everything else that is to be sent.

#include "esphome/core/defines.h"

#ifdef USE_OCEANREMOTE_LOGS

#include "esphome/components/oceanremote_core/cbor.h"
#include "esphome/components/oceanremote_core/log_ring.h"
#ifdef USE_OCEANREMOTE_LAST_LINES
#include "esphome/components/oceanremote_core/kept_lines.h"
#endif

namespace esphome::oceanremote {

/// Bytes of lines that go out in a second: a log in a loop leaves a slow link to the states.
inline constexpr uint32_t LOG_BYTES_PER_SECOND = 4096;

class DeviceLog {
 public:
  /// Once, when the logger is there.
  void setup();
  /// Lines up to this level from now on, none at 0.
  void set_level(uint8_t level);
  /// Writes a `log` message if one is due; returns its size, else 0. Until sent(), lines of the log are about the log.
  [[nodiscard]] size_t write(uint8_t *payload, size_t capacity, uint64_t now_ms);
  void sent() { this->sending_ = false; }
#ifdef USE_OCEANREMOTE_LAST_LINES
  /// Of all that is logged.
  KeptLines &kept() { return this->kept_; }
#endif

 protected:
  void take_(uint8_t level, std::string_view line);

  uint8_t buffer_[OCEANREMOTE_LOG_BUFFER];
#ifdef USE_OCEANREMOTE_LAST_LINES
  KeptLines kept_;
#endif
  LogRing ring_{buffer_, sizeof(buffer_)};
  uint64_t next_ms_{0};
  uint8_t level_{0};
  bool sending_{false};
};

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_LOGS
