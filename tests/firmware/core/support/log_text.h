#pragma once
// Texts that lie in flash on a board, as the machine that tests reads them.

#include "errors.h"

namespace esphome::oceanremote::testing {

inline const char *text_of(const LogString *text) { return reinterpret_cast<const char *>(text); }
inline const char *text_of(Error error) { return text_of(error_text(error)); }

}  // namespace esphome::oceanremote::testing
