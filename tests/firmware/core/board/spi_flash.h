#pragma once
// The ESP8266's flash; the test defines it.

#include <cstdint>

enum SpiFlashOpResult { SPI_FLASH_RESULT_OK, SPI_FLASH_RESULT_ERR };
extern "C" {
uint32_t spi_flash_get_id();
SpiFlashOpResult spi_flash_erase_sector(uint16_t sector);
SpiFlashOpResult spi_flash_write(uint32_t to, uint32_t *data, uint32_t size);
SpiFlashOpResult spi_flash_read(uint32_t from, uint32_t *out, uint32_t size);
}
