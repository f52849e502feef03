#pragma once
// What infrared and radio have in common: a signal that the hub wants sent.

#include "domain_traits.h"

#if defined(USE_INFRARED) || defined(USE_RADIO_FREQUENCY)

#include <algorithm>

namespace esphome::oceanremote {

/// Gives a call its signal, which stays in the message until the call is performed.
template<typename Call> void take_signal(Call &call, ByteView signal, uint32_t repeat_count) {
  // A timing ends with a byte that has no continuation bit.
  const auto count = std::count_if(signal.data, signal.data + signal.size, [](uint8_t byte) { return byte < 0x80; });
  call.set_raw_timings_packed(signal.data, static_cast<uint16_t>(signal.size), static_cast<uint16_t>(count));
  call.set_repeat_count(repeat_count);
}

inline constexpr CommandOutcome CANNOT_SEND{CommandStatus::REFUSED, "sending not supported"};
inline constexpr CommandOutcome NOT_SENT{CommandStatus::REFUSED, "the transmitter did not take it"};

}  // namespace esphome::oceanremote

#endif
