#pragma once

namespace esphome {

template<typename... Ts> struct Trigger {
  unsigned count{0};
  bool running{false};

  void trigger(const Ts &...) { this->count++; }
  bool is_action_running() const { return this->running; }
};

template<typename T> class TemplatableFn {
 public:
  TemplatableFn() = default;
  template<typename F> TemplatableFn(F f) : f_(f) {}
  T value() const { return this->f_(); }

 protected:
  T (*f_)(){nullptr};
};

}  // namespace esphome
