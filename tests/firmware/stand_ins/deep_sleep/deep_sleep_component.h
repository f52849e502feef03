#pragma once
// The real header, under a path that only the installed ESPHome has.
#include "deep_sleep/deep_sleep_component.h"
