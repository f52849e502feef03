#pragma once
#include "esphome/core/defines.h"
#ifdef USE_OCEANREMOTE_IMPORTED_BINARY_SENSOR

#include "esphome/components/binary_sensor/binary_sensor.h"
#include "esphome/core/component.h"

#include "import.h"

namespace esphome::oceanremote {

/// Unknown while there is nothing; what is neither on nor off changes nothing.
class ImportedBinarySensor final : public binary_sensor::BinarySensor, public Component, public Import {
 public:
  using Import::Import;
  void dump_config() override;
  void take(std::string_view value) override;
  void take_absence() override { this->invalidate_state(); }
};

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_IMPORTED_BINARY_SENSOR
