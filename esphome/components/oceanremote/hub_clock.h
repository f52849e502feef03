#pragma once
#include "esphome/core/defines.h"
#ifdef USE_OCEANREMOTE_TIME

#include <string_view>

#include "esphome/components/time/real_time_clock.h"

namespace esphome::oceanremote {

/// `time: - platform: oceanremote`: the hub's clock, and its time zone unless the YAML names one.
class HubClock final : public time::RealTimeClock {
 public:
  /// The hub tells its time unasked: at every session, every few hours, and when its time zone changes.
  void update() override {}
  void dump_config() override;
  void set_follows_zone() { this->follows_zone_ = true; }
  /// zone: POSIX's TZ; empty: not said.
  void set(uint64_t hub_time_ms, std::string_view zone);
#ifdef USE_HOST
  /// The machine's clock is not this program's to set.
  time_t timestamp_now() override { return ::time(nullptr) + this->ahead_s_; }
#endif

 protected:
  void set_zone_(std::string_view zone);

  bool follows_zone_{false};
#ifdef USE_HOST
  time_t ahead_s_{0};
#endif
};

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_TIME
