#pragma once
// Flash as an ESP8266's SDK sees it, in small: here it is memory like any other.

#include <cstring>

#define PROGMEM
#define PSTR(text) (text)
#define memcpy_P std::memcpy
