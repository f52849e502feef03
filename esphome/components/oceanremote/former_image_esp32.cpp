// An ESP32's boot loader knows whether an image is on trial: one that restarts without having been confirmed is
// returned from by itself. Safe mode confirms, when it is told to.

#include "former_image.h"

#if defined(USE_OCEANREMOTE_IMAGE_TRIAL) && defined(USE_ESP32)

#include <esp_ota_ops.h>

namespace esphome::oceanremote {

static esp_ota_img_states_t running_state() {
  esp_ota_img_states_t state = ESP_OTA_IMG_UNDEFINED;
  // What was flashed by cable has no entry, and no state.
  if (esp_ota_get_state_partition(esp_ota_get_running_partition(), &state) != ESP_OK)
    return ESP_OTA_IMG_UNDEFINED;
  return state;
}

bool falls_back() {
  // Without a state, boot loader and image came by cable together. VALID may also be the word of an old boot loader.
  const esp_ota_img_states_t state = running_state();
  return state == ESP_OTA_IMG_PENDING_VERIFY || state == ESP_OTA_IMG_UNDEFINED;
}

bool is_new_image() { return running_state() == ESP_OTA_IMG_PENDING_VERIFY; }

void keep_former_image() {}

void forget_former_image() {}

void return_to_former_image() { esp_ota_mark_app_invalid_rollback_and_reboot(); }

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_IMAGE_TRIAL && USE_ESP32
