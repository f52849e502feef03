#pragma once
// How an uint32_t is printed where it is an unsigned long.

#include_next <inttypes.h>  // NOLINT

#undef PRIu32
#undef PRId32
#undef PRIX32
#undef PRIx32
#define PRIu32 "lu"
#define PRId32 "ld"
#define PRIX32 "lX"
#define PRIx32 "lx"
