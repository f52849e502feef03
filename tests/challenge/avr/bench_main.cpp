// Marks the start and the end of trying 1 and 9 commands, and of making a challenge, for
// the harness to count cycles between; then sleeps with interrupts off, which ends the run.

#include <avr/sleep.h>
#include "board.h"
#include "settings.h"

volatile uint32_t milliseconds;

static const uint8_t COMMANDS[9] PROGMEM = {1, 2, 3, 4, 5, 6, 7, 8, 9};

static Eeprom eeprom;
static challenge::DeviceKey<Hash> key;
static challenge::DerivedChallenges<Hash, Eeprom> challenges(eeprom);
static challenge::Connection<Hash, TEST_CHALLENGE> connection;

static void attempt(uint8_t table_size, uint8_t marker) {
  const challenge::Profile profile = {
      challenge::Mode::TEST_MODE, TEST_WAKE, TEST_CHALLENGE, {COMMANDS, table_size}, TEST_LIFETIME};
  challenge::Step step = connection.open(profile, 0);
  for (uint8_t i = 0; i < TEST_WAKE; i++)
    step = connection.receive(profile, key, i, false, 0);
  GPIOR0 = 0x10;
  const bool made = challenges.make(connection.challenge(), TEST_CHALLENGE, connection.workspace());
  GPIOR0 = 0x11;
  connection.begin_answer(profile, 0);
  for (uint8_t i = 0; i + 1 < Hash::SIZE; i++)
    step = connection.receive(profile, key, i, false, 0);
  GPIOR0 = marker;
  step = connection.receive(profile, key, 0, false, 0);
  GPIOR0 = marker + 1;
  GPIOR2 = made && step == challenge::Step::REFUSE ? 1 : 2;
}

int main() {
  const challenge::FlashBytes secret = challenge::flash_text(SECRET);
  GPIOR0 = 0x20;
  if (!key.set(challenge::Mode::TEST_MODE, secret, challenge::flash_text(DEVICE_ID)) || !challenges.begin(secret))
    GPIOR2 = 3;
  GPIOR0 = 0x21;
  attempt(1, 0x30);
  attempt(9, 0x40);
  cli();
  sleep_enable();
  sleep_cpu();
  for (;;) {
  }
}
