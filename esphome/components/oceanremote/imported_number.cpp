#include "imported_number.h"

#ifdef USE_OCEANREMOTE_IMPORTED_NUMBER

#include "esphome/core/log.h"

#include "request_draft.h"

namespace esphome::oceanremote {

static const char *const TAG = "oceanremote.number";

namespace {

class SetValue final : public RequestOwner {
 public:
  explicit SetValue(ImportedNumber &number) : number_(number) {}
  void done(std::string_view /*response*/) override {}
  void failed(std::string_view reason) override { this->number_.refused(reason); }

 protected:
  ImportedNumber &number_;
};

}  // namespace

void ImportedNumber::dump_config() {
  LOG_NUMBER("", "OceanRemote number", this);
  this->log_import_(TAG);
}

void ImportedNumber::Limit::take(std::string_view value) {
  float number;
  if (this->read_number_(value, number))
    (this->number_.traits.*this->setter_)(number);
}

void ImportedNumber::take(std::string_view value) {
  this->told_ = NAN;
  (void) this->read_number_(value, this->told_);
  this->publish_state(this->told_);
}

void ImportedNumber::take_absence() {
  this->told_ = NAN;
  this->publish_state(NAN);
}

void ImportedNumber::control(float value) {
  // The longest that %g writes, and its end.
  char text[16];
  buf_append_printf(text, sizeof(text), 0, "%g", value);
  RequestDraft draft(*this->parent_);
  if (RequestWriter *writer = draft.begin(RequestKind::ACTION, this->action_, 1)) {
    writer->open(RequestPart::DATA, 2);
    writer->field("entity_id", this->entity_id_);
    writer->field("value", text);
  }
  this->publish_state(value);
  draft.send(std::make_unique<SetValue>(*this));
}

void ImportedNumber::refused(std::string_view reason) {
  ESP_LOGW(TAG, "'%s' not set: %.*s", this->get_name().c_str(), static_cast<int>(reason.size()), reason.data());
  this->publish_state(this->told_);
}

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_IMPORTED_NUMBER
