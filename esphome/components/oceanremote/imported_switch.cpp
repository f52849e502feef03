#include "imported_switch.h"

#ifdef USE_OCEANREMOTE_IMPORTED_SWITCH

#include "esphome/core/log.h"

#include "request_draft.h"

namespace esphome::oceanremote {

static const char *const TAG = "oceanremote.switch";

void ImportedSwitch::dump_config() {
  LOG_SWITCH("", "OceanRemote switch", this);
  this->log_import_(TAG);
}

void ImportedSwitch::take(std::string_view value) {
  bool on;
  if (this->read_on_off_(value, on))
    this->publish_state(on);
}

void ImportedSwitch::write_state(bool state) {
  RequestDraft draft(*this->parent_);
  if (RequestWriter *writer = draft.begin(RequestKind::ACTION, state ? this->turn_on_ : this->turn_off_, 1)) {
    writer->open(RequestPart::DATA, 1);
    writer->field("entity_id", this->entity_id_);
  }
  draft.send(nullptr);
}

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_IMPORTED_SWITCH
