#pragma once
#include "esphome/core/defines.h"
#ifdef USE_OCEANREMOTE_IMPORTED_TEXT_SENSOR

#include "esphome/components/text_sensor/text_sensor.h"
#include "esphome/core/component.h"

#include "import.h"

namespace esphome::oceanremote {

class ImportedTextSensor final : public text_sensor::TextSensor, public Component, public Import {
 public:
  using Import::Import;
  void dump_config() override;
  void take(std::string_view value) override { this->publish_state(value.data(), value.size()); }
  /// What Home Assistant calls it, and what a YAML that comes from the native API compares with.
  void take_absence() override { this->publish_state("unavailable"); }
};

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_IMPORTED_TEXT_SENSOR
