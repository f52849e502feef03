#include "domain_traits.h"

#ifdef USE_UPDATE

#include "esphome/core/log.h"

namespace esphome::oceanremote {

[[maybe_unused]] static const char *const TAG = "oceanremote";

static constexpr float PROGRESS_MAX = 100.0F;

void describe(update::UpdateEntity & /*entity*/, PropertyWriter & /*properties*/) {}

bool add_state(update::UpdateEntity &entity, const EntityAddress &address, StatesWriter &writer) {
  namespace key = wire::update::state;
  if (!entity.has_state())
    return writer.add_missing(address);
  const update::UpdateInfo &info = entity.update_info;
  StateMap state(writer, address);
  if (entity.state == update::UPDATE_STATE_INSTALLING)
    state.flag(key::IN_PROGRESS, true);
  if (info.has_progress)
    state.real(key::PROGRESS, info.progress, PROGRESS_MAX);
  state.text_up_to(key::CURRENT_VERSION, info.current_version, UPDATE_VERSION_MAX);
  state.text_up_to(key::LATEST_VERSION, info.latest_version, UPDATE_VERSION_MAX);
  state.text_up_to(key::TITLE, info.title, UPDATE_TITLE_MAX);
  // The beginning of an address leads to somewhere else.
  if (info.release_url.size() <= RELEASE_URL_MAX)
    state.text_up_to(key::RELEASE_URL, info.release_url, RELEASE_URL_MAX);
  state.text_up_to(key::RELEASE_SUMMARY, info.summary, RELEASE_SUMMARY_MAX);
  return state.end();
}

static CommandOutcome install(update::UpdateEntity &entity) {
  // ESPHome ignores it in silence.
  if (entity.state == update::UPDATE_STATE_INSTALLING)
    return {CommandStatus::REFUSED, "already installing"};
  if (entity.state != update::UPDATE_STATE_AVAILABLE)
    return {CommandStatus::REFUSED, "no update available"};
  ESP_LOGI(TAG, "Command update '%s' -> install", entity.get_name().c_str());
  entity.perform();
  return COMMAND_DONE;
}

CommandOutcome execute(update::UpdateEntity &entity, const Arguments &arguments) {
  uint32_t action;
  if (!arguments.get(wire::update::command::ACTION, action))
    return COMMAND_MALFORMED;
  switch (static_cast<wire::update::Action>(action)) {
    case wire::update::Action::INSTALL:
      return install(entity);
    case wire::update::Action::CHECK:
      ESP_LOGI(TAG, "Command update '%s' -> check", entity.get_name().c_str());
      entity.check();
      return COMMAND_DONE;
  }
  return COMMAND_MALFORMED;
}

}  // namespace esphome::oceanremote

#endif  // USE_UPDATE
