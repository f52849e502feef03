#pragma once
// Where this platform keeps the identity record.

#include "esphome/core/defines.h"

#ifdef USE_HOST
#include "identity_store_host.h"
#elif defined(USE_ESP32)
#include "identity_store_preferences.h"
#else
#include "identity_store_sectors.h"
#endif
