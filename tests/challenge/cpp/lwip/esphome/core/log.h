#pragma once

namespace esphome {

__attribute__((format(printf, 2, 3))) inline void log_nowhere(const char *, const char *, ...) {}

}  // namespace esphome

#define ESP_LOGE esphome::log_nowhere
#define ESP_LOGW esphome::log_nowhere
#define ESP_LOGI esphome::log_nowhere
#define ESP_LOGCONFIG esphome::log_nowhere
