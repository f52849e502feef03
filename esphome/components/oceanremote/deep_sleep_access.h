#pragma once
#include "esphome/core/defines.h"
#ifdef USE_OCEANREMOTE_SLEEP

#include "esphome/components/deep_sleep/deep_sleep_component.h"

// What of ESPHome's DeepSleepComponent has no getter. The class is final, so no subclass can ask; an explicit
// instantiation may name a protected member (C++20, [temp.spec]/6), and the compiler still checks name and type.

namespace esphome::oceanremote {

using deep_sleep::DeepSleepComponent;

template<typename Tag, typename Tag::Member MEMBER> struct Reach {
  friend constexpr typename Tag::Member member_of(Tag) { return MEMBER; }
};

/// In microseconds; none: only a pin or a reset ends the sleep.
struct SleepDuration {
  using Member = optional<uint64_t> DeepSleepComponent::*;
  friend constexpr Member member_of(SleepDuration tag);
};
template struct Reach<SleepDuration, &DeepSleepComponent::sleep_duration_>;

/// In milliseconds from setup() on.
struct RunDuration {
  using Member = optional<uint32_t> DeepSleepComponent::*;
  friend constexpr Member member_of(RunDuration tag);
};
template struct Reach<RunDuration, &DeepSleepComponent::run_duration_>;

/// The same by what has woken the board, where the platform knows.
struct GetRunDuration {
  using Member = optional<uint32_t> (DeepSleepComponent::*)() const;
  friend constexpr Member member_of(GetRunDuration tag);
};
template struct Reach<GetRunDuration, &DeepSleepComponent::get_run_duration_>;

#ifdef USE_ESP32
struct RunDurationByCause {
  using Member = optional<deep_sleep::WakeupCauseToRunDuration> DeepSleepComponent::*;
  friend constexpr Member member_of(RunDurationByCause tag);
};
template struct Reach<RunDurationByCause, &DeepSleepComponent::wakeup_cause_to_run_duration_>;
#endif

/// Its loop() tries to sleep in every pass.
struct IsDeferred {
  using Member = bool DeepSleepComponent::*;
  friend constexpr Member member_of(IsDeferred tag);
};
template struct Reach<IsDeferred, &DeepSleepComponent::next_enter_deep_sleep_>;

/// The YAML's `deep_sleep.prevent`.
struct IsPrevented {
  using Member = bool DeepSleepComponent::*;
  friend constexpr Member member_of(IsPrevented tag);
};
template struct Reach<IsPrevented, &DeepSleepComponent::prevent_>;

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_SLEEP
