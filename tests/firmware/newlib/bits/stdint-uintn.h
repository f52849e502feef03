#pragma once
// The boards' C library makes uint32_t an unsigned long; this machine's an unsigned int.

#include <bits/types.h>

using uint8_t = __uint8_t;
using uint16_t = __uint16_t;
using uint32_t = unsigned long;
using uint64_t = __uint64_t;
