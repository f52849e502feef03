#pragma once
#include "esphome/core/defines.h"
#if defined(USE_ESP8266) || defined(USE_RP2)

#include "esphome/core/preferences.h"

#include "board_sectors.h"
#include "kept_counter.h"
#include "esphome/components/oceanremote_core/credentials.h"

namespace esphome::oceanremote {

/// Keeps the record in two flash sectors of its own, because all preferences of these boards share one, which is erased
/// with each write of any. Where the flash has no such sectors, the compact record stays among the preferences; what is
/// read back is then the copy in RAM that they are read through, after the flash driver has reported success.
class IdentityStore : public CredentialStore {
 public:
  /// Takes the slots. Called by generated code before any other component takes one, so that their position is the
  /// same in every configuration and in safe mode.
  void reserve();
  /// False: clock, next hub key and addresses have no place here.
  [[nodiscard]] bool is_roomy() const { return this->has_sectors_; }

  [[nodiscard]] Error load(Record &record) override;
  [[nodiscard]] Error save(const Record &record) override;
  [[nodiscard]] Error sync() override;
  [[nodiscard]] Error read_back(Record &record) override;
#ifdef OCEANREMOTE_KEEPS_COUNTER
  void keep_counter(uint64_t next) override { this->counter_.keep(next); }
  [[nodiscard]] uint64_t kept_counter() override { return this->counter_.kept(); }
#endif

 protected:
  BoardSectors sectors_{0};
  SectorJournal journal_{sectors_};
  ESPPreferenceObject preference_;
#ifdef OCEANREMOTE_KEEPS_COUNTER
  KeptCounter counter_;
#endif
  bool has_sectors_{false};
};

}  // namespace esphome::oceanremote

#endif  // USE_ESP8266 || USE_RP2
