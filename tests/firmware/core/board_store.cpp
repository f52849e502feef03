// What a board's store keeps where. Prints the counter that it finds after a restart, and after a power cut.

#include <iostream>

#include "identity_store_preferences.h"

int main() {
  using namespace esphome;               // NOLINT
  using namespace esphome::oceanremote;  // NOLINT
  ESPPreferences preferences;
  global_preferences = &preferences;
  const auto found = [] {
    IdentityStore store;
    store.reserve();
    return store.kept_counter();
  };
  IdentityStore store;
  store.reserve();
  store.keep_counter(UINT64_C(0x123456789A));
  std::cout << found() << " ";
  preferences.rtc.clear();
  std::cout << found() << " " << preferences.flash.size() << "\n";
}
