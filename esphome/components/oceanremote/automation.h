#pragma once

#include "esphome/core/automation.h"

#include "client.h"

namespace esphome::oceanremote {

/// Asks the hub for new session keys; without a session it does nothing.
template<typename... Ts> class RotateAction : public Action<Ts...>, public Parented<Client> {
 public:
  void play(const Ts &...) override { this->parent_->request_rotation(); }
};

/// True while a proved session is running.
template<typename... Ts> class ConnectedCondition : public Condition<Ts...>, public Parented<Client> {
 public:
  bool check(const Ts &...) override { return this->parent_->is_connected(); }
};

}  // namespace esphome::oceanremote
