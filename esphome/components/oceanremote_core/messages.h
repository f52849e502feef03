#pragma once
// Messages inside DATA (docs/protocol.cddl): parsing of what the hub says, building of what the device says.
// Entity states, descriptions and command arguments have files of their own.

#include "cbor.h"
#include "frames.h"

namespace esphome::oceanremote {

enum class MessageType : uint8_t {
  READY = 1,
  DESCRIBE = 2,
  STATES = 3,
  EVENT = 4,
  RESULT = 5,
  STORED = 6,
  LOG = 7,
  ROTATE = 8,
  PONG = 9,
  GOODBYE = 10,
  STATES_COMPLETE = 11,
  WELCOME = 65,
  COMMAND = 66,
  ISSUE_TOKEN = 67,
  REVOKED = 68,
  NEW_HUB_KEY = 69,
  SUBSCRIBE_LOGS = 70,
  TIME = 71,
  PING = 72,
};

inline constexpr size_t FACT_TEXT_MAX = 64;
inline constexpr size_t REASON_MAX = 64;
inline constexpr size_t LOG_TAG_MAX = 64;
inline constexpr size_t LOG_TEXT_MAX = 1024;
inline constexpr uint8_t LOG_LEVEL_MAX = 7;
inline constexpr uint8_t SUB_DEVICE_MAX = 255;
/// What the hub gives in a session, to be shown when the device dials again (http_upgrade.h).
inline constexpr size_t TICKET_MAX = 64;

struct EntityAddress {
  uint8_t domain{0};
  uint8_t sub{0};
  uint32_t key{0};
};

/// READY's facts. The views must stay valid while the Link that holds them lives.
struct Facts {
  std::string_view name;
  std::string_view friendly_name;
  std::string_view esphome_version;
  std::string_view project_version;
  std::string_view board;
  std::string_view platform;
  bool safe_mode{false};
  std::string_view reset_reason;  ///< left out when empty
  std::string_view area;          ///< left out when empty
  bool small_store{false};        ///< left out when false
};

enum class CommandStatus : uint8_t { DONE = 0, REFUSED = 1, EXPIRED = 2 };

struct Welcome {
  bool want_description{false};
  uint64_t hub_time_ms{0};
  ByteView ticket;  ///< at most TICKET_MAX bytes, inside the receive buffer
};

struct Command {
  uint32_t id{0};
  uint32_t deadline_ms{0};
  EntityAddress address;
  ByteView args;  ///< right for the domain (arguments.h), inside the receive buffer
};

struct IssueToken {
  uint32_t generation{0};
  const uint8_t *token{nullptr};  ///< 32 bytes inside the receive buffer; wipe the buffer after use
};

/// One message of the hub; only the member that `type` names means anything. Views point into the plaintext.
struct HubMessage {
  MessageType type{MessageType::PING};
  Welcome welcome;
  Command command;
  IssueToken issue_token;
  uint8_t log_level{0};
  uint64_t hub_time_ms{0};
  uint8_t nonce[NONCE_SIZE]{};
};

/// CBOR_… errors, MESSAGE_MALFORMED (wrong fields), MESSAGE_UNEXPECTED (unknown type, or one only devices send).
[[nodiscard]] Error parse_hub_message(ByteView plaintext, HubMessage &out);

void write_ready(CborWriter &writer, const uint8_t description_hash[HASH_SIZE], const Facts &facts);
/// Everything before the part itself, which is `part_size` bytes behind it.
void write_describe_head(CborWriter &writer, uint32_t offset, uint32_t total, size_t part_size);
void write_result(CborWriter &writer, uint32_t command_id, CommandStatus status, std::string_view reason);
void write_stored(CborWriter &writer, const uint8_t hash[HASH_SIZE]);
void write_log(CborWriter &writer, uint8_t level, std::string_view tag, std::string_view text);
void write_rotate(CborWriter &writer);
void write_pong(CborWriter &writer, const uint8_t nonce[NONCE_SIZE]);
void write_goodbye(CborWriter &writer, uint32_t next_wakeup_s);
void write_states_complete(CborWriter &writer);

}  // namespace esphome::oceanremote
