#include "imported_text_sensor.h"

#ifdef USE_OCEANREMOTE_IMPORTED_TEXT_SENSOR

#include "esphome/core/log.h"

namespace esphome::oceanremote {

static const char *const TAG = "oceanremote.text_sensor";

void ImportedTextSensor::dump_config() {
  LOG_TEXT_SENSOR("", "OceanRemote text sensor", this);
  this->log_import_(TAG);
}

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_IMPORTED_TEXT_SENSOR
