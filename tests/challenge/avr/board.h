#pragma once

// What an ATmega328P offers the receiver in simavr: its UART with two modem lines in place
// of an Ethernet chip, its EEPROM, a millisecond clock.

#include <avr/eeprom.h>
#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/atomic.h>

extern volatile uint32_t milliseconds;

/// PD2 is high while the harness holds a TCP connection; PD3 asks it to hang up; PD4 is high
/// while another one waits.
class UartTransport {
 public:
  void begin() {
    UBRR0 = 1;  // 500 kBd with U2X at 16 MHz: the wire shall not hide the computation
    UCSR0A = _BV(U2X0);
    UCSR0B = _BV(RXEN0) | _BV(TXEN0);
    DDRD |= _BV(PD3);
    OCR0A = 249;
    TCCR0A = _BV(WGM01);
    TCCR0B = _BV(CS01) | _BV(CS00);
    TIMSK0 = _BV(OCIE0A);
    sei();
  }
  bool connected() const { return (PIND & _BV(PD2)) != 0; }
  int available() const { return (UCSR0A & _BV(RXC0)) != 0 ? 1 : 0; }
  uint8_t read() { return UDR0; }
  void write(const uint8_t *data, uint8_t size) {
    for (uint8_t i = 0; i < size; i++) {
      while ((UCSR0A & _BV(UDRE0)) == 0) {
      }
      UCSR0A |= _BV(TXC0);
      UDR0 = data[i];
    }
    while ((UCSR0A & _BV(TXC0)) == 0) {
    }
  }
  void close() {
    PORTD |= _BV(PD3);
    while (this->connected()) {
    }
    while (this->available() > 0)
      (void) this->read();
    PORTD &= ~_BV(PD3);
  }
  bool next() {
    if ((PIND & _BV(PD4)) == 0)
      return false;
    this->close();
    return true;
  }
  uint32_t now() const {
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { return milliseconds; }
    return 0;
  }
};

class Eeprom {
 public:
  uint8_t read(uint8_t offset) const { return eeprom_read_byte(address_(offset)); }
  void write(uint8_t offset, uint8_t byte) {
    eeprom_write_byte(address_(offset), byte);
    eeprom_busy_wait();
  }

 protected:
  static uint8_t *address_(uint8_t offset) { return reinterpret_cast<uint8_t *>(static_cast<uintptr_t>(offset)); }
};
