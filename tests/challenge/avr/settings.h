#pragma once

// The test sets these on the compiler's command line.

#include "ChallengeReceiver.h"

#ifndef TEST_HASH
#define TEST_HASH Sha256
#endif
#ifndef TEST_MODE
#define TEST_MODE STRICT
#endif
#ifndef TEST_SECRET
#define TEST_SECRET "a secret of many bytes"
#endif
#ifndef TEST_DEVICE_ID
#define TEST_DEVICE_ID "garage"
#endif
#ifndef TEST_WAKE
#define TEST_WAKE 16
#endif
#ifndef TEST_CHALLENGE
#define TEST_CHALLENGE 16
#endif
#ifndef TEST_LIFETIME
#define TEST_LIFETIME 2000
#endif

using Hash = challenge::TEST_HASH;

static const char SECRET[] PROGMEM = TEST_SECRET;
static const char DEVICE_ID[] PROGMEM = TEST_DEVICE_ID;
