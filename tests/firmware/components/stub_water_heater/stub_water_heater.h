#pragma once

#include <cmath>

#include "esphome/components/water_heater/water_heater.h"
#include "esphome/core/component.h"

namespace esphome::stub_water_heater {

/// Takes over what it is told, and says so.
class StubWaterHeater final : public water_heater::WaterHeater, public Component {
 public:
  water_heater::WaterHeaterTraits can;

  water_heater::WaterHeaterCallInternal make_call() override { return water_heater::WaterHeaterCallInternal(this); }

 protected:
  water_heater::WaterHeaterTraits traits() override { return this->can; }

  static void take(float asked, float &value) {
    if (!std::isnan(asked))
      value = asked;
  }

  void control(const water_heater::WaterHeaterCall &call) override {
    if (call.get_mode().has_value())
      this->mode_ = *call.get_mode();
    take(call.get_target_temperature(), this->target_temperature_);
    take(call.get_target_temperature_low(), this->target_temperature_low_);
    take(call.get_target_temperature_high(), this->target_temperature_high_);
    if (call.get_away().has_value())
      this->set_state_flag_(water_heater::WATER_HEATER_STATE_AWAY, *call.get_away());
    if (call.get_on().has_value())
      this->set_state_flag_(water_heater::WATER_HEATER_STATE_ON, *call.get_on());
    this->publish_state();
  }
};

}  // namespace esphome::stub_water_heater
