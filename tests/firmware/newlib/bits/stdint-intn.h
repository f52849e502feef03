#pragma once
// As stdint-uintn.h, with a sign.

#include <bits/types.h>

using int8_t = __int8_t;
using int16_t = __int16_t;
using int32_t = long;
using int64_t = __int64_t;
