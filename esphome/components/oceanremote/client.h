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
#include "esphome/components/oceanremote_core/dial_order.h"
#include "entities.h"
#include "identity_store.h"
#include "esphome/components/oceanremote_core/link.h"
#include "wire.h"

namespace esphome::oceanremote {

inline constexpr uint32_t DIAL_TIMEOUT_MS = 15000;
/// A long chain takes a small board seconds to verify.
inline constexpr uint32_t DIAL_TLS_TIMEOUT_MS = 30000;
/// Messages moved each way in one pass of loop().
inline constexpr uint8_t MESSAGES_PER_PASS = 8;

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
  void set_hub_key(const uint8_t *progmem) { this->hub_key_ = progmem; }
  void set_registration_token(const uint8_t *progmem) { this->token_ = progmem; }
  /// Said by code that safe mode skips: without it the description is empty and says so.
  void set_batch_window(uint32_t window) { this->entities_.set_batch_window(window); }
  void set_entities_available() { this->entities_available_ = true; }

  void setup() override;
  void loop() override;
  void dump_config() override;
  float get_setup_priority() const override { return setup_priority::AFTER_WIFI; }
  void on_safe_shutdown() override;
  bool teardown() override;

  /// True from the hub's welcome until the link breaks.
  [[nodiscard]] bool is_connected() const { return this->connected_; }
  [[nodiscard]] uint32_t session_age_s();
  void request_rotation();

  // ControllerRegistry's contract: every entity type of this build has its callback.
  // NOLINTBEGIN(bugprone-macro-parentheses)
#define ENTITY_TYPE_(type, singular, plural, count, upper)
#define ENTITY_CONTROLLER_TYPE_(type, singular, plural, count, upper, callback) \
  void on_##callback(type *entity) { this->entities_.mark(entity); }
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
  void break_link_(const LogString *reason, Rejection rejection = Rejection::NONE, uint16_t retry_after_s = 0);
  [[nodiscard]] uint64_t next_dial_(bool was_connected, Rejection rejection, uint16_t retry_after_s);
  void stop_(const LogString *reason);
  [[nodiscard]] LinkSettings make_settings_();

  // client_link.cpp: events and traffic. handle_, receive_: false when the link is gone.
  [[nodiscard]] bool handle_(LinkEvent event);
  void handle_welcome_(const Welcome &welcome);
  void tell_all_();
  void handle_command_(const Command &command);
  [[nodiscard]] bool receive_();
  [[nodiscard]] bool send_();
  [[nodiscard]] size_t write_own_();
  [[nodiscard]] size_t write_part_(uint8_t *payload, size_t capacity);
  void set_connected_(bool connected);
  void set_last_error_(const LogString *reason);

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
  CrashPoints crash_points_;
  HighFrequencyLoopRequester high_frequency_;
  HubAddress addresses_[OCEANREMOTE_ADDRESS_COUNT];
  const uint8_t *hub_key_{nullptr};
  const uint8_t *token_{nullptr};
  uint64_t phase_until_ms_{0};  ///< WAITING: when to dial; DIALING: when to give up
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
  bool spread_{false};      ///< the first dial waits with those of other boards

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
