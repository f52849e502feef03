#pragma once
// One connection to the hub without its I/O: frames in, frames out, one small piece of work at a time.
//
// Theory of operation. The caller owns the WebSocket, both buffers and the clock, and after open() does in each pass of
// its loop, until an event says CLOSED, REJECTED or REVOKED:
//
//   tick(now)                                     time-outs, the session's hard end
//   want() == STEP:  step(now)                    one curve operation or one flash write
//   want() == SEND:  write(tx, size, now)         one frame of Link's own, to be sent before anything sealed later
//   can_receive():   receive(frame, size, now)    one WebSocket message, in place
//   can_send():      seal(tx, payload, now)       the caller's own messages (states, describe, log)
//
//   PREPARING -> AWAIT_HELLO -> HANDSHAKE -> AWAIT_ANSWER -> OPEN                         a session
//                                                        -> AWAIT_COMMIT -> HANDSHAKE    a registration, then a session
//   OPEN with a handshake running on top of it is a rotation: messages flow on.
//
// Registration is crash-safe in this order: key made, stored, read back; register; token stored, read back; STORED.
// The identity in memory changes only after the record has been read back. A registration token other than the one the
// record came from starts a registration with the same device key; the old identity stays until the new is stored.
//
// Hub keys: one that the hub tells in a session is stored beside the present one and tried after it, until a session
// under it is proved; from then on it alone counts, and outlives a configuration that still names the one before.

#include "coarse_clock.h"
#include "credentials.h"
#include "messages.h"
#include "session.h"

namespace esphome::oceanremote {

inline constexpr uint32_t HELLO_TIMEOUT_MS = 10000;
inline constexpr uint32_t ACCEPT_TIMEOUT_MS = 10000;
inline constexpr uint32_t ANSWER_TIMEOUT_MS = 20000;  // the hub writes to its disk in between
inline constexpr uint32_t SILENT_PINGS = 3;
inline constexpr size_t RESULTS_MAX = 8;
inline constexpr size_t PINGS_MAX = 4;

/// What the next link is for. NOTHING: revoked, or nothing to register with; do not dial.
enum class Plan : uint8_t { NOTHING, REGISTER, RESUME };

enum class LinkWant : uint8_t { NOTHING, STEP, SEND };

/// What a REJECT means for the next attempt.
enum class Rejection : uint8_t {
  NONE,       ///< the link is over, no more: in an established session, or instead of HELLO
  LATER,      ///< the hub asks for retry_after_s()
  OTHER_WAY,  ///< refused in this way, but plan() now names another that has not been tried
  REFUSED,    ///< refused in every way that there is
};

enum class LinkEvent : uint8_t {
  NONE,
  WELCOME,         ///< message().welcome; the first one of a link means: session ready, the later ones: rotated
  COMMAND,         ///< message().command, in time; answer() it exactly once
  SUBSCRIBE_LOGS,  ///< message().log_level
  TIME,            ///< message().time
  ANSWER,          ///< message().answer
  IMPORTED,        ///< message().imported
  ADDRESSES,       ///< message().addresses; to be stored and answered
  STAY_AWAKE,      ///< message().stay_awake; only where the facts say that the device sleeps
  READINGS_TAKEN,  ///< message().readings_taken
  REPORT_HEALTH,   ///< message().health_interval_s
  TUNNEL,          ///< message().tunnel, of message().type; only where the facts name a service
  UPDATE,          ///< message().type says which; only where the facts say that the device takes updates
  REGISTERED,      ///< the permanent token is stored; the link goes on by itself
  REVOKED,         ///< the record is wiped; the link is over
  REJECTED,        ///< rejection(), retry_after_s(); the link is over
  CLOSED,          ///< error(); the link is over
};

struct LinkSettings {
  uint8_t mac[MAC_SIZE]{};
  uint8_t hub_public_key[KEY_SIZE]{};
  const uint8_t *registration_token{nullptr};  ///< 32 bytes, read during setup() only; null: none
  uint32_t build_s{0};                         ///< Unix seconds; 0: the record keeps no clock
  uint16_t rx_limit{RX_LIMIT_SMALL};
  Facts facts;
};

class Link {
 public:
  Link(CredentialStore &store, RandomSource &random) : store_(store), random_(random) {}
  Link(const Link &) = delete;
  Link &operator=(const Link &) = delete;

  /// Once per boot; reads the record, draws no randomness. RECORD_DAMAGED, RECORD_OUTDATED: goes on as if there
  /// were none.
  /// RECORD_VERSION, STORE_FAILED: plan() is NOTHING, the record must not be overwritten.
  [[nodiscard]] Error setup(const LinkSettings &settings);
  [[nodiscard]] Plan plan() const;

  /// The WebSocket is open.
  void open(uint64_t now_ms);
  /// The WebSocket is gone, or should go: every key of the link is wiped. Safe at any time.
  void close();

  [[nodiscard]] LinkWant want() const;
  [[nodiscard]] LinkEvent step(uint64_t now_ms);
  /// Returns the size of the frame, 0 if there is none. capacity at least RX_LIMIT_MIN.
  [[nodiscard]] size_t write(uint8_t *out, size_t capacity, uint64_t now_ms);
  [[nodiscard]] bool can_receive() const;
  [[nodiscard]] LinkEvent receive(uint8_t *frame, size_t size, uint64_t now_ms);
  [[nodiscard]] LinkEvent tick(uint64_t now_ms);

  /// The message of the last event; its views point into the frame given to receive().
  [[nodiscard]] const HubMessage &message() const { return this->message_; }
  /// Why the link is over.
  [[nodiscard]] Error error() const { return this->error_; }
  [[nodiscard]] Rejection rejection() const { return this->rejection_; }
  [[nodiscard]] uint16_t retry_after_s() const { return this->retry_after_s_; }

  /// True while the caller's own messages may go out.
  [[nodiscard]] bool can_send(uint64_t now_ms) const;
  /// The largest message for a frame buffer of this capacity, the hub's limit considered.
  [[nodiscard]] size_t max_payload(size_t capacity) const;
  /// Seals a message that lies at frame + DATA_HEADER_SIZE. The frame must be sent before any other is sealed or
  /// written.
  [[nodiscard]] Error seal(uint8_t *frame, size_t payload_size, uint64_t now_ms, size_t &frame_size);

  /// reason: static storage, at most REASON_MAX. BUFFER_TOO_SMALL when RESULTS_MAX answers wait.
  [[nodiscard]] Error answer(uint32_t command_id, CommandStatus status, const char *reason);
  void request_rotation();
  /// next_wakeup_s: when the device is back; 0: it does not know.
  void goodbye(GoodbyeReason why, uint32_t next_wakeup_s);
  /// One that is asked for waits to be written.
  [[nodiscard]] bool goodbye_is_due() const { return this->goodbye_pending_; }
  void set_description_hash(const uint8_t hash[HASH_SIZE]);

  /// In a session: welcomed at least once on this link.
  [[nodiscard]] bool session_open() const { return this->phase_ == Phase::OPEN; }
  [[nodiscard]] const Session &session() const { return this->session_; }
  /// The live session's code for comparison with the hub's.
  void write_comparison_code(char out[COMPARISON_CODE_SIZE]) const {
    comparison_code(out, this->hub_.public_key(), this->static_key_.public_key(), this->session_.hash());
  }
  /// Of the configuration's hub key; the same whichever is in force.
  [[nodiscard]] const uint8_t *hub_key_id() const { return this->own_hub_key_id_; }
  /// A hub key that was told has proved itself and is in force, not the configuration's.
  [[nodiscard]] bool has_moved() const { return this->identity_.has_hub_key; }
  /// The next one has proved itself, and is about to be.
  [[nodiscard]] bool is_moving() const { return this->move_due_; }
  [[nodiscard]] bool registered() const { return this->identity_.has_current; }
  /// False: the first link makes a device key, which no hub knows.
  [[nodiscard]] bool has_key() const { return this->identity_.has_key; }
  /// After setup(): deep sleep or a restart went before, not a power cut; known only where the store keeps counters.
  [[nodiscard]] bool woke_up() const { return !this->counter_.needs_reservation(); }
  /// Unix seconds that have passed for certain, by an earlier session; 0: unknown.
  [[nodiscard]] uint32_t kept_clock_s() const { return this->identity_.clock_s; }
  [[nodiscard]] uint64_t handshake_counter() const { return this->counter_.next(); }

 protected:
  enum class Phase : uint8_t {
    CLOSED,
    PREPARING,
    AWAIT_HELLO,
    HANDSHAKE,
    AWAIT_ANSWER,
    OPEN,
    AWAIT_COMMIT,
  };
  enum class Own : uint8_t { NOTHING, READY, STORED, HUB_KEY_STORED, PONG, RESULT, ROTATE, GOODBYE };
  struct PendingResult {
    uint32_t id;
    CommandStatus status;
    const char *reason;
  };

  LinkEvent fail_(Error error);
  LinkEvent end_(LinkEvent event, Error error);
  [[nodiscard]] bool registration_is_ours_() const;
  [[nodiscard]] bool can_register_() const;
  [[nodiscard]] bool can_resume_() const;
  [[nodiscard]] bool two_ways_() const;
  [[nodiscard]] bool can_only_register_() const { return !this->can_resume_() && this->can_register_(); }
  [[nodiscard]] uint8_t resume_ways_() const;
  [[nodiscard]] uint8_t ways_() const;
  [[nodiscard]] uint8_t present_way_() const { return this->way_ < this->ways_() ? this->way_ : 0; }
  [[nodiscard]] uint8_t register_way_() const;
  [[nodiscard]] bool fits_configuration_() const;
  [[nodiscard]] bool is_next_hub_key_(const uint8_t *key) const;
  [[nodiscard]] const uint8_t *present_hub_key_() const;
  void use_hub_key_(const uint8_t *key);
  [[nodiscard]] bool handshake_running_() const;
  [[nodiscard]] bool flash_work_due_() const;
  void await_(Phase phase, uint64_t now_ms, uint32_t timeout_ms);

  // link_steps.cpp: work, one piece at a time. None is inlined: what one keeps on the stack must not lie below the
  // curve arithmetic of another.
  [[gnu::noinline]] LinkEvent prepare_(uint64_t now_ms);
  [[gnu::noinline]] LinkEvent store_token_(uint64_t now_ms);
  [[gnu::noinline]] LinkEvent store_hub_key_();
  [[gnu::noinline]] LinkEvent move_();
  [[gnu::noinline]] LinkEvent confirm_();
  [[gnu::noinline]] LinkEvent store_clock_(uint64_t now_ms);
  [[gnu::noinline]] LinkEvent revoke_();
  [[gnu::noinline]] LinkEvent step_handshake_();
  [[gnu::noinline]] LinkEvent begin_epoch_(uint64_t now_ms);
  [[nodiscard]] Error commit_(const Identity &identity);

  // link_receive.cpp: frames and messages
  [[nodiscard]] LinkEvent receive_hello_(ByteView frame);
  [[nodiscard]] LinkEvent receive_accept_(ByteView frame);
  [[nodiscard]] LinkEvent receive_reject_(ByteView frame);
  [[nodiscard]] LinkEvent receive_data_(uint8_t *frame, size_t size, uint64_t now_ms);
  [[nodiscard]] LinkEvent dispatch_(const OpenedData &data, uint64_t now_ms);
  [[nodiscard]] LinkEvent take_welcome_(uint64_t now_ms);
  [[nodiscard]] LinkEvent take_time_(uint64_t now_ms);
  [[nodiscard]] LinkEvent take_command_(const OpenedData &data, uint64_t now_ms);
  [[nodiscard]] LinkEvent take_token_();
  [[nodiscard]] LinkEvent take_hub_key_();
  [[nodiscard]] LinkEvent take_revoked_();
  [[nodiscard]] LinkEvent take_ping_();
  void fill_request_(InitRequest &request) const;

  // link_write.cpp: frames of Link's own
  [[nodiscard]] Own next_own_() const;
  void write_own_(Own own, CborWriter &writer) const;
  void own_is_sent_(Own own);
  [[nodiscard]] size_t write_init_(uint8_t *out, size_t capacity, uint64_t now_ms);

  CredentialStore &store_;
  RandomSource &random_;
  LinkSettings settings_{};
  HubKey hub_;  ///< of the present link, or the last one
  StaticKey static_key_;
  Identity identity_;
  HandshakeCounter counter_;
  CoarseClock clock_;
  Handshake handshake_;
  Session session_;
  Key registration_token_;
  Key issued_token_;  ///< or the hub key that waits to be stored
  HubMessage message_{};
  uint8_t token_handle_[TOKEN_HANDLE_SIZE]{};
  uint8_t own_hub_key_id_[HUB_KEY_ID_SIZE]{};
  uint8_t stored_hub_key_id_[HUB_KEY_ID_SIZE]{};
  uint8_t description_hash_[HASH_SIZE]{};
  uint8_t pings_[PINGS_MAX][NONCE_SIZE]{};
  uint8_t stored_hash_[HASH_SIZE]{};
  PendingResult results_[RESULTS_MAX]{};
  size_t result_count_{0};
  size_t ping_count_{0};
  uint64_t deadline_ms_{0};  ///< 0: none
  uint64_t heard_ms_{0};
  uint32_t clock_due_s_{0};  ///< waits to be noted in the record; 0: none
  uint32_t issued_generation_{0};
  uint32_t last_command_id_{0};
  uint32_t goodbye_s_{0};
  uint16_t retry_after_s_{0};
  Rejection rejection_{Rejection::NONE};
  GoodbyeReason goodbye_why_{GoodbyeReason::RESTART};
  Phase phase_{Phase::CLOSED};
  Purpose purpose_{Purpose::SESSION};  ///< of the next handshake
  Error error_{Error::NONE};
  bool usable_{false};  ///< setup() has found nothing that forbids to run
  bool has_registration_{false};
  uint8_t way_{0};          ///< refused: try the next one, where there are several
  bool unreported_{false};  ///< write() has ended the link; tick() says so
  bool ready_pending_{false};
  bool welcome_due_{false};
  bool stored_pending_{false};
  bool hub_key_stored_pending_{false};
  bool prefers_next_{false};  ///< the hub has said on this link that its next key is in force
  bool rotate_pending_{false};
  bool goodbye_pending_{false};
  bool token_due_{false};    ///< an issued token waits to be stored
  bool hub_key_due_{false};  ///< a hub key that was told waits to be stored
  bool move_due_{false};     ///< the next hub key has proved itself and waits to become the present one
  bool confirm_due_{false};  ///< the first welcome under this token waits to be noted in the record
  bool revoke_due_{false};   ///< the record waits to be wiped
};

}  // namespace esphome::oceanremote
