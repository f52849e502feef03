#pragma once
// The Component: dials the hub's addresses in turn, keeps the link alive, and moves between it and the entities.
//
// One phase is one function; loop() runs the current one and returns:
//
//   WAITING    network and backoff   -> DIALING, or STOPPED when there is nothing to dial for
//   DIALING    look-up, TCP, HTTP    -> DESCRIBING, or WAITING
//   DESCRIBING the description's hash -> LINKED, or WAITING; STOPPED when no hub takes it
//   LINKED     registration, session -> WAITING when it breaks, STOPPED when the hub has revoked this device

#include "esphome/core/automation.h"
#include "esphome/core/component.h"
#include "esphome/core/defines.h"
#include "esphome/core/helpers.h"

#include "board_entropy.h"
#include "crash_points.h"
#include "device_log.h"
#include "esphome/components/oceanremote_core/dial_order.h"
#ifdef USE_OCEANREMOTE_ADDRESSES
#include "address_store.h"
#endif
#include "entities.h"
#include "identity_store.h"
#include "esphome/components/oceanremote_core/link.h"
#ifdef USE_OCEANREMOTE_TIME
#include "hub_clock.h"
#endif
#ifdef USE_OCEANREMOTE_IMPORTS
#include "import.h"
#endif
#ifdef USE_OCEANREMOTE_REQUESTS
#include "esphome/components/oceanremote_core/request_queue.h"
#endif
#ifdef USE_OCEANREMOTE_ACTIONS
#include "response_draft.h"
#include "user_action.h"
#endif
#ifdef USE_OCEANREMOTE_RECEIVERS
#include "heard_signals.h"
#endif
#ifdef USE_OCEANREMOTE_SLEEP
#include "sleep_guard.h"
#endif
#ifdef USE_OCEANREMOTE_HEALTH
#include "health_report.h"
#endif
#include "pictures.h"
#if defined(USE_OCEANREMOTE_LOGS) || defined(USE_OCEANREMOTE_BACKFILL) || defined(USE_OCEANREMOTE_TUNNELS)
#define OCEANREMOTE_HAS_BULK
#include "esphome/components/oceanremote_core/bulk_window.h"
#endif
#ifdef USE_OCEANREMOTE_TUNNELS
#include "tunnels.h"
#endif
#ifdef USE_OCEANREMOTE_OTA
#include "update_ota.h"
#endif
#ifdef USE_OCEANREMOTE_BACKFILL
#include "kept_readings_area.h"
#include "remembered_sensor.h"
#endif
#include "wire.h"

namespace esphome::oceanremote {

inline constexpr uint32_t DIAL_TIMEOUT_MS = 15000;
/// A long chain takes a small board seconds to verify.
inline constexpr uint32_t DIAL_TLS_TIMEOUT_MS = 30000;
/// Messages moved each way in one pass of loop().
inline constexpr uint8_t MESSAGES_PER_PASS = 8;

#ifdef USE_OCEANREMOTE_ADDRESSES
static_assert(OCEANREMOTE_ADDRESS_COUNT == OCEANREMOTE_OWN_ADDRESS_COUNT + TOLD_ADDRESSES_MAX,
              "what __init__.py knows");
#endif

class Client : public Component {
 public:
  // From generated code, before setup(); what the pointers show to is static.
  void reserve_identity() { this->store_.reserve(); }
  void add_address(const char *host, uint16_t port, const char *authority, const char *path, bool secure);
#ifdef USE_OCEANREMOTE_TLS
  void set_tls_options(bool verify, uint16_t record_size) {
    this->tls_trust_.verify = verify;
    this->tls_trust_.record_size = record_size;
  }
  void set_tls_anchors(const uint8_t *progmem, size_t size) { this->tls_trust_.anchors = Anchors(progmem, size); }
  void set_tls_pins(const uint8_t *progmem, uint8_t count) {
    this->tls_trust_.pins = progmem;
    this->tls_trust_.pin_count = count;
  }
#endif
#ifdef USE_OCEANREMOTE_LOGS
  void set_log(DeviceLog *log) { this->log_ = log; }
#endif
  void set_hub_key(const uint8_t *progmem) { this->hub_key_ = progmem; }
  void set_registration_token(const uint8_t *progmem) { this->token_ = progmem; }
  /// Said by code that safe mode skips: without it the description is empty and says so.
  void set_batch_window(uint32_t window) { this->entities_.set_batch_window(window); }
  void set_entities_available() { this->entities_available_ = true; }
#ifdef USE_OCEANREMOTE_TIME
  void set_clock(HubClock *clock) { this->hub_clock_ = clock; }
#endif
#ifdef USE_OCEANREMOTE_SLEEP
  void set_sleep_guard(SleepGuard *guard) { this->sleep_guard_ = guard; }
#endif
#ifdef USE_OCEANREMOTE_TUNNELS
  void add_tunnel(uint8_t service, uint16_t port) { this->tunnels_.add(service, port); }
#endif
#ifdef USE_OCEANREMOTE_OTA
  void set_updates(UpdateOta *updates) { this->updates_ = updates; }
#endif
#ifdef USE_OCEANREMOTE_IMPORTS
  /// At most IMPORTS_MAX.
  void add_import(Import *import);
#endif
#ifdef USE_OCEANREMOTE_ACTIONS
  void add_action(UserAction *action) { this->entities_.add_action(action); }
#endif

#ifdef USE_OCEANREMOTE_BACKFILL
  void add_remembered(RememberedSensor *remembered);
  /// What readings are dated with.
  [[nodiscard]] uint32_t reading_clock_s() {
    return READING_CLOCK_START_S + static_cast<uint32_t>(this->now_() / 1000);
  }
#endif

  void setup() override;
  void loop() override;
  void dump_config() override;
  float get_setup_priority() const override { return setup_priority::AFTER_WIFI; }
  void on_safe_shutdown() override;
#ifdef USE_OCEANREMOTE_LAST_LINES
  void on_shutdown() override { this->log_->kept().leave(); }
#endif
  bool teardown() override;
#ifdef OCEANREMOTE_KEEPS_READINGS
  void on_powerdown() override { this->keep_readings_(); }
#endif

  /// True from the hub's welcome until the link breaks.
  [[nodiscard]] bool is_connected() const { return this->connected_; }
  [[nodiscard]] uint32_t session_age_s();
  void request_rotation();

  /// The most that the hub and this board take as one message.
  [[nodiscard]] size_t message_capacity() const { return this->link_.max_payload(FRAME_CAPACITY); }
#ifdef USE_OCEANREMOTE_REQUESTS
  // client_requests.cpp: what a RequestDraft needs
  /// Why no request can be made now; null: one can.
  [[nodiscard]] const char *refuses_request() const;
  [[nodiscard]] uint32_t next_request_id() const { return this->requests_.next_id(); }
  void add_request(OwnedMessage message, std::unique_ptr<RequestOwner> owner);
  /// For a request that failed and that nobody asks about; id 0: it was not made.
  static void log_unheard(uint32_t id, std::string_view reason);
#endif
#ifdef USE_OCEANREMOTE_RECEIVERS
  [[nodiscard]] HeardSignals &heard_signals() { return this->heard_signals_; }
#endif
#ifdef USE_OCEANREMOTE_ACTIONS
  // client_actions.cpp: what a ResponseDraft needs
  /// The command that a call of a user action answers; 0: nobody waits for it.
  [[nodiscard]] uint32_t command_of(uint32_t call) const { return this->action_calls_.command_of(call); }
  [[nodiscard]] bool is_running(uint32_t call) const { return this->command_of(call) != 0; }
  void end_call(uint32_t call, OwnedMessage result);
#endif

  // ControllerRegistry's contract: every entity type of this build has its callback.
  // NOLINTBEGIN(bugprone-macro-parentheses)
#define ENTITY_TYPE_(type, singular, plural, count, upper)
#define ENTITY_CONTROLLER_TYPE_(type, singular, plural, count, upper, callback) \
  void on_##callback(type *entity) { this->entities_.mark(entity, this->now_()); }
#include "esphome/core/entity_types.h"
#undef ENTITY_TYPE_
#undef ENTITY_CONTROLLER_TYPE_
  // NOLINTEND(bugprone-macro-parentheses)

#ifdef USE_OCEANREMOTE_ON_REGISTERED
  Trigger<> *get_registered_trigger() { return &this->registered_trigger_; }
#endif
#ifdef USE_OCEANREMOTE_ON_SESSION
  Trigger<> *get_session_trigger() { return &this->session_trigger_; }
#endif
#ifdef USE_OCEANREMOTE_ON_DISCONNECTED
  Trigger<> *get_disconnected_trigger() { return &this->disconnected_trigger_; }
#endif
#ifdef USE_OCEANREMOTE_ON_REVOKED
  Trigger<> *get_revoked_trigger() { return &this->revoked_trigger_; }
#endif

#ifdef USE_BINARY_SENSOR
  SUB_BINARY_SENSOR(connected)
#endif
#ifdef USE_SENSOR
  SUB_SENSOR(reconnect_count)
#endif
#ifdef USE_TEXT_SENSOR
  SUB_TEXT_SENSOR(device_id)
  SUB_TEXT_SENSOR(last_error)
#endif

 protected:
  enum class Phase : uint8_t { WAITING, DIALING, DESCRIBING, LINKED, STOPPED };

  // client.cpp: phases
  void run_waiting_();
  void run_dialing_();
  void run_describing_();
  void run_linked_();
  void start_link_();
  void watch_network_();
#ifdef OCEANREMOTE_REBOOT_TIMEOUT_MS
  void watch_sessions_();
#endif
  void break_link_(const LogString *reason, Rejection rejection = Rejection::NONE, uint16_t retry_after_s = 0);
  [[nodiscard]] uint64_t next_dial_(bool was_connected, Rejection rejection, uint16_t retry_after_s);
  void stop_(const LogString *reason);
  [[nodiscard]] bool is_still_leaving_();
  [[nodiscard]] LinkSettings make_settings_();  // client_setup.cpp, with setup() and dump_config()

  // client_link.cpp: events and traffic. handle_, receive_: false when the link is gone.
  [[nodiscard]] bool handle_(LinkEvent event);
  void handle_welcome_(const Welcome &welcome);
  void tell_all_();
  void handle_command_(const Command &command);
  [[nodiscard]] CommandOutcome obey_(const Command &command);
  [[nodiscard]] bool receive_();
  [[nodiscard]] bool send_();
  [[nodiscard]] size_t write_own_();
  /// Seals what has been written behind the header of DATA; 0 where the link takes nothing.
  [[nodiscard]] size_t seal_(size_t size, uint64_t now);
  void send_picture_();
  [[nodiscard]] size_t write_message_(uint8_t *payload, size_t capacity, uint64_t now);
  [[nodiscard]] size_t write_part_(uint8_t *payload, size_t capacity);
  void set_connected_(bool connected);
  void set_last_error_(const LogString *reason);
  /// What was asked over the link has come to nothing.
  void end_asking_();
  /// The address of an index of the dial order; null: it cannot be read.
  [[nodiscard]] const HubAddress *find_address_(uint8_t index);
  [[nodiscard]] const char *authority_of_(uint8_t index);
#ifdef USE_OCEANREMOTE_ADDRESSES
  // client_addresses.cpp
  void setup_addresses_();
  void renumber_addresses_(uint8_t index);
  [[nodiscard]] uint8_t told_in_use_() const;
  void handle_addresses_(const Addresses &message);
  void address_has_proved_();
  void try_new_address_();
  [[nodiscard]] size_t write_addresses_stored_(uint8_t *payload, size_t capacity);
  void dump_addresses_();
#endif
#ifdef USE_OCEANREMOTE_IMPORTS
  // client_imports.cpp
  [[nodiscard]] size_t write_import_(uint8_t *payload, size_t capacity);
  void handle_imported_(const Imported &imported);
#endif
#ifdef USE_OCEANREMOTE_REQUESTS
  void handle_answer_(const Answer &answer);
#endif
#ifdef USE_OCEANREMOTE_BACKFILL
  // client_backfill.cpp
  void setup_readings_();
  void begin_readings_();
  void send_readings_();
  void handle_readings_taken_(const ReadingsTaken &taken);
#ifdef OCEANREMOTE_KEEPS_READINGS
  void restore_readings_();
  void keep_readings_();
  /// Whether no reading of an earlier wake-up is worth staying awake for.
  [[nodiscard]] bool readings_settled_();
#endif
#endif
#ifdef USE_OCEANREMOTE_TUNNELS
  // client_tunnels.cpp
  [[nodiscard]] bool handle_tunnel_(const HubMessage &message);
  void send_tunnels_();
#endif
#ifdef USE_OCEANREMOTE_ACTIONS
  [[nodiscard]] CommandOutcome execute_action_(const Command &command);
#endif
#ifdef USE_OCEANREMOTE_SLEEP
  enum class Leaving : uint8_t{NO, TELLING, SAYING_GOODBYE, CLOSING};

  // client_sleep.cpp
  /// False where the board does not leave for sleep.
  [[nodiscard]] bool begin_leaving_();
  [[nodiscard]] bool go_on_leaving_();
#endif

  [[nodiscard]] uint64_t now_() { return this->clock_.extend(millis()); }

  Clock64 clock_;
  IdentityStore store_;
  Random random_{draw_board_entropy, nullptr, FIRST_DRAW};
  Link link_{store_, random_};
#ifdef USE_OCEANREMOTE_TLS
  TlsTrust tls_trust_;
  TlsClock tls_clock_;
  TlsJudge tls_judge_{tls_trust_, tls_clock_};
  Wire wire_{random_, tls_judge_};
#else
  Wire wire_{random_};
#endif
  Entities entities_;
  DialOrder<OCEANREMOTE_ADDRESS_COUNT> dial_order_;
#ifdef USE_OCEANREMOTE_ADDRESSES
  PlatformAddressStore address_store_;
  AddressBook address_book_{address_store_};
  DialedAddress dialed_;  ///< what is being dialed, where the hub has told it
#endif
  CrashPoints crash_points_;
#ifdef USE_OCEANREMOTE_REQUESTS
  RequestQueue requests_{Client::log_unheard};
#endif
#ifdef USE_OCEANREMOTE_ACTIONS
  ActionCalls action_calls_;
#endif
#ifdef USE_CAMERA
  Pictures pictures_;
#endif
#ifdef USE_OCEANREMOTE_RECEIVERS
  HeardSignals heard_signals_;
#endif
#ifdef USE_OCEANREMOTE_TUNNELS
  Tunnels tunnels_;
#endif
#ifdef USE_OCEANREMOTE_HEALTH
  HealthReport health_;
#endif
#ifdef OCEANREMOTE_REBOOT_TIMEOUT_MS
  uint64_t last_session_ms_{0};  ///< when there was one, or the start
#endif
#ifdef USE_OCEANREMOTE_TIME
  HubClock *hub_clock_{nullptr};
#endif
#ifdef USE_OCEANREMOTE_OTA
  UpdateOta *updates_{nullptr};
#endif
#ifdef USE_OCEANREMOTE_SLEEP
  SleepGuard *sleep_guard_{nullptr};
  Leaving leaving_{Leaving::NO};
#endif
#ifdef USE_OCEANREMOTE_IMPORTS
  Import *imports_{nullptr};        ///< all of them, in the order of their slots
  Import *untold_import_{nullptr};  ///< the next to be asked for on this link
  uint8_t import_slot_{0};          ///< of that one
#endif
#ifdef USE_OCEANREMOTE_BACKFILL
  RememberedSensor *remembered_{nullptr};  ///< all of them, in the order of the YAML
#endif
#ifdef OCEANREMOTE_HAS_BULK
  BulkWindow bulk_;
#endif
  HighFrequencyLoopRequester high_frequency_;
  HubAddress addresses_[OCEANREMOTE_OWN_ADDRESS_COUNT];  ///< of the configuration
#ifdef USE_OCEANREMOTE_LOGS
  DeviceLog *log_{nullptr};
#endif
  const uint8_t *hub_key_{nullptr};
  const uint8_t *token_{nullptr};
  uint64_t phase_until_ms_{0};  ///< WAITING: when to dial; DIALING, leaving: when to give up
  uint32_t sessions_{0};
  uint32_t executing_{0};  ///< the command that is being obeyed; 0: none
  uint32_t description_size_{0};
  uint32_t described_{0};  ///< bytes of the description that the hub has been sent
  uint8_t mac_[MAC_SIZE]{};
  uint8_t ticket_[TICKET_MAX]{};  ///< of the last welcome; in RAM only, for it is worth no write to flash
  uint8_t ticket_size_{0};
  uint8_t address_count_{0};
  Phase phase_{Phase::WAITING};
  bool entities_available_{false};
  bool connected_{false};
  bool network_up_{false};
  bool describing_{false};  ///< parts of the description are to be sent
  bool completing_{false};  ///< the first states are on their way: when they are told, the hub is to know
#ifdef USE_OCEANREMOTE_ADDRESSES
  bool has_address_store_{false};
  bool addresses_due_{false};      ///< the hub is to hear what is stored
  bool tries_new_address_{false};  ///< after this session
#endif
  bool spread_{false};  ///< the first dial waits with those of other boards

#ifdef USE_OCEANREMOTE_ON_REGISTERED
  Trigger<> registered_trigger_;
#endif
#ifdef USE_OCEANREMOTE_ON_SESSION
  Trigger<> session_trigger_;
#endif
#ifdef USE_OCEANREMOTE_ON_DISCONNECTED
  Trigger<> disconnected_trigger_;
#endif
#ifdef USE_OCEANREMOTE_ON_REVOKED
  Trigger<> revoked_trigger_;
#endif
};

}  // namespace esphome::oceanremote
