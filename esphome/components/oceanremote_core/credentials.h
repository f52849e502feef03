#pragma once
// The identity record: one fixed layout with room for what is coming, because what lies behind it in flash would shift.
//
// A board whose store is too small for it keeps the compact record: the same without clock and hub keys.

#include "crypto.h"

namespace esphome::oceanremote {

/// Of every version, and each ends with its checksum.
inline constexpr size_t RECORD_SIZE = 192;
inline constexpr size_t COMPACT_RECORD_SIZE = 124;
inline constexpr uint16_t RECORD_MAGIC = 0x4F52;  // "OR"
inline constexpr uint8_t RECORD_VERSION = 2;
/// Handshake counters reserved by one write; the record keeps the number of reservations.
inline constexpr uint8_t COUNTER_RESERVATION_BITS = 16;

using Record = Secret<RECORD_SIZE>;
using CompactRecord = Secret<COMPACT_RECORD_SIZE>;

/// Where the platform keeps the record. Each call may block for a flash write; none may keep a reference.
class CredentialStore {
 public:
  virtual ~CredentialStore() = default;
  /// RECORD_EMPTY when there has never been one, STORE_FAILED when it cannot be read.
  [[nodiscard]] virtual Error load(Record &record) = 0;
  /// Hands the record to the platform; it need not be durable yet.
  [[nodiscard]] virtual Error save(const Record &record) = 0;
  /// Returns when the record is durable.
  [[nodiscard]] virtual Error sync() = 0;
  /// Reads the record again, from the medium where the platform can.
  [[nodiscard]] virtual Error read_back(Record &record) = 0;

  // Where the board has memory that deep sleep and a restart leave and a power cut does not: the next handshake
  // counter, so that not every wake-up costs a write. What is lost there costs one write and nothing else.
  virtual void keep_counter(uint64_t /*next*/) {}
  /// 0 when none was kept. Not trusted: it may be garbage or old.
  [[nodiscard]] virtual uint64_t kept_counter() { return 0; }
};

/// The decoded record; the only owner of the device's long-lived secrets.
struct Identity {
  Key private_key;
  Key current_token;
  Key previous_token;
  uint32_t generation{0};  ///< of the current token
  uint32_t reservations{0};
  uint32_t clock_s{0};                        ///< Unix seconds that have passed for certain; 0: unknown
  uint8_t next_hub_key[KEY_SIZE]{};           ///< told by the hub; has not proved itself yet
  uint8_t hub_key[KEY_SIZE]{};                ///< told earlier, proved: in force instead of the configuration's
  uint8_t token_handle[TOKEN_HANDLE_SIZE]{};  ///< of the registration token that made this identity
  uint8_t hub_key_id[HUB_KEY_ID_SIZE]{};      ///< of the configuration's hub key when this identity or hub_key came
  bool has_key{false};
  bool has_current{false};
  bool has_previous{false};
  bool confirmed{false};  ///< the hub has welcomed a session under the current token
  bool revoked{false};    ///< by the hub; token_handle tells which registration ended thus
  bool has_next_hub_key{false};
  bool has_hub_key{false};

  void copy_from(const Identity &other);
  void wipe();
};

void encode_record(const Identity &identity, Record &record);
/// RECORD_EMPTY, RECORD_DAMAGED, RECORD_OUTDATED (made by older firmware, of no use to this one), RECORD_VERSION (made
/// by newer firmware: never overwrite). identity is untouched then.
[[nodiscard]] Error decode_record(const Record &record, Identity &identity);

/// Leaves out what a compact record has no room for. STORE_FAILED when that is a hub key, which must not get lost.
[[nodiscard]] Error compact_record(const Record &record, CompactRecord &compact);
/// What cannot be read stays what it is: decode_record() says of the record what it would say of the compact one.
void expand_record(const CompactRecord &compact, Record &record);

[[nodiscard]] Error load_identity(CredentialStore &store, Identity &identity);
/// Encodes, saves, syncs, reads back, compares. Anything but NONE: treat it as not stored.
[[nodiscard]] Error store_identity(CredentialStore &store, const Identity &identity);

/// Handshake counters: each value is given once, over reboots too. One write per 65,536 values or cold boot.
class HandshakeCounter {
 public:
  /// After a cold boot: everything that the record reserved counts as used.
  void start(uint32_t reservations);
  /// Goes on from a kept value if it lies within the record's last reservation, else as after a cold boot.
  void resume(uint32_t reservations, uint64_t next);
  [[nodiscard]] bool needs_reservation() const { return this->next_ >= this->ceiling_; }
  /// Adds a reservation to the identity, to be stored before granted() is called. COUNTER_EXHAUSTED.
  [[nodiscard]] static Error reserve(Identity &identity);
  void granted(const Identity &identity);
  /// WRONG_STATE when a reservation is needed first.
  [[nodiscard]] Error take(uint64_t &value);
  [[nodiscard]] uint64_t next() const { return this->next_; }

 protected:
  uint64_t next_{1};
  uint64_t ceiling_{0};
};

}  // namespace esphome::oceanremote
