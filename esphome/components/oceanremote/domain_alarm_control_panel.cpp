// Alarm control panels. Whether a code is right only the panel knows, and it does not say; its state does.

#include "domain_traits.h"

#ifdef USE_ALARM_CONTROL_PANEL

#include "esphome/core/log.h"

namespace esphome::oceanremote {

using alarm_control_panel::AlarmControlPanel;
using alarm_control_panel::AlarmControlPanelCall;
using alarm_control_panel::AlarmControlPanelState;
using wire::alarm_control_panel::Action;
using wire::alarm_control_panel::Condition;
using namespace alarm_control_panel;  // its states and features

[[maybe_unused]] static const char *const TAG = "oceanremote";

/// What one action means to ESPHome.
struct PanelAction {
  const char *name;
  AlarmControlPanelCall &(AlarmControlPanelCall::*set)();
  AlarmControlPanelState wanted;
  uint8_t feature;  ///< that it needs, 0 for none
};

static PanelAction panel_action(Action action) {
  using Call = AlarmControlPanelCall;
  switch (action) {
    case Action::ARM_AWAY:
      return {"arm away", &Call::arm_away, ACP_STATE_ARMED_AWAY, ACP_FEAT_ARM_AWAY};
    case Action::ARM_HOME:
      return {"arm home", &Call::arm_home, ACP_STATE_ARMED_HOME, ACP_FEAT_ARM_HOME};
    case Action::ARM_NIGHT:
      return {"arm night", &Call::arm_night, ACP_STATE_ARMED_NIGHT, ACP_FEAT_ARM_NIGHT};
    case Action::ARM_VACATION:
      return {"arm vacation", &Call::arm_vacation, ACP_STATE_ARMED_VACATION, ACP_FEAT_ARM_VACATION};
    case Action::ARM_CUSTOM_BYPASS:
      return {"arm custom bypass", &Call::arm_custom_bypass, ACP_STATE_ARMED_CUSTOM_BYPASS, ACP_FEAT_ARM_CUSTOM_BYPASS};
    case Action::TRIGGER:
      // As Home Assistant's own trigger reaches it: the panel's entry delay first.
      return {"trigger", &Call::pending, ACP_STATE_PENDING, ACP_FEAT_TRIGGER};
    case Action::DISARM:
      break;
  }
  return {"disarm", &Call::disarm, ACP_STATE_DISARMED, 0};
}

void describe(AlarmControlPanel &entity, PropertyWriter &properties) {
  namespace key = wire::alarm_control_panel::property;
  properties.flag(key::REQUIRES_CODE, entity.get_requires_code());
  properties.number(key::SUPPORTED_FEATURES, entity.get_supported_features());
  properties.flag(key::REQUIRES_CODE_TO_ARM, entity.get_requires_code_to_arm());
}

bool add_state(AlarmControlPanel &entity, const EntityAddress &address, StatesWriter &writer) {
  StateMap state(writer, address);
  state.number(wire::alarm_control_panel::state::CONDITION, entity.get_state());
  return state.end();
}

/// Why a panel cannot do it, nullptr if it can; what ESPHome's own call would drop with no more than a warning.
static const char *find_refusal(AlarmControlPanel &entity, const PanelAction &action) {
  if ((entity.get_supported_features() & action.feature) != action.feature)
    return "not supported";
  const AlarmControlPanelState now = entity.get_state();
  if (entity.is_state_armed(action.wanted) && now != ACP_STATE_DISARMED)
    return "it is not disarmed";
  if (action.wanted == ACP_STATE_PENDING && now == ACP_STATE_DISARMED)
    return "it is disarmed";
  return nullptr;
}

CommandOutcome execute(AlarmControlPanel &entity, const Arguments &arguments) {
  namespace key = wire::alarm_control_panel::command;
  uint32_t asked;
  std::string_view code = "";
  if (!arguments.get(key::ACTION, asked))
    return COMMAND_MALFORMED;
  const PanelAction action = panel_action(static_cast<Action>(asked));
  // It is so already: ESPHome would do nothing, and warn.
  if (action.feature != ACP_FEAT_TRIGGER && entity.get_state() == action.wanted)
    return COMMAND_DONE;
  const char *refusal = find_refusal(entity, action);
  if (refusal != nullptr)
    return {CommandStatus::REFUSED, refusal};
  ESP_LOGI(TAG, "Command alarm_control_panel '%s' -> %s", entity.get_name().c_str(), action.name);
  AlarmControlPanelCall call = entity.make_call();
  (call.*action.set)();
  (void) arguments.get(key::CODE, code);
  // Without one an empty one, as from `api:`.
  call.set_code(code.data(), code.size());
  call.perform();
  return COMMAND_DONE;
}

static_assert(uint8_t(Condition::DISARMED) == ACP_STATE_DISARMED &&
                  uint8_t(Condition::ARMED_HOME) == ACP_STATE_ARMED_HOME &&
                  uint8_t(Condition::ARMED_AWAY) == ACP_STATE_ARMED_AWAY &&
                  uint8_t(Condition::ARMED_NIGHT) == ACP_STATE_ARMED_NIGHT &&
                  uint8_t(Condition::ARMED_VACATION) == ACP_STATE_ARMED_VACATION &&
                  uint8_t(Condition::ARMED_CUSTOM_BYPASS) == ACP_STATE_ARMED_CUSTOM_BYPASS &&
                  uint8_t(Condition::PENDING) == ACP_STATE_PENDING && uint8_t(Condition::ARMING) == ACP_STATE_ARMING &&
                  uint8_t(Condition::DISARMING) == ACP_STATE_DISARMING &&
                  uint8_t(Condition::TRIGGERED) == ACP_STATE_TRIGGERED,
              "ESPHome's numbers are those of the wire");

}  // namespace esphome::oceanremote

#endif  // USE_ALARM_CONTROL_PANEL
