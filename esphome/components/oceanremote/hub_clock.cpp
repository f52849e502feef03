#include "hub_clock.h"

#ifdef USE_OCEANREMOTE_TIME

#include <cstring>

#include "esphome/core/log.h"

#include "esphome/components/oceanremote_core/messages.h"
#include "esphome/components/oceanremote_core/posix_zone.h"

namespace esphome::oceanremote {

static const char *const TAG = "oceanremote.time";

static constexpr uint64_t MS_PER_S = 1000;
/// The first of January of 2019: ESPHome takes what is earlier for a clock that nobody has set.
static constexpr uint64_t EARLIEST_S = 1546300800;

void HubClock::dump_config() {
  ESP_LOGCONFIG(TAG, "OceanRemote time:");
  RealTimeClock::dump_config();
}

void HubClock::set(uint64_t hub_time_ms, std::string_view zone) {
  const uint64_t seconds = (hub_time_ms + MS_PER_S / 2) / MS_PER_S;
  if (seconds < EARLIEST_S || seconds > UINT32_MAX) {
    ESP_LOGW(TAG, "The hub does not know the time");
    return;
  }
  if (this->follows_zone_ && !zone.empty())
    this->set_zone_(zone);
#ifdef USE_HOST
  this->ahead_s_ = static_cast<time_t>(seconds) - ::time(nullptr);
  this->time_sync_callback_.call();
#else
  this->synchronize_epoch_(static_cast<uint32_t>(seconds));
#endif
}

#ifdef USE_TIME_TIMEZONE
static time::DSTRule rule_of(const ZoneChange &change) {
  time::DSTRule rule{};
  rule.time_seconds = change.time_s;
  rule.day = change.day;
  rule.type = static_cast<time::DSTRuleType>(change.kind);
  rule.month = change.month;
  rule.week = change.week;
  rule.day_of_week = change.weekday;
  return rule;
}

static_assert(uint8_t(ZoneChange::Day::NONE) == uint8_t(time::DSTRuleType::NONE) &&
                  uint8_t(ZoneChange::Day::WEEKDAY) == uint8_t(time::DSTRuleType::MONTH_WEEK_DAY) &&
                  uint8_t(ZoneChange::Day::WITHOUT_LEAP) == uint8_t(time::DSTRuleType::JULIAN_NO_LEAP) &&
                  uint8_t(ZoneChange::Day::WITH_LEAP) == uint8_t(time::DSTRuleType::DAY_OF_YEAR),
              "ESPHome's numbers are ours");
#endif

void HubClock::set_zone_([[maybe_unused]] std::string_view zone) {
#ifdef USE_TIME_TIMEZONE
  PosixZone parsed;
  char text[ZONE_MAX + 1];
  std::memcpy(text, zone.data(), zone.size());
  text[zone.size()] = '\0';
  if (!parse_posix_zone(zone, parsed)) {
    ESP_LOGW(TAG, "The hub's time zone is not understood: %s", text);
    return;
  }
  time::ParsedTimezone rules{};
  rules.std_offset_seconds = parsed.standard_s;
  rules.dst_offset_seconds = parsed.summer_s;
  rules.dst_start = rule_of(parsed.begin);
  rules.dst_end = rule_of(parsed.end);
  time::set_global_tz(rules);
  ESP_LOGD(TAG, "Time zone %s", text);
#endif
}

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_TIME
