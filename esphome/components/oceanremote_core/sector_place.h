#pragma once
// Where a board has flash sectors that belong to nobody: not to a program, not to an update that waits to be copied,
// not to a file system. docs/adr/0006 has the sources.

#include <cstdint>

namespace esphome::oceanremote {

inline constexpr uint32_t FLASH_SECTOR = 4096;
/// Two for the identity record, two the list of addresses (address_book.h).
inline constexpr uint32_t OWN_SECTORS = 4;
inline constexpr uint32_t OWN_SIZE = OWN_SECTORS * FLASH_SECTOR;

namespace esp8266_flash {
/// No program is larger: the chip maps no more.
inline constexpr uint32_t PROGRAM_MAX = 0x100000;
/// An update of unknown size is written from two sectors behind the running program, one of known size so that it ends
/// at the file system. Between the two, and behind both, lies what none reaches.
inline constexpr uint32_t OWN_AT = 0x210000;
}  // namespace esp8266_flash

/// The offset of the first sector, 0 without room. file_system: where it begins, or would. chip_size: by the chip's own
/// word, since the addresses of one that is smaller than the configuration says wrap around into the program.
[[nodiscard]] constexpr uint32_t own_sectors_esp8266(uint32_t file_system, uint32_t chip_size) {
  using namespace esp8266_flash;
  return file_system >= OWN_AT + OWN_SIZE + PROGRAM_MAX && file_system <= chip_size ? OWN_AT : 0;
}

/// No chip with RP2 has less.
inline constexpr uint32_t RP2_CHIP_MIN = 0x200000;

/// As above: the last sectors below the file system, where updates wait, if the program leaves them free; it then lies
/// elsewhere also in a chip that is smaller than the configuration says.
[[nodiscard]] constexpr uint32_t own_sectors_rp2(uint32_t program_end, uint32_t file_system) {
  const uint32_t at = file_system > OWN_SIZE ? file_system - OWN_SIZE : 0;
  return at % FLASH_SECTOR == 0 && at % RP2_CHIP_MIN >= program_end ? at : 0;
}

}  // namespace esphome::oceanremote
