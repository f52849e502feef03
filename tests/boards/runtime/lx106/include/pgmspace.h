#pragma once
// Flash as an ESP8266 has it: it can be read in whole words only. What is in flash is linked to addresses where the
// emulator has nothing, so that whoever reads it otherwise than by these functions ends the program.

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define FLASH_NAME_(number) ".flash." #number
#define FLASH_NAME(number) FLASH_NAME_(number)
#define PROGMEM __attribute__((aligned(4), section(FLASH_NAME(__COUNTER__))))
#define PSTR(text) \
  (__extension__({ \
    static const char flash_text[] PROGMEM = (text); \
    &flash_text[0]; \
  }))
#define PGM_P const char *

#ifdef __cplusplus
extern "C" {
#endif
extern const char __flash_start[], __flash_end[], __flash_copy[];
#ifdef __cplusplus
}
#endif

static inline uint32_t pgm_read_dword(const void *address) {
  const char *place = (const char *) address;
  if (place >= __flash_start && place < __flash_end)
    place = __flash_copy + (place - __flash_start);
  return *(const volatile uint32_t *) (const void *) place;
}

static inline uint8_t pgm_read_byte(const void *address) {
  const uintptr_t place = (uintptr_t) address;
  return (uint8_t) (pgm_read_dword((const void *) (place & ~(uintptr_t) 3)) >> (8 * (place & 3)));
}

static inline uint16_t pgm_read_word(const void *address) {
  const char *place = (const char *) address;
  return (uint16_t) (pgm_read_byte(place) | (pgm_read_byte(place + 1) << 8));
}

static inline const void *pgm_read_ptr(const void *address) {
  return (const void *) (uintptr_t) pgm_read_dword(address);
}

static inline void *memcpy_P(void *to, const void *from, size_t size) {
  for (size_t i = 0; i < size; i++)
    ((uint8_t *) to)[i] = pgm_read_byte((const char *) from + i);
  return to;
}

static inline int memcmp_P(const void *one, const void *other, size_t size) {
  for (size_t i = 0; i < size; i++) {
    const int difference = ((const uint8_t *) one)[i] - pgm_read_byte((const char *) other + i);
    if (difference != 0)
      return difference;
  }
  return 0;
}

static inline size_t strlen_P(PGM_P text) {
  size_t size = 0;
  while (pgm_read_byte(text + size) != 0)
    size++;
  return size;
}
