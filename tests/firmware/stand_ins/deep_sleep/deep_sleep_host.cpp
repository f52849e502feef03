// The real component, and for a platform this machine: sleep is the end of the program, whoever wakes it starts it
// again.

// NOLINTNEXTLINE(bugprone-suspicious-include): it is no source of this program otherwise
#include "deep_sleep/deep_sleep_component.cpp"

#include <cstdlib>

namespace esphome::deep_sleep {

optional<uint32_t> DeepSleepComponent::get_run_duration_() const { return this->run_duration_; }

void DeepSleepComponent::dump_config_platform_() {}

bool DeepSleepComponent::prepare_to_sleep_() { return true; }

bool DeepSleepComponent::should_teardown_() { return true; }

void DeepSleepComponent::deep_sleep_() {
  ESP_LOGI(TAG, "Asleep");
  std::exit(0);
}

}  // namespace esphome::deep_sleep
