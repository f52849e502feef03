#pragma once

// What differs between a chip with a separate flash address space and everything else.
// C headers only: avr-gcc comes without a C++ library.

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVR__)
#include <avr/pgmspace.h>
#define CHALLENGE_FLASH PROGMEM
#else
#define CHALLENGE_FLASH
#endif

#define CHALLENGE_NODISCARD __attribute__((warn_unused_result))
// Keeps what a function needs on the stack off the frames of its callers.
#define CHALLENGE_NOINLINE __attribute__((noinline))

namespace challenge {

#if defined(__AVR__)
inline uint8_t flash_byte(const void *address) { return pgm_read_byte(address); }
inline uint32_t flash_word(const uint32_t *address) { return pgm_read_dword(address); }
/// Returns the word as one of which the compiler knows nothing.
template<class Word> inline Word unfolded(Word word) {
  __asm__("" : "+r"(word));
  return word;
}
#else
inline uint8_t flash_byte(const void *address) { return *static_cast<const uint8_t *>(address); }
inline uint32_t flash_word(const uint32_t *address) { return *address; }
template<class Word> inline Word unfolded(Word word) { return word; }
#endif

/// Bytes that lie in flash (CHALLENGE_FLASH) on chips where that makes a difference.
struct FlashBytes {
  const void *data;
  uint8_t size;

  uint8_t operator[](uint8_t index) const { return flash_byte(static_cast<const uint8_t *>(this->data) + index); }
};

/// Overwrites memory in a way that the compiler may not leave out.
inline void wipe(void *memory, size_t size) {
  volatile uint8_t *bytes = static_cast<volatile uint8_t *>(memory);
  while (size-- != 0)
    *bytes++ = 0;
}

}  // namespace challenge
