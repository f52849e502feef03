// A board's store on a flash in memory: writes a record three times, and reads it after a restart. Prints whether there
// is room for its own sectors, what was erased, what was found, and how many records are among the preferences.

#include <sys/mman.h>

#include <Arduino.h>

#include <iostream>
#include <sstream>

#include "identity_store_sectors.h"

#ifdef USE_ESP8266
#include "spi_flash.h"
#else
#include "hardware/flash.h"
#endif

static constexpr uint32_t CHIP_BITS = 22;
static uint8_t *flash = nullptr;
static std::string erased;  // NOLINT(bugprone-throwing-static-initialization)

static void erase(uint32_t at) {
  std::memset(flash + at, 0xFF, 4096);
  std::ostringstream text;
  text << (erased.empty() ? "" : " ") << std::hex << at;
  erased += text.str();
}

/// As in NOR flash, writing clears bits.
static void write(uint32_t at, const uint8_t *data, size_t size) {
  for (size_t i = 0; i < size; i++)
    flash[at + i] &= data[i];
}

#ifdef USE_ESP8266
uint32_t spi_flash_get_id() { return CHIP_BITS << 16 | 0x40EF; }
SpiFlashOpResult spi_flash_erase_sector(uint16_t sector) {
  erase(uint32_t{sector} * 4096);
  return SPI_FLASH_RESULT_OK;
}
SpiFlashOpResult spi_flash_write(uint32_t to, uint32_t *data, uint32_t size) {
  if (reinterpret_cast<uintptr_t>(data) % 4 != 0 || to % 4 != 0 || size % 4 != 0)
    return SPI_FLASH_RESULT_ERR;
  write(to, reinterpret_cast<const uint8_t *>(data), size);
  return SPI_FLASH_RESULT_OK;
}
SpiFlashOpResult spi_flash_read(uint32_t from, uint32_t *out, uint32_t size) {
  if (reinterpret_cast<uintptr_t>(out) % 4 != 0 || from % 4 != 0 || size % 4 != 0)
    return SPI_FLASH_RESULT_ERR;
  std::memcpy(out, flash + from, size);
  return SPI_FLASH_RESULT_OK;
}
#else
RP2040 rp2040;
static int idle = 0;
void RP2040::idleOtherCore() { idle++; }
void RP2040::resumeOtherCore() { idle--; }
void flash_range_erase(uint32_t offset, size_t size) {
  if (idle == 1 && size == 4096)
    erase(offset);
}
void flash_range_program(uint32_t offset, const uint8_t *data, size_t size) {
  if (idle == 1 && offset % FLASH_PAGE_SIZE == 0 && size % FLASH_PAGE_SIZE == 0)
    write(offset, data, size);
}
#endif

int main() {
  using namespace esphome;               // NOLINT
  using namespace esphome::oceanremote;  // NOLINT
  // Where the RP2 of this test has its flash.
  void *const at = reinterpret_cast<void *>(0x70000000);
  flash = static_cast<uint8_t *>(
      ::mmap(at, 1 << CHIP_BITS, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0));
  if (flash != at)
    return 1;
  ESPPreferences preferences;
  global_preferences = &preferences;
  {
    IdentityStore store;
    store.reserve();
    std::cout << (store.is_roomy() ? "roomy" : "cramped") << "\n";
    Identity identity;
    for (uint32_t i = 1; i <= 3; i++) {
      identity.reservations = i;
      if (store_identity(store, identity) != Error::NONE)
        return 2;
    }
  }
  IdentityStore store;
  store.reserve();
  Identity identity;
  if (load_identity(store, identity) != Error::NONE)
    return 3;
  std::cout << erased << "\nfound " << identity.reservations << "\npreferences " << preferences.flash.size() << "\n";
}
