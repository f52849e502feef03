// Where the sectors lie that belong to nobody, by the layouts that the boards' linker scripts have.

#include <gtest/gtest.h>

#include "sector_place.h"

namespace esphome::oceanremote::testing {

static constexpr uint32_t KB = 1024;
static constexpr uint32_t MB = 1024 * KB;

TEST(SectorPlace, AnEsp8266NeedsAChipOfFourMegabytesWithoutFiles) {
  struct Layout {
    const char *script;
    uint32_t file_system;
    uint32_t chip;
    bool room;
  };
  // _FS_start of the core's linker scripts (eagle.flash.*.ld), less 0x40200000.
  const Layout layouts[] = {
      {"512k", 0x07B000, 512 * KB, false}, {"1m", 0x0FB000, MB, false},       {"1m64", 0x0EB000, MB, false},
      {"2m", 0x1FB000, 2 * MB, false},     {"2m1m", 0x100000, 2 * MB, false}, {"4m", 0x3FB000, 4 * MB, true},
      {"4m1m", 0x300000, 4 * MB, false},   {"4m2m", 0x200000, 4 * MB, false}, {"4m3m", 0x100000, 4 * MB, false},
      {"8m", 0x7FB000, 8 * MB, true},      {"16m", 0xFFB000, 16 * MB, true},  {"16m14m", 0x200000, 16 * MB, false},
  };
  for (const Layout &layout : layouts)
    EXPECT_EQ(own_sectors_esp8266(layout.file_system, layout.chip) != 0, layout.room) << layout.script;
  EXPECT_EQ(own_sectors_esp8266(0x3FB000, MB), 0U) << "the chip is smaller than the configuration says";
}

TEST(SectorPlace, NoUpdateOfAnEsp8266ReachesTheSectors) {
  const uint32_t at = own_sectors_esp8266(0x3FB000, 4 * MB);
  ASSERT_EQ(at % FLASH_SECTOR, 0U);
  // The largest program, behind it one that comes by an upload of unknown size, and at the end one of known size.
  EXPECT_LE(MB + 2 * FLASH_SECTOR + MB, at);
  EXPECT_LE(at + OWN_SIZE, 0x3FB000 - MB);
}

TEST(SectorPlace, AnRp2HasThemBelowTheFiles) {
  // ESPHome's layout: the program, 1 MB of files (updates), one sector of preferences.
  for (const uint32_t chip : {2 * MB, 4 * MB, 8 * MB, 16 * MB}) {
    const uint32_t file_system = chip - FLASH_SECTOR - MB;
    EXPECT_EQ(own_sectors_rp2(600 * KB, file_system), file_system - OWN_SIZE);
    EXPECT_EQ(own_sectors_rp2(MB, file_system), 0U) << "not even where a chip of 2 MB would wrap around";
  }
  EXPECT_EQ(own_sectors_rp2(MB - FLASH_SECTOR - OWN_SIZE, MB - FLASH_SECTOR), MB - FLASH_SECTOR - OWN_SIZE);
  EXPECT_EQ(own_sectors_rp2(MB - FLASH_SECTOR - OWN_SIZE + 1, MB - FLASH_SECTOR), 0U) << "the program has them";
  EXPECT_EQ(own_sectors_rp2(0, OWN_SIZE), 0U);
}

}  // namespace esphome::oceanremote::testing
