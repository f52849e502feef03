#include "board_sectors.h"
#ifdef USE_RP2

#include <Arduino.h>

#include <algorithm>

#include <hardware/flash.h>

#include "esphome/core/helpers.h"

#include "esphome/components/oceanremote_core/crypto.h"
#include "esphome/components/oceanremote_core/sector_place.h"

// Of the linker script.
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
extern "C" uint8_t _FS_start;
extern "C" uint8_t __flash_binary_end;
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

namespace esphome::oceanremote {

static uint32_t offset_in_flash(const uint8_t &symbol) { return reinterpret_cast<uintptr_t>(&symbol) - XIP_BASE; }

/// The flash is not readable meanwhile: neither an interrupt nor the other core may run from it.
template<typename Work> static void while_all_stand_still(Work work) {
  const InterruptLock lock;
  ::rp2040.idleOtherCore();
  work();
  ::rp2040.resumeOtherCore();
}

bool BoardSectors::find() {
  this->at_ = own_sectors_rp2(offset_in_flash(__flash_binary_end), offset_in_flash(_FS_start));
  return this->at_ != 0;
}

bool BoardSectors::erase(uint8_t sector) {
  while_all_stand_still([this, sector] { flash_range_erase(this->offset_of_(sector), SECTOR_SIZE); });
  return true;
}

/// The chip is written in pages; what is left of the last one stays erased.
bool BoardSectors::write(uint8_t sector, const uint8_t *data, size_t size) {
  Secret<FLASH_PAGE_SIZE> page;
  for (size_t at = 0; at < size; at += FLASH_PAGE_SIZE) {
    std::memset(page.data(), 0xFF, FLASH_PAGE_SIZE);
    std::memcpy(page.data(), data + at, std::min<size_t>(size - at, FLASH_PAGE_SIZE));
    const uint32_t offset = this->offset_of_(sector) + at;
    while_all_stand_still([&page, offset] { flash_range_program(offset, page.data(), FLASH_PAGE_SIZE); });
  }
  return true;
}

bool BoardSectors::read(uint8_t sector, size_t offset, uint8_t *out, size_t size) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr)
  std::memcpy(out, reinterpret_cast<const uint8_t *>(XIP_BASE + this->offset_of_(sector) + offset), size);
  return true;
}

}  // namespace esphome::oceanremote

#endif  // USE_RP2
