// A receiver with two commands: 'O' and 'C', answered with 0x01 and 0x02. The harness sees
// what is executed in GPIOR1 and that the start is over in GPIOR2.

#include "board.h"
#include "settings.h"

volatile uint32_t milliseconds;

ISR(TIMER0_COMPA_vect) { milliseconds = milliseconds + 1; }

static const uint8_t COMMANDS[] PROGMEM = {'O', 'C'};

static UartTransport transport;
static Eeprom eeprom;
static challenge::DerivedChallenges<Hash, Eeprom> challenges(eeprom);
static challenge::Receiver<Hash, UartTransport, challenge::DerivedChallenges<Hash, Eeprom>, TEST_CHALLENGE> receiver(
    transport, challenges);

static uint8_t execute(uint8_t command) {
  GPIOR1 = command;
  return command == 'O' ? 0x01 : 0x02;
}

static const challenge::Profile PROFILE = {
    challenge::Mode::TEST_MODE, TEST_WAKE, TEST_CHALLENGE, {COMMANDS, sizeof(COMMANDS)}, TEST_LIFETIME};

// What Arduino calls setup(): its variables are gone when the loop begins.
__attribute__((noinline)) static bool set_up() {
  const challenge::FlashBytes secret = challenge::flash_text(SECRET);
  transport.begin();
  return challenges.begin(secret) && receiver.begin(PROFILE, secret, challenge::flash_text(DEVICE_ID), execute, true);
}

int main() {
  GPIOR2 = set_up() ? 1 : 2;
  for (;;)
    receiver.loop();
}
