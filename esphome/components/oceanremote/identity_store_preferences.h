#pragma once
#include "esphome/core/defines.h"
#ifndef USE_HOST

#include "esphome/core/preferences.h"

// Memory that deep sleep and a restart leave: always there on ESP8266, on ESP32 where the variant has it.
#if defined(USE_ESP8266) || defined(USE_ESP32_RTC_PREFERENCES_STORAGE)
#define OCEANREMOTE_KEEPS_COUNTER
#endif

#include "esphome/components/oceanremote_core/credentials.h"

namespace esphome::oceanremote {

/// Keeps the record among ESPHome's preferences. A board that reads its preferences through a copy in RAM
/// (ESP8266, RP2) reads that copy back; its flash driver has then reported success.
class IdentityStore : public CredentialStore {
 public:
  /// Takes the slots. Called by generated code before any other component takes one, so that their position is the
  /// same in every configuration and in safe mode.
  void reserve();

  [[nodiscard]] Error load(Record &record) override;
  [[nodiscard]] Error save(const Record &record) override;
  [[nodiscard]] Error sync() override;
  [[nodiscard]] Error read_back(Record &record) override;
#ifdef OCEANREMOTE_KEEPS_COUNTER
  void keep_counter(uint64_t next) override { (void) this->counter_.save(&next); }
  [[nodiscard]] uint64_t kept_counter() override;
#endif

 protected:
  ESPPreferenceObject preference_;
#ifdef OCEANREMOTE_KEEPS_COUNTER
  ESPPreferenceObject counter_;
#endif
};

}  // namespace esphome::oceanremote

#endif  // !USE_HOST
