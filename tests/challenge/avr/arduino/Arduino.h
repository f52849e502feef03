#pragma once

// The declarations of Arduino's core that the sketch uses, to compile it without the core.

#include <avr/pgmspace.h>
#include <stddef.h>
#include <stdint.h>

#define HIGH 0x1
#define LOW 0x0
#define OUTPUT 0x1
#define LED_BUILTIN 13

uint32_t millis();
void pinMode(uint8_t pin, uint8_t mode);
void digitalWrite(uint8_t pin, uint8_t value);
void setup();
void loop();
