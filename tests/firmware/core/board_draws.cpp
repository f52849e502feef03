// Draws three times as the firmware does, and prints the source of each draw: r, or b for the bootloader's.

#include <cstdio>

#include "board_entropy.h"
#include "bootloader_random.h"
#include "challenge_entropy.h"
#include "esphome/core/helpers.h"

static bool bracketed = false;

void bootloader_random_enable() { bracketed = true; }
void bootloader_random_disable() { bracketed = false; }
bool esphome::random_bytes(uint8_t * /*data*/, size_t /*size*/) { return std::putchar(bracketed ? 'b' : 'r') != EOF; }

int main() {
  uint8_t out[32];
  bool good = true;
  for (int i = 0; i < 3; i++)
    good = esphome::oceanremote::draw_board_entropy(nullptr, out, sizeof(out)) && good;
  std::putchar(' ');
  good = esphome::oceanremote_challenge::first_random_bytes(out, sizeof(out)) && good;
  return good && !bracketed ? 0 : 1;
}
