// Domains that take commands, but lights: switches, buttons, numbers, selects.
// Whatever is executed is logged with the entity's name; what is refused is logged by the caller.

#include "esphome/core/log.h"

#include "domain_traits.h"

namespace esphome::oceanremote {

[[maybe_unused]] static const char *const TAG = "oceanremote";

#ifdef USE_SWITCH
void DomainTraits<switch_::Switch>::describe(switch_::Switch &entity, DescriptorDraft &draft) {
  describe_device_class(entity, draft);
  draft.descriptor.assumed_state = entity.assumed_state();
}

bool DomainTraits<switch_::Switch>::add_state(switch_::Switch &entity, const EntityAddress &address,
                                              StatesWriter &writer) {
  return writer.add_bool(address, entity.state);
}

CommandOutcome DomainTraits<switch_::Switch>::execute(switch_::Switch &entity, ByteView args) {
  bool on = false;
  if (parse_switch_args(args, on) != Error::NONE)
    return COMMAND_MALFORMED;
  ESP_LOGI(TAG, "Command switch '%s' -> %s", entity.get_name().c_str(), ONOFF(on));
  entity.control(on);
  return COMMAND_DONE;
}
#endif

#ifdef USE_BUTTON
void DomainTraits<button::Button>::describe(button::Button &entity, DescriptorDraft &draft) {
  describe_device_class(entity, draft);
}

CommandOutcome DomainTraits<button::Button>::execute(button::Button &entity, ByteView args) {
  if (parse_button_args(args) != Error::NONE)
    return COMMAND_MALFORMED;
  ESP_LOGI(TAG, "Command button '%s' -> pressed", entity.get_name().c_str());
  entity.press();
  return COMMAND_DONE;
}
#endif

#ifdef USE_NUMBER
void DomainTraits<number::Number>::describe(number::Number &entity, DescriptorDraft &draft) {
  describe_device_class(entity, draft);
  describe_unit(entity, draft);
  const number::NumberTraits &traits = entity.traits;
  draft.descriptor.has_range = true;
  draft.descriptor.min_value = traits.get_min_value();
  draft.descriptor.max_value = traits.get_max_value();
  draft.descriptor.step = traits.get_step();
  draft.descriptor.mode = traits.get_mode();
}

bool DomainTraits<number::Number>::add_state(number::Number &entity, const EntityAddress &address,
                                             StatesWriter &writer) {
  return entity.has_state() ? writer.add_float(address, entity.state) : writer.add_missing(address);
}

CommandOutcome DomainTraits<number::Number>::execute(number::Number &entity, ByteView args) {
  float value = 0;
  if (parse_number_args(args, value) != Error::NONE)
    return COMMAND_MALFORMED;
  // A limit that is not a number is no limit: comparisons with it are false.
  if (value < entity.traits.get_min_value() || value > entity.traits.get_max_value())
    return {CommandStatus::REFUSED, "value out of range"};
  ESP_LOGI(TAG, "Command number '%s' -> %g", entity.get_name().c_str(), value);
  entity.make_call().set_value(value).perform();
  return COMMAND_DONE;
}
#endif

#ifdef USE_SELECT
static std::string_view option_at(const void *context, size_t index) {
  return static_cast<const select::Select *>(context)->option_at(index);
}

void DomainTraits<select::Select>::describe(select::Select &entity, DescriptorDraft &draft) {
  draft.descriptor.options = {entity.size(), option_at, &entity};
}

bool DomainTraits<select::Select>::add_state(select::Select &entity, const EntityAddress &address,
                                             StatesWriter &writer) {
  if (!entity.has_state())
    return writer.add_missing(address);
  const StringRef option = entity.current_option();
  return writer.add_text(address, {option.c_str(), option.size()});
}

CommandOutcome DomainTraits<select::Select>::execute(select::Select &entity, ByteView args) {
  std::string_view option;
  if (parse_select_args(args, option) != Error::NONE)
    return COMMAND_MALFORMED;
  const auto index = entity.index_of(option.data(), option.size());
  if (!index.has_value())
    return {CommandStatus::REFUSED, "unknown option"};
  ESP_LOGI(TAG, "Command select '%s' -> %s", entity.get_name().c_str(), entity.option_at(*index));
  entity.make_call().set_index(*index).perform();
  return COMMAND_DONE;
}
#endif

}  // namespace esphome::oceanremote
