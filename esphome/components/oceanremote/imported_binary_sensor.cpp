#include "imported_binary_sensor.h"

#ifdef USE_OCEANREMOTE_IMPORTED_BINARY_SENSOR

#include "esphome/core/log.h"

namespace esphome::oceanremote {

static const char *const TAG = "oceanremote.binary_sensor";

void ImportedBinarySensor::dump_config() {
  LOG_BINARY_SENSOR("", "OceanRemote binary sensor", this);
  this->log_import_(TAG);
}

void ImportedBinarySensor::take(std::string_view value) {
  bool on;
  if (!this->read_on_off_(value, on))
    return;
  if (this->has_state())
    this->publish_state(on);
  else
    this->publish_initial_state(on);
}

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_IMPORTED_BINARY_SENSOR
