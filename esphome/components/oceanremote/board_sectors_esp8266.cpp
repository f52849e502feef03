#include "board_sectors.h"
#ifdef USE_ESP8266

#include <c_types.h>
extern "C" {
#include <spi_flash.h>
}

#include "esphome/core/helpers.h"

#include "esphome/components/oceanremote_core/sector_place.h"

// Of the linker script.
// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
extern "C" uint32_t _FS_start;

namespace esphome::oceanremote {

static constexpr uint32_t FLASH_IS_MAPPED_AT = 0x40200000;

bool BoardSectors::find() {
  const uint32_t chip_size = uint32_t(1) << ((spi_flash_get_id() >> 16) & 0x1F);
  this->at_ = own_sectors_esp8266(reinterpret_cast<uintptr_t>(&_FS_start) - FLASH_IS_MAPPED_AT, chip_size);
  return this->at_ != 0;
}

bool BoardSectors::erase(uint8_t sector) {
  const InterruptLock lock;
  return spi_flash_erase_sector(this->offset_of_(sector) / SECTOR_SIZE) == SPI_FLASH_RESULT_OK;
}

bool BoardSectors::write(uint8_t sector, const uint8_t *data, size_t size) {
  // The SDK takes it as not constant.
  auto *words = reinterpret_cast<uint32_t *>(const_cast<uint8_t *>(data));
  const InterruptLock lock;
  return spi_flash_write(this->offset_of_(sector), words, size) == SPI_FLASH_RESULT_OK;
}

bool BoardSectors::read(uint8_t sector, size_t offset, uint8_t *out, size_t size) {
  const InterruptLock lock;
  return spi_flash_read(this->offset_of_(sector) + offset, reinterpret_cast<uint32_t *>(out), size) ==
         SPI_FLASH_RESULT_OK;
}

}  // namespace esphome::oceanremote

#endif  // USE_ESP8266
