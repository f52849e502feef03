#pragma once
#include "esphome/core/defines.h"
#ifdef USE_OCEANREMOTE_IMPORTED_SENSOR

#include "esphome/components/sensor/sensor.h"
#include "esphome/core/component.h"

#include "import.h"

namespace esphome::oceanremote {

/// Unknown while there is nothing, or no number.
class ImportedSensor final : public sensor::Sensor, public Component, public Import {
 public:
  using Import::Import;
  void dump_config() override;
  void take(std::string_view value) override;
  void take_absence() override { this->publish_state(NAN); }
};

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_IMPORTED_SENSOR
