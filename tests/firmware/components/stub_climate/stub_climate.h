#pragma once

#include "esphome/components/climate/climate.h"
#include "esphome/core/component.h"

namespace esphome::stub_climate {

/// Takes over what it is told, and says so.
class StubClimate final : public climate::Climate, public Component {
 public:
  climate::ClimateTraits can;

  void wear(const char *fan_mode, const char *preset) {
    this->set_custom_fan_mode_(fan_mode);
    this->set_custom_preset_(preset);
    this->publish_state();
  }

 protected:
  climate::ClimateTraits traits() override { return this->can; }

  template<typename T, typename V> static void take(const optional<T> &asked, V &value) {
    if (asked.has_value())
      value = *asked;
  }

  void control(const climate::ClimateCall &call) override {
    take(call.get_mode(), this->mode);
    take(call.get_swing_mode(), this->swing_mode);
    take(call.get_target_temperature(), this->target_temperature);
    take(call.get_target_temperature_low(), this->target_temperature_low);
    take(call.get_target_temperature_high(), this->target_temperature_high);
    take(call.get_target_humidity(), this->target_humidity);
    if (call.get_fan_mode().has_value())
      this->set_fan_mode_(*call.get_fan_mode());
    if (call.has_custom_fan_mode())
      this->set_custom_fan_mode_(call.get_custom_fan_mode());
    if (call.get_preset().has_value())
      this->set_preset_(*call.get_preset());
    if (call.has_custom_preset())
      this->set_custom_preset_(call.get_custom_preset());
    this->publish_state();
  }
};

}  // namespace esphome::stub_climate
