#pragma once

#include <cstdint>

namespace esphome {

struct Application {
  uint32_t now{0};

  uint32_t get_loop_component_start_time() const { return this->now; }
};
inline Application App;  // NOLINT

}  // namespace esphome
