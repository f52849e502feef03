// Where a board keeps the next counter. Prints what it finds after a restart, and after a power cut.

#include <iostream>

#include "kept_counter.h"

int main() {
#ifdef OCEANREMOTE_KEEPS_COUNTER
  using namespace esphome;               // NOLINT
  using namespace esphome::oceanremote;  // NOLINT
  ESPPreferences preferences;
  global_preferences = &preferences;
  const auto found = [] {
    KeptCounter counter;
    counter.reserve();
    return counter.kept();
  };
  KeptCounter counter;
  counter.reserve();
  counter.keep(UINT64_C(0x123456789A));
  std::cout << found() << " ";
  preferences.rtc.clear();
  std::cout << found() << " " << preferences.flash.size() << "\n";
#else
  std::cout << "none\n";
#endif
}
