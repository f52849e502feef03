#pragma once
#include "esphome/core/defines.h"
#ifdef USE_OCEANREMOTE_IMPORTED_SWITCH

#include "esphome/components/switch/switch.h"
#include "esphome/core/component.h"
#include "esphome/core/helpers.h"

#include "client.h"
#include "import.h"

namespace esphome::oceanremote {

/// What is on or off in Home Assistant. Switching it here asks Home Assistant to; it shows what Home Assistant says.
class ImportedSwitch final : public switch_::Switch, public Component, public Import, public Parented<Client> {
 public:
  /// The actions are the domain's own, such as light.turn_on; static.
  ImportedSwitch(const char *entity_id, const char *turn_on, const char *turn_off)
      : Import(entity_id, nullptr), turn_on_(turn_on), turn_off_(turn_off) {}
  void dump_config() override;
  void take(std::string_view value) override;
  /// A switch of ESPHome's has no third state: it keeps the last.
  void take_absence() override {}

 protected:
  void write_state(bool state) override;

  const char *turn_on_;
  const char *turn_off_;
};

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_IMPORTED_SWITCH
