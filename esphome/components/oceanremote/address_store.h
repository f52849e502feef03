#pragma once
// Where this platform keeps the addresses that the hub has told (address_book.h): a file of their own on Linux, a
// preference of their own on an ESP32, two flash sectors of their own on the others, where the board has them.

#include "esphome/core/defines.h"

#ifdef USE_HOST
#include <string>
#elif defined(USE_ESP32)
#include "esphome/core/preferences.h"
#else
#include "board_sectors.h"
#endif
#include "esphome/components/oceanremote_core/address_book.h"

namespace esphome::oceanremote {

class PlatformAddressStore : public AddressStore {
 public:
  /// Once, before all else. False: this board has no room.
  [[nodiscard]] bool setup();
  [[nodiscard]] Error load(AddressRecord &record) override;
  [[nodiscard]] Error save(AddressRecord &record) override;

 protected:
#ifdef USE_HOST
  std::string file_;
#elif defined(USE_ESP32)
  ESPPreferenceObject preference_;
#else
  BoardSectors sectors_{2};
  SectorJournal journal_{sectors_};
#endif
};

}  // namespace esphome::oceanremote
