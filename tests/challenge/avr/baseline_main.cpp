// The board without the library: what it needs by itself.

#include "board.h"

volatile uint32_t milliseconds;

ISR(TIMER0_COMPA_vect) { milliseconds = milliseconds + 1; }

static UartTransport transport;

int main() {
  transport.begin();
  GPIOR2 = 1;
  for (;;) {
    if (transport.connected() && transport.available() > 0) {
      const uint8_t byte = transport.read();
      transport.write(&byte, 1);
      GPIOR1 = byte;
    }
  }
}
