#pragma once
// oceanremote.action, oceanremote.event, oceanremote.tag_scanned.

#include "esphome/core/defines.h"
#ifdef USE_OCEANREMOTE_REQUESTS

#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "esphome/core/automation.h"
#include "esphome/core/helpers.h"
#include "esphome/core/string_ref.h"

#include "generated_text.h"
#include "request_draft.h"

namespace esphome::oceanremote {

// What a lambda may give as a value, as text.
template<typename T>
  requires(!std::is_pointer_v<std::remove_cvref_t<T>>)
std::string request_text(T &&value) {
  return to_string(std::forward<T>(value));  // NOLINT
}
inline std::string request_text(const char *value) { return value == nullptr ? "" : value; }
inline std::string request_text(std::string value) { return value; }
inline std::string request_text(StringRef value) { return value.str(); }

/// One text of a request, as generated code has it: the constant `value`, or what `compute` makes.
template<typename... Ts> struct RequestField {
  const char *key;  ///< null: the name of the action or event, the response template
  const char *value;
  std::string (*compute)(const Ts &...);

  template<typename F> static constexpr RequestField from_lambda(const char *key, F /*lambda*/) {
    return {key, nullptr, &RequestField::call<F>};
  }
  template<typename F> static std::string call(const Ts &...x) { return request_text(F{}(x...)); }

  [[nodiscard]] std::string text(const Ts &...x) const {
    return this->compute == nullptr ? generated_text(this->value) : this->compute(x...);
  }
};

/// How many of the fields belong to which part; in the order of the table, behind the name.
struct RequestShape {
  RequestKind kind;
  uint8_t data;
  uint8_t data_template;
  uint8_t variables;
  bool wants_response;
  bool response_template;

  [[nodiscard]] size_t parts() const {
    return (this->data != 0) + (this->data_template != 0) + (this->variables != 0) + this->wants_response +
           this->response_template;
  }
};

template<typename... Ts> class RequestAction final : public Action<Ts...>, public Parented<Client> {
 public:
  using Field = RequestField<Ts...>;

  /// fields: static.
  RequestAction(const Field *fields, const RequestShape &shape) : fields_(fields), shape_(shape) {}

  Trigger<std::string, Ts...> *get_success_trigger() {
    this->hears_success_ = true;
    return &this->success_trigger_;
  }
  Trigger<std::string, Ts...> *get_error_trigger() {
    this->hears_error_ = true;
    return &this->error_trigger_;
  }

  void play(const Ts &...x) override {
    const Field *field = this->fields_;
    RequestDraft draft(*this->parent_);
    RequestWriter *writer = draft.begin(this->shape_.kind, (field++)->text(x...), this->shape_.parts());
    if (writer != nullptr)
      this->write_(*writer, field, x...);
    std::unique_ptr<RequestOwner> owner;
    if (this->hears_success_ || this->hears_error_)
      owner = std::make_unique<Call>(*this, x...);
    draft.send(std::move(owner));
  }

 protected:
  /// Keeps the arguments until the answer.
  class Call final : public RequestOwner {
   public:
    Call(RequestAction &action, const Ts &...x) : action_(action), arguments_(x...) {}
    void done(std::string_view response) override {
      std::apply([&](const Ts &...x) { this->action_.done_(response, x...); }, this->arguments_);
    }
    void failed(std::string_view reason) override {
      std::apply([&](const Ts &...x) { this->action_.failed_(reason, x...); }, this->arguments_);
    }

   protected:
    RequestAction &action_;
    std::tuple<Ts...> arguments_;
  };

  void write_(RequestWriter &writer, const Field *field, const Ts &...x) {
    const auto part = [&](RequestPart which, uint8_t count) {
      if (count != 0)
        writer.open(which, count);
      for (; count != 0; count--, field++)
        writer.field(generated_text(field->key), field->text(x...));
    };
    part(RequestPart::DATA, this->shape_.data);
    part(RequestPart::DATA_TEMPLATE, this->shape_.data_template);
    part(RequestPart::VARIABLES, this->shape_.variables);
    if (this->shape_.wants_response)
      writer.want_response();
    if (this->shape_.response_template)
      writer.response_template(field->text(x...));
  }

  void done_(std::string_view response, const Ts &...x) {
    if (this->hears_success_)
      this->success_trigger_.trigger(std::string(response), x...);
  }

  void failed_(std::string_view reason, const Ts &...x) {
    // An on_error that asks again at once would fail at once again, and so on until the stack is full.
    if (!this->hears_error_ || this->failing_)
      return Client::log_unheard(0, reason);
    this->failing_ = true;
    this->error_trigger_.trigger(std::string(reason), x...);
    this->failing_ = false;
  }

  const Field *fields_;
  RequestShape shape_;
  bool hears_success_{false};
  bool hears_error_{false};
  bool failing_{false};
  Trigger<std::string, Ts...> success_trigger_;
  Trigger<std::string, Ts...> error_trigger_;
};

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_REQUESTS
