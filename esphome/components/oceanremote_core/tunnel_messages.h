#pragma once
// Messages of tunnels (docs/protocol.md, section 14): what the hub says of a stream, and what the device does.

#include "cbor.h"

namespace esphome::oceanremote {

enum class MessageType : uint8_t;

inline constexpr uint32_t TUNNEL_WINDOW_MAX = UINT16_MAX;
/// The longest that TUNNEL_DATA puts before its bytes: array, type, stream, head of the byte string.
inline constexpr size_t TUNNEL_HEAD_MAX = 1 + 2 + 5 + 3;

/// Its number stands for it on the wire, and less one for its bit in the facts.
enum class TunnelService : uint8_t { API = 1, WEB_SERVER = 2 };
inline constexpr uint8_t TUNNEL_SERVICES = 2;

enum class TunnelStatus : uint8_t { OPENED = 0, TOO_MANY = 1, NO_SUCH_SERVICE = 2, NOT_LISTENING = 3 };
enum class TunnelEnd : uint8_t { FINISHED = 0, RESET = 1 };

/// One message about a stream; what its type does not have is 0.
struct TunnelMessage {
  uint32_t stream{0};
  uint32_t size{0};  ///< TUNNEL_OPEN: the device's credit; TUNNEL_CREDIT: how much more
  uint8_t service{0};
  TunnelEnd end{TunnelEnd::FINISHED};
  ByteView data;  ///< inside the receive buffer
};

/// MESSAGE_UNEXPECTED for a type that is no message of the hub about tunnels.
[[nodiscard]] Error check_tunnel_count(MessageType type, size_t count);
[[nodiscard]] bool read_tunnel_message(CborReader &reader, MessageType type, TunnelMessage &out);

/// window: 0 exactly where the stream is refused.
void write_tunnel_opened(CborWriter &writer, uint32_t stream, TunnelStatus status, uint32_t window);
/// Everything before the bytes, which are `size` behind it.
void write_tunnel_data_head(CborWriter &writer, uint32_t stream, size_t size);
void write_tunnel_credit(CborWriter &writer, uint32_t stream, uint32_t size);
void write_tunnel_end(CborWriter &writer, uint32_t stream, TunnelEnd end);

}  // namespace esphome::oceanremote
