#pragma once
#include "esphome/core/defines.h"
#ifndef USE_HOST

#include "esphome/core/preferences.h"

#include "credentials.h"

namespace esphome::oceanremote {

/// Keeps the record among ESPHome's preferences. A board that reads its preferences through a copy in RAM
/// (ESP8266, RP2) reads that copy back; its flash driver has then reported success.
class IdentityStore : public CredentialStore {
 public:
  /// Takes the slot. Called by generated code before any other component takes one, so that the slot's position is
  /// the same in every configuration and in safe mode.
  void reserve();

  [[nodiscard]] Error load(Record &record) override;
  [[nodiscard]] Error save(const Record &record) override;
  [[nodiscard]] Error sync() override;
  [[nodiscard]] Error read_back(Record &record) override;

 protected:
  ESPPreferenceObject preference_;
};

}  // namespace esphome::oceanremote

#endif  // !USE_HOST
