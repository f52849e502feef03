#ifdef USE_HOST

#include <cstdint>
#include <cstdio>
#include <cstdlib>

// The names are the linker's (--wrap), for esphome::get_mac_address_raw(uint8_t *).
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {
void __real__ZN7esphome19get_mac_address_rawEPh(uint8_t *mac);
void __wrap__ZN7esphome19get_mac_address_rawEPh(uint8_t *mac);
}

void __wrap__ZN7esphome19get_mac_address_rawEPh(uint8_t *mac) {
  const char *text = std::getenv("OCEANREMOTE_LAB_MAC");
  if (text == nullptr) {
    __real__ZN7esphome19get_mac_address_rawEPh(mac);
    return;
  }
  // A board with half an address would be another board: rather none.
  if (std::sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx", &mac[0], &mac[1], &mac[2], &mac[3], &mac[4], &mac[5]) !=
      6)
    std::abort();
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

#endif  // USE_HOST
