#pragma once

// The clock of the model in w5500_test.cpp.

#include <stdint.h>

uint32_t millis();
