#pragma once
#include "esphome/core/defines.h"
#if defined(USE_ESP8266) || defined(USE_RP2)

#include "esphome/components/oceanremote_core/sector_journal.h"

namespace esphome::oceanremote {

/// Two of the flash's sectors that belong to nobody else.
class BoardSectors : public SectorFlash {
 public:
  /// first: counts from the first of our own sectors, see sector_place.h.
  explicit BoardSectors(uint8_t first) : first_(first) {}

  /// False where the board has no room; the rest must not be called then.
  [[nodiscard]] bool find();

  [[nodiscard]] bool erase(uint8_t sector) override;
  [[nodiscard]] bool write(uint8_t sector, const uint8_t *data, size_t size) override;
  [[nodiscard]] bool read(uint8_t sector, size_t offset, uint8_t *out, size_t size) override;

 protected:
  [[nodiscard]] uint32_t offset_of_(uint8_t sector) const { return this->at_ + (this->first_ + sector) * SECTOR_SIZE; }

  uint32_t at_{0};
  uint8_t first_;
};

}  // namespace esphome::oceanremote

#endif  // USE_ESP8266 || USE_RP2
