#pragma once
#include "esphome/core/defines.h"
#ifdef USE_ESP32

#include "esphome/core/preferences.h"

#include "kept_counter.h"
#include "esphome/components/oceanremote_core/credentials.h"

namespace esphome::oceanremote {

/// Keeps the record among ESPHome's preferences, each of which NVS stores for itself: the new one beside the old, then
/// it counts. A record of another size is none.
class IdentityStore : public CredentialStore {
 public:
  /// Takes the slots. Called by generated code before any other component takes one, so that their position is the
  /// same in every configuration and in safe mode.
  void reserve();
  [[nodiscard]] bool is_roomy() const { return true; }

  [[nodiscard]] Error load(Record &record) override;
  [[nodiscard]] Error save(const Record &record) override;
  [[nodiscard]] Error sync() override;
  [[nodiscard]] Error read_back(Record &record) override;
#ifdef OCEANREMOTE_KEEPS_COUNTER
  void keep_counter(uint64_t next) override { this->counter_.keep(next); }
  [[nodiscard]] uint64_t kept_counter() override { return this->counter_.kept(); }
#endif

 protected:
  ESPPreferenceObject preference_;
#ifdef OCEANREMOTE_KEEPS_COUNTER
  KeptCounter counter_;
#endif
};

}  // namespace esphome::oceanremote

#endif  // USE_ESP32
