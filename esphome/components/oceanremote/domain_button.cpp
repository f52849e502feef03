#include "domain_traits.h"

#ifdef USE_BUTTON

#include "esphome/core/log.h"

namespace esphome::oceanremote {

[[maybe_unused]] static const char *const TAG = "oceanremote";

void describe(button::Button & /*entity*/, PropertyWriter & /*properties*/) {}

CommandOutcome execute(button::Button &entity, const Arguments & /*arguments*/) {
  ESP_LOGI(TAG, "Command button '%s' -> pressed", entity.get_name().c_str());
  entity.press();
  return COMMAND_DONE;
}

}  // namespace esphome::oceanremote

#endif  // USE_BUTTON
