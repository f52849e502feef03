#pragma once
// The RP2's flash; the test defines it.

#include <cstddef>
#include <cstdint>

#define XIP_BASE 0x70000000u  // the board has 0x10000000, where a heap may lie here
#define FLASH_PAGE_SIZE (1u << 8)
void flash_range_erase(uint32_t offset, size_t size);
void flash_range_program(uint32_t offset, const uint8_t *data, size_t size);
