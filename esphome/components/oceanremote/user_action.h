#pragma once
// oceanremote: actions: what the YAML defines and Home Assistant calls.

#include "esphome/core/defines.h"
#ifdef USE_OCEANREMOTE_ACTIONS

#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "esphome/core/automation.h"

#include "domain_traits.h"
#include "esphome/components/oceanremote_core/action_calls.h"
#include "esphome/components/oceanremote_core/user_actions.h"

namespace esphome::oceanremote {

/// One action, as the hub is told of it. Its texts lie in one table, in flash where that is a place of its own: name
/// and description, then of each argument. A description may be null.
class UserAction {
 public:
  UserAction(const char *const *texts, uint32_t key, ActionResponse response)
      : texts_(texts), key_(key), response_(response) {}
  UserAction(const UserAction &) = delete;
  UserAction &operator=(const UserAction &) = delete;

  [[nodiscard]] uint32_t key() const { return this->key_; }
  [[nodiscard]] std::string name() const { return this->text_(0); }
  void describe(PropertyWriter &properties) const;
  /// Runs it, or says why not. What answers later has a call among those that run.
  [[nodiscard]] virtual CommandOutcome execute(const Command &command, ActionCalls &calls, uint64_t now_ms) = 0;

  UserAction *next{nullptr};  ///< the client's

 protected:
  ~UserAction() = default;
  [[nodiscard]] std::string text_(size_t index) const;
  [[nodiscard]] virtual size_t argument_count() const = 0;
  [[nodiscard]] virtual ActionType argument_type(size_t index) const = 0;

  const char *const *texts_;
  uint32_t key_;
  ActionResponse response_;
};

// The arguments own what they hold: a chain with a delay outlives the message that they came in.
template<typename T> inline constexpr ActionType ACTION_TYPE_OF = ActionType::TEXT;
template<> inline constexpr ActionType ACTION_TYPE_OF<bool> = ActionType::BOOLEAN;
template<> inline constexpr ActionType ACTION_TYPE_OF<int32_t> = ActionType::INTEGER;
template<> inline constexpr ActionType ACTION_TYPE_OF<float> = ActionType::REAL;
template<> inline constexpr ActionType ACTION_TYPE_OF<std::vector<bool>> = ActionType::BOOLEANS;
template<> inline constexpr ActionType ACTION_TYPE_OF<std::vector<int32_t>> = ActionType::INTEGERS;
template<> inline constexpr ActionType ACTION_TYPE_OF<std::vector<float>> = ActionType::REALS;
template<> inline constexpr ActionType ACTION_TYPE_OF<std::vector<std::string>> = ActionType::TEXTS;

template<typename T> bool read_argument(ActionValues &values, T &out) { return values.read(out); }
inline bool read_argument(ActionValues &values, std::string &out) {
  std::string_view view;
  if (!values.read(view))
    return false;
  out = view;
  return true;
}
template<typename T> bool read_argument(ActionValues &values, std::vector<T> &out) {
  size_t count;
  if (!values.read_list(count))
    return false;
  out.reserve(count);
  for (size_t i = 0; i < count; i++) {
    T item{};
    if (!read_argument(values, item))
      return false;
    out.push_back(std::move(item));
  }
  return true;
}

/// What an automation gets before the arguments: the number of the call where it may answer, and whether the caller
/// wants data where that is the caller's choice.
template<ActionResponse Mode, typename... Ts> struct ActionTriggerOf {
  using Type = Trigger<uint32_t, Ts...>;
};
template<typename... Ts> struct ActionTriggerOf<ActionResponse::NONE, Ts...> {
  using Type = Trigger<Ts...>;
};
template<typename... Ts> struct ActionTriggerOf<ActionResponse::OPTIONAL, Ts...> {
  using Type = Trigger<uint32_t, bool, Ts...>;
};

template<ActionResponse Mode, typename... Ts>
class UserActionTrigger final : public UserAction, public ActionTriggerOf<Mode, Ts...>::Type {
 public:
  UserActionTrigger(const char *const *texts, uint32_t key) : UserAction(texts, key, Mode) {}

  CommandOutcome execute(const Command &command, [[maybe_unused]] ActionCalls &calls,
                         [[maybe_unused]] uint64_t now_ms) override {
    ActionValues values(command.args);
    std::tuple<Ts...> arguments;
    const bool sound = values.count() == sizeof...(Ts) &&
                       std::apply([&](Ts &...x) { return (read_argument(values, x) && ...); }, arguments);
    if (!sound)
      return COMMAND_MALFORMED;
    if constexpr (Mode == ActionResponse::NONE) {
      std::apply([this](const Ts &...x) { this->trigger(x...); }, arguments);
      return COMMAND_DONE;
    } else {
      const uint32_t call = calls.begin(command.id, now_ms);
      if (call == 0)
        return {CommandStatus::REFUSED, "too many calls are running"};
      std::apply(
          [&](const Ts &...x) {
            if constexpr (Mode == ActionResponse::OPTIONAL)
              this->trigger(call, values.return_response(), x...);
            else
              this->trigger(call, x...);
          },
          arguments);
      return {CommandStatus::DONE, "", true};
    }
  }

 protected:
  size_t argument_count() const override { return sizeof...(Ts); }
  ActionType argument_type(size_t index) const override {
    // One more, for an action without arguments.
    static constexpr ActionType types[] = {ACTION_TYPE_OF<Ts>..., ActionType::BOOLEAN};
    return types[index];
  }
};

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_ACTIONS
