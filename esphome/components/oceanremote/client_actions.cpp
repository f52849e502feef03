// Actions that the YAML defines and Home Assistant calls.

#include "client.h"

#ifdef USE_OCEANREMOTE_ACTIONS

#include <cinttypes>
#include <new>
#include <utility>

#include "esphome/core/log.h"

namespace esphome::oceanremote {

static const char *const TAG = "oceanremote";

CommandOutcome Client::execute_action_(const Command &command) {
  for (UserAction *action = this->entities_.actions(); action != nullptr; action = action->next) {
    if (action->key() == command.address.key && command.address.sub == 0) {
      ESP_LOGI(TAG, "Action '%s'", action->name().c_str());
      return action->execute(command, this->action_calls_, this->now_());
    }
  }
  return {};
}

void Client::end_call(uint32_t call, OwnedMessage result) { this->action_calls_.end(call, std::move(result)); }

OwnedMessage ResponseDraft::make_buffer_() const {
  OwnedMessage message;
  if (this->command_ != 0)
    message.bytes.reset(new (std::nothrow) uint8_t[this->capacity_]);
  return message;
}

ResponseDraft::ResponseDraft(Client &client, uint32_t call, bool success, std::string_view error)
    : client_(client),
      call_(call),
      command_(client.command_of(call)),
      capacity_(client.message_capacity()),
      message_(this->make_buffer_()),
      writer_(this->message_.bytes.get(), this->message_.bytes == nullptr ? 0 : this->capacity_, this->command_,
              success ? CommandStatus::DONE : CommandStatus::REFUSED, success ? std::string_view() : error) {}

void ResponseDraft::send() {
  if (this->command_ == 0) {
    ESP_LOGW(TAG, "Nobody waits for the response of call %" PRIu32, this->call_);
    return;
  }
  if (this->message_.bytes == nullptr) {
    ESP_LOGE(TAG, "No memory for the response of call %" PRIu32, this->call_);
    return;
  }
  size_t size = this->writer_.finish();
  if (size == 0) {
    ESP_LOGW(TAG, "The response of call %" PRIu32 " is too long, or has a name twice", this->call_);
    ResultWriter other(this->message_.bytes.get(), this->capacity_, this->command_, CommandStatus::REFUSED,
                       "the response is too long, or has a name twice");
    size = other.finish();
  }
  OwnedMessage result;
  result.size = size;
  result.bytes.reset(new (std::nothrow) uint8_t[size]);
  if (result.bytes == nullptr)
    result.bytes = std::move(this->message_.bytes);
  else
    std::memcpy(result.bytes.get(), this->message_.bytes.get(), size);
  this->message_ = {};
  this->client_.end_call(this->call_, std::move(result));
}

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_ACTIONS
