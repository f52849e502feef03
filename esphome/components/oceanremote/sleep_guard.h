#pragma once
// When the board goes to deep sleep by itself. `deep_sleep:` decides on nothing but its one bit, which belongs to the
// YAML's `deep_sleep.prevent` and `deep_sleep.allow`. So this component takes the run duration over before
// DeepSleepComponent has scheduled anything, and begins the sleep itself when it is due and nothing holds the board:
// the bit is read and never written. What the YAML's `deep_sleep.enter` does is not asked here.

#include "esphome/core/defines.h"
#ifdef USE_OCEANREMOTE_SLEEP

#include "esphome/core/automation.h"
#include "esphome/core/component.h"
#include "esphome/core/log.h"

#include "deep_sleep_access.h"
#include "esphome/components/oceanremote_core/session.h"
#include "esphome/components/oceanremote_core/sleep_hold.h"

namespace esphome::oceanremote {

/// How long `oceanremote.sleep` waits for a hub where no run duration ends the wait.
inline constexpr uint32_t ASKED_MAX_MS = 300000;

class SleepGuard : public Component {
 public:
  explicit SleepGuard(DeepSleepComponent *deep_sleep) : deep_sleep_(deep_sleep) {}

  void setup() override;
  void loop() override;
  void dump_config() override;
  /// Before DeepSleepComponent, and behind everything else that may set a run duration.
  float get_setup_priority() const override { return setup_priority::LATE + 1.0f; }

  // From the client
  void link_opened() { this->hold_.link_opened(this->now_()); }
  void link_ended() { this->hold_.link_ended(); }
  void states_told() { this->hold_.states_told(this->now_()); }
  void hub_says(bool stay_awake);
  void readings_begin() { this->hold_.readings_begin(this->now_()); }
  void readings_end() { this->hold_.readings_end(); }
  [[nodiscard]] bool awaits_readings() const { return this->hold_.awaits_readings(); }
  /// Whether the shutdown that is under way is for sleep.
  [[nodiscard]] bool is_falling_asleep() const {
    return this->entering_ || this->deep_sleep_->*member_of(IsDeferred{});
  }
  /// When the board wakes up by itself, in seconds from then on; 0: it does not know.
  [[nodiscard]] uint32_t wakes_in_s() const;

  // From actions
  /// Sleeps as soon as the hub knows what there is to know, at the run duration's end at the latest.
  void ask();
  void set_sleep_duration(uint32_t milliseconds) { this->deep_sleep_->set_sleep_duration(milliseconds); }
  /// Calls what goes to sleep at once.
  template<typename Enter> void enter(Enter &&enter) {
    this->entering_ = true;
    enter();
    // It has not: the wake-up pin keeps the board awake.
    this->entering_ = false;
  }

 protected:
  [[nodiscard]] uint64_t now_() { return this->clock_.extend(millis()); }
  void take_deferred_back_();
  /// Says once for what a sleep that is due waits.
  void explain_(const LogString *waits_for);

  DeepSleepComponent *deep_sleep_;
  SleepHold hold_;
  Clock64 clock_;
  uint64_t asked_ms_{0};
  const LogString *explained_{nullptr};
  optional<uint32_t> run_duration_;
  bool asked_{false};
  bool is_due_{false};
  bool entering_{false};
};

/// `oceanremote.sleep`
template<typename... Ts> class SleepAction : public Action<Ts...>, public Parented<SleepGuard> {
 public:
  TEMPLATABLE_VALUE(uint32_t, duration)

  void play(const Ts &...x) override {
    if (this->duration_.has_value())
      this->parent_->set_sleep_duration(this->duration_.value(x...));
    this->parent_->ask();
  }
};

/// The YAML's `deep_sleep.enter`, so that the hub hears that the board sleeps, and how long.
template<typename... Ts> class AnnouncedEnterAction : public Action<Ts...> {
 public:
  AnnouncedEnterAction(SleepGuard *guard, deep_sleep::EnterDeepSleepAction<Ts...> *enter)
      : guard_(guard), enter_(enter) {}

  void play(const Ts &...x) override {
    this->guard_->enter([&] { this->enter_->play(x...); });
  }

 protected:
  SleepGuard *guard_;
  deep_sleep::EnterDeepSleepAction<Ts...> *enter_;
};

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_SLEEP
