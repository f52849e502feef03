#pragma once
// Messages inside DATA (docs/protocol.cddl): parsing of what the hub says, building of what the device says.
// Entity states, descriptions and command arguments have files of their own.

#include "cbor.h"
#include "frames.h"
#include "tunnel_messages.h"

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
  REQUEST = 12,
  IMPORT = 13,
  IMAGE = 14,
  ADDRESSES_STORED = 16,
  READINGS = 15,
  LAST_LINES = 17,
  HEALTH = 18,
  TUNNEL_OPENED = 23,
  TUNNEL_DATA_UP = 24,
  TUNNEL_CREDIT_UP = 25,
  TUNNEL_END_UP = 26,
  UPDATE_POSITION = 19,
  UPDATE_OUTCOME = 20,
  HEARD_SIGNAL = 30,
  HUB_KEY_STORED = 31,
  WELCOME = 65,
  COMMAND = 66,
  ISSUE_TOKEN = 67,
  REVOKED = 68,
  NEW_HUB_KEY = 69,
  SUBSCRIBE_LOGS = 70,
  TIME = 71,
  PING = 72,
  ANSWER = 73,
  IMPORTED = 74,
  ADDRESSES = 75,
  READINGS_TAKEN = 76,
  STAY_AWAKE = 77,
  REPORT_HEALTH = 78,
  TUNNEL_OPEN = 83,
  TUNNEL_DATA_DOWN = 84,
  TUNNEL_CREDIT_DOWN = 85,
  TUNNEL_END_DOWN = 86,
  OFFER_UPDATE = 79,
  UPDATE_CHUNK = 80,
  ABANDON_UPDATE = 81,
  INSTALL_UPDATE = 82,
};

inline constexpr size_t FACT_TEXT_MAX = 64;
inline constexpr size_t REASON_MAX = 64;
inline constexpr size_t LOG_TAG_MAX = 64;
inline constexpr size_t LOG_TEXT_MAX = 1024;
inline constexpr uint8_t LOG_LEVEL_MAX = 7;
/// Lines before a crash.
inline constexpr size_t LAST_LINES_MAX = 64;
inline constexpr size_t LAST_LINE_TEXT_MAX = 255;
/// What the hub gives in a session, to be shown when the device dials again (http_upgrade.h).
inline constexpr size_t TICKET_MAX = 64;
inline constexpr size_t ZONE_MAX = 64;
inline constexpr size_t RESPONSE_MAX = 2048;
inline constexpr uint8_t IMPORTS_MAX = 64;
inline constexpr size_t ENTITY_ID_MAX = 255;
inline constexpr size_t ATTRIBUTE_MAX = 64;
inline constexpr size_t IMPORTED_MAX = 255;  ///< characters

inline constexpr size_t SIGNAL_MAX = 3072;
inline constexpr size_t HUB_URL_MAX = 120;
/// Addresses that the hub tells at once.
inline constexpr size_t ADDRESS_LIST_MAX = 4;
/// The largest image of firmware, and the largest part of one in a message.
inline constexpr uint32_t FIRMWARE_MAX = 64 * 1024 * 1024;
inline constexpr size_t UPDATE_OVERHEAD = 64;
inline constexpr size_t UPDATE_CHUNK_MAX = RX_LIMIT_LARGE - UPDATE_OVERHEAD;
/// In one message.
inline constexpr size_t READINGS_MAX = 128;

inline constexpr size_t PICTURE_MAX = 262144;
/// The longest that IMAGE puts before a part: array, type, sub-device, key, offset, total, head of the byte string.
inline constexpr size_t IMAGE_HEAD_MAX = 1 + 1 + 5 + 5 + 5 + 5 + 3;

struct EntityAddress {
  uint8_t domain{0};
  uint32_t sub{0};  ///< the sub-device's id; 0: the device itself
  uint32_t key{0};

  bool operator==(const EntityAddress &other) const {
    return this->domain == other.domain && this->sub == other.sub && this->key == other.key;
  }
};

/// What a device that takes new firmware says of that.
struct UpdateFacts {
  std::string_view chip;   ///< what an image has to be for
  std::string_view build;  ///< the image that runs
  uint16_t chunk{0};       ///< the largest part of an image in one message
  bool takes_gzip{false};  ///< left out when false
  bool falls_back{false};  ///< left out when false
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
  std::string_view reset_reason;        ///< left out when empty
  std::string_view area;                ///< left out when empty
  bool small_store{false};              ///< left out when false
  bool keeps_time{false};               ///< left out when false
  bool sleeps{false};                   ///< left out when false
  bool remembers{false};                ///< left out when false
  bool reports_health{false};           ///< left out when false
  bool takes_hub_keys{false};           ///< left out when false
  uint8_t tunnels{0};                   ///< a bit per TunnelService; left out when 0
  const UpdateFacts *updates{nullptr};  ///< left out when null
};

/// What a board measures of itself; what it does not have is left out.
struct Health {
  static constexpr int16_t NO_SIGNAL = INT16_MIN;
  static constexpr uint32_t NO_HEAP = UINT32_MAX;

  uint32_t uptime_s{0};
  int16_t wifi_signal_dbm{NO_SIGNAL};
  uint32_t free_heap{NO_HEAP};
  uint32_t longest_loop_ms{0};
};

enum class CommandStatus : uint8_t { DONE = 0, REFUSED = 1, EXPIRED = 2 };

/// Why the device leaves.
enum class GoodbyeReason : uint8_t { RESTART = 0, SLEEP = 1, UPDATE = 2, POWER_OFF = 3 };

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

/// What it is for: to be kept beside the present key, or in force from the next handshake on.
enum class HubKeyPhase : uint8_t { TO_COME = 1, IN_FORCE = 2 };

struct NewHubKey {
  HubKeyPhase phase{HubKeyPhase::TO_COME};
  const uint8_t *key{nullptr};  ///< 32 bytes inside the receive buffer
};

struct HubTime {
  uint64_t hub_time_ms{0};
  std::string_view zone;  ///< POSIX's TZ; empty: not said
};

enum class AnswerStatus : uint8_t { DONE = 0, NOT_ALLOWED = 1, FAILED = 2, NO_SUCH = 3 };

/// What became of one request.
struct Answer {
  uint32_t id{0};
  AnswerStatus status{AnswerStatus::DONE};
  std::string_view reason;
  std::string_view response;  ///< empty: none was asked for
};

enum class ImportedStatus : uint8_t { VALUE = 0, ABSENT = 1, NOT_ALLOWED = 2 };

/// A state of Home Assistant's, or an attribute.
struct Imported {
  uint8_t slot{0};
  ImportedStatus status{ImportedStatus::VALUE};
  std::string_view value;  ///< empty unless there is a value
};

/// Where the hub can be reached, what it prefers first; none is known to be one that can be dialed (hub_url.h).
struct Addresses {
  uint32_t version{0};
  uint8_t count{0};
  std::string_view urls[ADDRESS_LIST_MAX];
};

/// Of one sensor, every reading that is numbered below `next` may be forgotten.
struct ReadingsTaken {
  uint32_t sub{0};
  uint32_t key{0};
  uint32_t next{0};
};

struct UpdateOffer {
  uint32_t update{0};  ///< its number, which every answer names
  uint32_t size{0};
  const uint8_t *digest{nullptr};  ///< 32 bytes inside the receive buffer
  bool demands{false};             ///< something that this version does not know
};

struct UpdateChunk {
  uint32_t offset{0};
  ByteView part;  ///< not empty, inside the receive buffer
};

enum class UpdateStatus : uint8_t { INSTALLED = 0, FAILED = 1 };

enum class UpdateFailure : uint8_t {
  NONE = 0,
  OTHER = 1,
  NEEDS_MORE = 2,  ///< the offer demands what this version does not know
  NO_ROOM = 3,
  NOT_WRITTEN = 4,
  WRONG_DIGEST = 5,
  NOT_BOOTABLE = 6,
  OUT_OF_ORDER = 7,
  GIVEN_UP = 8,  ///< nothing has come for too long
};

/// One message of the hub; only the member that `type` names may be read. Views point into the plaintext.
struct HubMessage {
  HubMessage() : nonce{} {}

  MessageType type{MessageType::PING};
  union {
    Welcome welcome;
    Command command;
    IssueToken issue_token;
    NewHubKey new_hub_key;
    HubTime time;
    Answer answer;
    Imported imported;
    Addresses addresses;
    ReadingsTaken readings_taken;
    TunnelMessage tunnel;
    UpdateOffer update_offer;
    UpdateChunk update_chunk;
    uint32_t update;
    uint8_t log_level;
    bool stay_awake;
    uint32_t health_interval_s;
    uint8_t nonce[NONCE_SIZE];
  };
};

/// CBOR_… errors, MESSAGE_MALFORMED (wrong fields), MESSAGE_UNEXPECTED (unknown type, or one only devices send).
[[nodiscard]] Error parse_hub_message(ByteView plaintext, HubMessage &out);

/// update_messages.cpp: the fields of OFFER_UPDATE, UPDATE_CHUNK and INSTALL_UPDATE.
[[nodiscard]] bool read_update_message(CborReader &reader, HubMessage &out);

/// Array and number of a message.
void write_type(CborWriter &writer, MessageType type, size_t items);
void write_update_facts(CborWriter &writer, const UpdateFacts &facts);
/// hub_key_messages.cpp
[[nodiscard]] bool read_new_hub_key(CborReader &reader, NewHubKey &told);
void write_hub_key_stored(CborWriter &writer, const uint8_t id[HUB_KEY_ID_SIZE]);

void write_ready(CborWriter &writer, const uint8_t description_hash[HASH_SIZE], const Facts &facts);
/// Everything before the part itself, which is `part_size` bytes behind it.
void write_describe_head(CborWriter &writer, uint32_t offset, uint32_t total, size_t part_size);
/// Likewise, of a camera's picture.
void write_image_head(CborWriter &writer, uint32_t sub, uint32_t key, uint32_t offset, uint32_t total,
                      size_t part_size);
void write_result(CborWriter &writer, uint32_t command_id, CommandStatus status, std::string_view reason);
/// type: its place among the entity's event types.
void write_event(CborWriter &writer, const EntityAddress &address, uint8_t type);
/// timings: as in a command that sends a signal.
void write_heard_signal(CborWriter &writer, const EntityAddress &address, ByteView timings);
void write_stored(CborWriter &writer, const uint8_t hash[HASH_SIZE]);
void write_log(CborWriter &writer, uint8_t level, std::string_view tag, std::string_view text);
void write_rotate(CborWriter &writer);
void write_pong(CborWriter &writer, const uint8_t nonce[NONCE_SIZE]);
void write_goodbye(CborWriter &writer, uint32_t next_wakeup_s, GoodbyeReason why);
void write_states_complete(CborWriter &writer);
/// unusable, proved: places in the list as bits.
void write_addresses_stored(CborWriter &writer, uint32_t version, uint8_t unusable, uint8_t proved);
/// Of a READINGS message all but the readings themselves; `count` of them follow, each by write_reading.
struct ReadingsHead {
  uint32_t sub{0};
  uint32_t key{0};
  uint32_t first{0};  ///< the number of the first reading
  uint32_t left{0};   ///< readings of this sensor that further messages bring
  uint32_t lost{0};   ///< readings that had to make room
};
void write_readings_head(CborWriter &writer, const ReadingsHead &head, size_t count);
void write_reading(CborWriter &writer, uint32_t age_s, float value);
void write_update_position(CborWriter &writer, uint32_t update, uint32_t offset);
void write_update_outcome(CborWriter &writer, uint32_t update, UpdateStatus status, UpdateFailure failure);
void write_health(CborWriter &writer, const Health &health);
/// Everything before the lines themselves, each of which write_last_line() adds.
void write_last_lines_head(CborWriter &writer, std::string_view reset_reason, size_t lines);
void write_last_line(CborWriter &writer, uint8_t level, std::string_view tag, std::string_view text);
/// Asks for the state of an entity of Home Assistant's, or, where one is named, for an attribute of it.
void write_import(CborWriter &writer, uint8_t slot, std::string_view entity_id, std::string_view attribute);

}  // namespace esphome::oceanremote
