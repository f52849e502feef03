#include "imported_sensor.h"

#ifdef USE_OCEANREMOTE_IMPORTED_SENSOR

#include "esphome/core/log.h"

namespace esphome::oceanremote {

static const char *const TAG = "oceanremote.sensor";

void ImportedSensor::dump_config() {
  LOG_SENSOR("", "OceanRemote sensor", this);
  this->log_import_(TAG);
}

void ImportedSensor::take(std::string_view value) {
  float number = NAN;
  (void) this->read_number_(value, number);
  this->publish_state(number);
}

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_IMPORTED_SENSOR
