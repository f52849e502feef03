#pragma once

namespace esphome {

template<typename... Ts> struct Trigger {
  unsigned count{0};

  void trigger(const Ts &...) { this->count++; }
};

}  // namespace esphome
