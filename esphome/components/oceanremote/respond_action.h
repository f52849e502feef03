#pragma once
// oceanremote.respond, and what ends an action that has not responded.

#include "esphome/core/defines.h"
#ifdef USE_OCEANREMOTE_ACTIONS

#include <functional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "esphome/core/automation.h"
#include "esphome/core/string_ref.h"

#include "client.h"

namespace esphome::oceanremote {

/// Takes one value of a response, by assignment: `root["level"] = x;`.
class ResponseItem {
 public:
  ResponseItem(ResultWriter &writer, std::string_view name) : writer_(writer), name_(name) {}

  void operator=(bool value) { this->writer_.add(this->name_, value); }
  template<typename T>
    requires std::is_integral_v<T>
  void operator=(T value) {
    this->writer_.add(this->name_, static_cast<int64_t>(value));
  }
  template<typename T>
    requires std::is_floating_point_v<T>
  void operator=(T value) {
    this->writer_.add(this->name_, static_cast<float>(value));
  }
  void operator=(const char *value) { this->writer_.add(this->name_, std::string_view(value)); }
  void operator=(const std::string &value) { this->writer_.add(this->name_, std::string_view(value)); }
  void operator=(const StringRef &value) {
    this->writer_.add(this->name_, std::string_view(value.c_str(), value.size()));
  }

 protected:
  ResultWriter &writer_;
  std::string_view name_;
};

/// `root` of a response: names with values, nothing deeper.
class ResponseRoot {
 public:
  explicit ResponseRoot(ResultWriter &writer) : writer_(writer) {}
  ResponseItem operator[](std::string_view name) { return {this->writer_, name}; }

 protected:
  ResultWriter &writer_;
};

/// The number of the call is the first argument of every action that may respond.
template<typename... Ts> uint32_t call_of(const Ts &...x) { return std::get<0>(std::tie(x...)); }

template<typename... Ts> class RespondAction final : public Action<Ts...>, public Parented<Client> {
 public:
  using Fill = void (*)(Ts..., ResponseRoot &);

  template<typename V> void set_success(V success) { this->success_ = success; }
  template<typename V> void set_error_message(V message) { this->error_message_ = message; }
  void set_data(Fill fill) { this->fill_ = fill; }
  /// The second argument tells whether the caller wants data.
  void set_data_is_optional() { this->data_is_optional_ = true; }

  void play(const Ts &...x) override {
    const uint32_t call = call_of(x...);
    const bool success = this->success_.value(x...);
    ResponseDraft draft(*this->parent_, call, success, this->error_message_.value(x...));
    if (ResultWriter *writer = draft.writer(); writer != nullptr && this->wants_data_(x...)) {
      ResponseRoot root(*writer);
      this->fill_(x..., root);
    }
    draft.send();
  }

 protected:
  bool wants_data_(const Ts &...x) const {
    if (this->fill_ == nullptr)
      return false;
    if constexpr (sizeof...(Ts) >= 2) {
      if constexpr (std::is_same_v<std::tuple_element_t<1, std::tuple<Ts...>>, bool>)
        return !this->data_is_optional_ || std::get<1>(std::tie(x...));
    }
    return true;
  }

  TemplatableFn<bool, Ts...> success_{[](Ts...) -> bool { return true; }};
  TemplatableValue<std::string, Ts...> error_message_{""};
  Fill fill_{nullptr};
  bool data_is_optional_{false};
};

/// The last of every action that may respond: what has not said anything is done, or has failed where data was the
/// point of it.
template<typename... Ts> class EndCallAction final : public Action<Ts...>, public Parented<Client> {
 public:
  explicit EndCallAction(bool owes_data) : owes_data_(owes_data) {}
  void play(const Ts &...x) override {
    const uint32_t call = call_of(x...);
    if (this->parent_->is_running(call))
      ResponseDraft(*this->parent_, call, !this->owes_data_, "the action gave no response").send();
  }

 protected:
  bool owes_data_;
};

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_ACTIONS
