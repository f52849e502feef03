#pragma once

namespace esphome {

namespace setup_priority {
inline constexpr float AFTER_WIFI = 200.0F;
}  // namespace setup_priority

class Component {
 public:
  virtual ~Component() = default;
  virtual void setup() {}
  virtual void loop() {}
  virtual void dump_config() {}
  virtual float get_setup_priority() const { return 0.0F; }
  void mark_failed() { this->failed = true; }

  bool failed{false};
};

}  // namespace esphome
