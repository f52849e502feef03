#pragma once
// Frame layouts and every bound of the wire protocol OceanRemote/1, as docs/protocol.md has them.
// One WebSocket binary message is one frame; integers are big-endian.

#include "bytes.h"
#include "errors.h"

namespace esphome::oceanremote {

inline constexpr uint8_t PROTOCOL_VERSION = 1;
inline constexpr std::string_view PROTOCOL_NAME = "OceanRemote/1";
inline constexpr std::string_view CONNECT_PATH = "/api/oceanremote/connect";

enum class FrameType : uint8_t { HELLO = 0x01, INIT = 0x02, ACCEPT = 0x03, REJECT = 0x04, DATA = 0x05 };
enum class Purpose : uint8_t { REGISTRATION = 1, SESSION = 2 };

inline constexpr size_t MAC_SIZE = 6;
inline constexpr size_t KEY_SIZE = 32;
inline constexpr size_t TAG_SIZE = 16;
inline constexpr size_t HASH_SIZE = 32;
inline constexpr size_t CHALLENGE_SIZE = 32;
inline constexpr size_t HUB_KEY_ID_SIZE = 4;
inline constexpr size_t TOKEN_HANDLE_SIZE = 8;
inline constexpr size_t SESSION_ID_SIZE = 16;
inline constexpr size_t NONCE_SIZE = 8;
inline constexpr size_t BOARD_MAX = 32;
inline constexpr size_t VERSION_MAX = 32;

// HELLO: type, version, challenge
inline constexpr size_t HELLO_SIZE = 2 + CHALLENGE_SIZE;
static_assert(HELLO_SIZE == 34, "HELLO layout");

// INIT: type, purpose, hub key id, receive limit | e, sealed s, sealed payload | mac1
inline constexpr size_t INIT_HEADER_SIZE = 2 + HUB_KEY_ID_SIZE + 2;
inline constexpr size_t MAC1_SIZE = 16;
inline constexpr size_t PAYLOAD1_SESSION_SIZE = MAC_SIZE + 4 + 8;
inline constexpr size_t PAYLOAD1_MAX = PAYLOAD1_SESSION_SIZE + TOKEN_HANDLE_SIZE + 1 + BOARD_MAX + 1 + VERSION_MAX;
inline constexpr size_t INIT_MAX_WRITTEN =
    INIT_HEADER_SIZE + KEY_SIZE + KEY_SIZE + TAG_SIZE + PAYLOAD1_MAX + TAG_SIZE + MAC1_SIZE;
static_assert(INIT_HEADER_SIZE == 8 && PAYLOAD1_SESSION_SIZE == 18 && PAYLOAD1_MAX == 92, "INIT layout");
static_assert(INIT_MAX_WRITTEN <= 512, "INIT limit");

// ACCEPT: type | e, sealed payload
inline constexpr size_t PAYLOAD2_SIZE = SESSION_ID_SIZE + 4 + 8 + 2 + 2;
inline constexpr size_t NOISE_MESSAGE2_SIZE = KEY_SIZE + PAYLOAD2_SIZE + TAG_SIZE;
inline constexpr size_t ACCEPT_SIZE = 1 + NOISE_MESSAGE2_SIZE;
static_assert(PAYLOAD2_SIZE == 32 && ACCEPT_SIZE == 81, "ACCEPT layout");

// REJECT: type, code, retry-after seconds
inline constexpr size_t REJECT_SIZE = 4;
inline constexpr uint8_t REJECT_CODE = 1;
inline constexpr uint16_t RETRY_AFTER_MAX_S = 300;

// DATA: type, epoch | ciphertext and tag
inline constexpr size_t DATA_HEADER_SIZE = 1 + 4;
inline constexpr size_t DATA_OVERHEAD = DATA_HEADER_SIZE + TAG_SIZE;
inline constexpr size_t DATA_MIN_SIZE = DATA_OVERHEAD + 1;
static_assert(DATA_MIN_SIZE == 22, "DATA layout");

inline constexpr size_t PROLOGUE_MAX = PROTOCOL_NAME.size() + HELLO_SIZE + INIT_HEADER_SIZE + 4 + HASH_SIZE;
inline constexpr size_t ASSOCIATED_DATA_SIZE = SESSION_ID_SIZE + MAC_SIZE + 4;

inline constexpr size_t PRE_HANDSHAKE_FRAME_MAX = 512;
inline constexpr uint16_t RX_LIMIT_MIN = 512;
inline constexpr uint16_t RX_LIMIT_SMALL = 1024;  // ESP8266, RP2
inline constexpr uint16_t RX_LIMIT_LARGE = 4096;

struct RejectFrame {
  uint16_t retry_after_s;  ///< already clamped to RETRY_AFTER_MAX_S
};

/// The type of a frame that has a known type and a size that this type may have; nothing else is checked.
/// FRAME_MALFORMED, FRAME_TOO_LARGE; FRAME_UNEXPECTED for INIT, which only devices send.
[[nodiscard]] Error read_frame_type(ByteView frame, size_t rx_limit, FrameType &type);

/// FRAME_MALFORMED, VERSION_UNSUPPORTED. `frame` itself goes into the prologue, so nothing is copied out.
[[nodiscard]] Error check_hello(ByteView frame);

[[nodiscard]] Error read_reject(ByteView frame, RejectFrame &out);

[[nodiscard]] inline uint32_t data_epoch(ByteView frame) { return load_be32(frame.data + 1); }

}  // namespace esphome::oceanremote
