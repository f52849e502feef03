#include "domain_traits.h"

#ifdef USE_SELECT

#include "esphome/core/log.h"

namespace esphome::oceanremote {

[[maybe_unused]] static const char *const TAG = "oceanremote";

static std::string_view option_at(const void *context, size_t index) {
  return static_cast<const select::Select *>(context)->option_at(index);
}

void describe(select::Select &entity, PropertyWriter &properties) {
  properties.texts(wire::select::property::OPTIONS, {entity.size(), option_at, &entity});
}

bool add_state(select::Select &entity, const EntityAddress &address, StatesWriter &writer) {
  if (!entity.has_state())
    return writer.add_missing(address);
  const StringRef option = entity.current_option();
  return writer.add_text(address, {option.c_str(), option.size()});
}

CommandOutcome execute(select::Select &entity, const Arguments &arguments) {
  std::string_view option;
  if (!arguments.get(wire::select::command::OPTION, option))
    return COMMAND_MALFORMED;
  const auto index = entity.index_of(option.data(), option.size());
  if (!index.has_value())
    return {CommandStatus::REFUSED, "unknown option"};
  ESP_LOGI(TAG, "Command select '%s' -> %s", entity.get_name().c_str(), entity.option_at(*index));
  entity.make_call().set_index(*index).perform();
  return COMMAND_DONE;
}

}  // namespace esphome::oceanremote

#endif  // USE_SELECT
