#pragma once
#include "esphome/core/defines.h"
#ifdef USE_SENSOR

#include "esphome/components/sensor/sensor.h"
#include "esphome/core/component.h"

#include "client.h"

namespace esphome::oceanremote {

/// Seconds since the keys of the running session were made; unknown while there is none.
class SessionAgeSensor : public sensor::Sensor, public PollingComponent, public Parented<Client> {
 public:
  void update() override {
    this->publish_state(this->parent_->is_connected() ? static_cast<float>(this->parent_->session_age_s()) : NAN);
  }
};

}  // namespace esphome::oceanremote

#endif  // USE_SENSOR
