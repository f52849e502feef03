#pragma once
// Constants in flash. On an ESP8266 a plain literal or table takes RAM, and flash can be read in whole words only: what
// is marked IN_FLASH is read by FlashText, read_flash() and ESPHome's own functions. Elsewhere flash is memory.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef USE_ESP8266
#include <pgmspace.h>
#define IN_FLASH PROGMEM
#define FLASH_TEXT(text) reinterpret_cast<const LogString *>(PSTR(text))
#define FLASH_LITERAL(text) ::esphome::oceanremote::FlashText(PSTR(text), sizeof(text) - 1)
/// For a function with a switch, which the compiler may turn into a table in RAM.
#define WITHOUT_TABLES __attribute__((optimize("no-jump-tables", "no-tree-switch-conversion")))
#else
#define IN_FLASH
#define FLASH_TEXT(text) reinterpret_cast<const LogString *>(text)
#define FLASH_LITERAL(text) ::esphome::oceanremote::FlashText(text)
#define WITHOUT_TABLES
#endif

namespace esphome {
struct LogString;  // ESPHome's: a text that lies in flash where that is a place of its own (ESP8266)
}  // namespace esphome

namespace esphome::oceanremote {

/// Copies what lies in flash.
inline void read_flash(void *out, const void *flash, size_t size) {
#ifdef USE_ESP8266
  memcpy_P(out, flash, size);
#else
  std::memcpy(out, flash, size);
#endif
}

/// A text that is marked IN_FLASH, without its terminator.
class FlashText {
 public:
  template<size_t N> constexpr FlashText(const char (&text)[N]) : start_(text), size_(N - 1) {}  // NOLINT
  constexpr FlashText(const char *flash, size_t size) : start_(flash), size_(size) {}

  [[nodiscard]] constexpr size_t size() const { return this->size_; }
  /// Copies `count` characters from `at` on.
  void copy_to(void *out, size_t at, size_t count) const { read_flash(out, this->start_ + at, count); }
  void copy_to(void *out) const { this->copy_to(out, 0, this->size_); }
  [[nodiscard]] char operator[](size_t at) const {
    char character;
    this->copy_to(&character, at, 1);
    return character;
  }

 protected:
  const char *start_;
  size_t size_;
};

[[nodiscard]] inline bool starts_with(std::string_view text, FlashText start) {
  if (text.size() < start.size())
    return false;
  for (size_t i = 0; i < start.size(); i++) {
    if (text[i] != start[i])
      return false;
  }
  return true;
}

}  // namespace esphome::oceanremote
