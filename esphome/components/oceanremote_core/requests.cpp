#include "requests.h"

#include "messages.h"

namespace esphome::oceanremote {

void RequestWriter::text_(std::string_view value, size_t max) {
  this->fits_ = this->fits_ && value.size() <= max;
  this->writer_.write_text(value, max);
}

void RequestWriter::begin(uint32_t id, RequestKind kind, std::string_view name, size_t parts) {
  static constexpr size_t ITEMS = 5;
  this->writer_.write_array(ITEMS);
  this->writer_.write_uint(static_cast<uint8_t>(MessageType::REQUEST));
  this->writer_.write_uint(id);
  this->writer_.write_uint(static_cast<uint8_t>(kind));
  this->fits_ = !name.empty();
  this->text_(name, REQUEST_NAME_MAX);
  this->writer_.write_map(parts);
}

void RequestWriter::open(RequestPart part, size_t fields) {
  this->fits_ = this->fits_ && fields != 0 && fields <= REQUEST_FIELDS_MAX;
  this->writer_.write_uint(static_cast<uint8_t>(part));
  this->writer_.write_array(fields);
}

void RequestWriter::field(std::string_view key, std::string_view value) {
  static constexpr size_t PAIR = 2;
  this->writer_.write_array(PAIR);
  this->text_(key, REQUEST_KEY_MAX);
  this->text_(value, REQUEST_VALUE_MAX);
}

void RequestWriter::want_response() {
  this->writer_.write_uint(static_cast<uint8_t>(RequestPart::WANTS_RESPONSE));
  this->writer_.write_bool(true);
}

void RequestWriter::response_template(std::string_view value) {
  this->writer_.write_uint(static_cast<uint8_t>(RequestPart::RESPONSE_TEMPLATE));
  this->text_(value, REQUEST_VALUE_MAX);
}

}  // namespace esphome::oceanremote
