#pragma once
// What a command asks of an entity. Each parser gives MESSAGE_MALFORMED for a missing, unknown or wrong argument and
// leaves its result as it was.

#include "states.h"

namespace esphome::oceanremote {

/// Whether a domain takes these arguments at all; a message with others is malformed.
[[nodiscard]] Error check_command_args(uint8_t domain, ByteView args);

[[nodiscard]] Error parse_switch_args(ByteView args, bool &on);
[[nodiscard]] Error parse_button_args(ByteView args);
[[nodiscard]] Error parse_number_args(ByteView args, float &value);
/// option points into args.
[[nodiscard]] Error parse_select_args(ByteView args, std::string_view &option);
/// Shares are checked to lie in 0..1; effect points into args; "None" ends a running effect.
[[nodiscard]] Error parse_light_args(ByteView args, LightValues &values);

}  // namespace esphome::oceanremote
