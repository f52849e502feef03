#include "user_action.h"

#ifdef USE_OCEANREMOTE_ACTIONS

#include "esphome/core/hal.h"
#include "esphome/core/progmem.h"

#include "generated_text.h"

namespace esphome::oceanremote {

static constexpr size_t TEXTS_OF_ACTION = 2;
static constexpr size_t TEXTS_OF_ARGUMENT = 2;

// Keys of the description (docs/protocol.md, "Entities").
static constexpr uint8_t ARGUMENTS = 160;
static constexpr uint8_t RESPONSE = 161;
static constexpr uint8_t DESCRIPTION = 162;

std::string UserAction::text_(size_t index) const {
  const char *text = progmem_read_ptr(&this->texts_[index]);
  return text == nullptr ? std::string() : generated_text(text);
}

void UserAction::describe(PropertyWriter &properties) const {
  struct Texts {
    const UserAction *action;
    mutable std::string name, description;
  };
  const Texts texts{this, {}, {}};
  ArgumentList list;
  list.count = this->argument_count();
  list.context = &texts;
  list.at = [](const void *context, size_t index) {
    const auto &kept = *static_cast<const Texts *>(context);
    const size_t place = TEXTS_OF_ACTION + index * TEXTS_OF_ARGUMENT;
    kept.name = kept.action->text_(place);
    kept.description = kept.action->text_(place + 1);
    return ArgumentText{kept.name, kept.description, uint8_t(kept.action->argument_type(index))};
  };
  properties.arguments(ARGUMENTS, list);
  properties.choice(RESPONSE, uint8_t(this->response_));
  properties.text(DESCRIPTION, this->text_(1), ACTION_DESCRIPTION_MAX);
}

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_ACTIONS
