#pragma once
// Flash as an ESP8266's SDK sees it, in small: here it is memory like any other.

#define PSTR(text) (text)
