#pragma once
// Noise_IKpsk2_25519_ChaChaPoly_SHA256, the device's side (initiator), as a machine of small steps.
//
// Theory of operation. Each curve operation needs 15 to 150 ms on a board, so each step() does at most one:
//
//   begin(HELLO)   nothing on the curve
//   step           own public key           (once per boot)
//   step           ss = X25519(s, hub key)  (once per boot)
//   step           e, its public key
//   step           es = X25519(e, hub key)
//   write_init     nothing on the curve; the session's clock starts
//   read_accept    nothing on the curve
//   step           ee = X25519(e, hub's e)
//   step           se = X25519(s, hub's e)
//   step           nothing on the curve: the tokens are tried, current, then previous
//   consume        keys go to the Session
//
// A failure leaves the machine FAILED and wiped.

#include "entropy.h"
#include "static_keys.h"
#include "symmetric_state.h"

namespace esphome::oceanremote {

extern const char NOISE_PROTOCOL[37];  ///< in flash

/// What INIT says. The views stay valid until write_init has returned.
struct InitRequest {
  Purpose purpose{Purpose::SESSION};
  uint8_t mac[MAC_SIZE]{};
  uint32_t generation{0};  ///< 0 for registration
  uint64_t counter{0};
  uint16_t rx_limit{RX_LIMIT_SMALL};
  uint32_t epoch{1};
  uint8_t previous_hash[HASH_SIZE]{};         ///< of epoch - 1 on this link; unused when epoch is 1
  uint8_t token_handle[TOKEN_HANDLE_SIZE]{};  ///< registration only
  std::string_view board;                     ///< registration only, cut at BOARD_MAX
  std::string_view version;                   ///< registration only, cut at VERSION_MAX
};

/// Tokens to try on ACCEPT, in order; null ones are skipped. They stay valid until the handshake is over.
struct TokenChoice {
  const Key *current{nullptr};
  const Key *previous{nullptr};
};

enum class TokenUsed : uint8_t { CURRENT, PREVIOUS };

/// What a finished handshake yields, moved out once.
struct EpochKeys {
  Key send;
  Key receive;
  uint8_t hash[HASH_SIZE]{};
  uint8_t session_id[SESSION_ID_SIZE]{};
  uint8_t mac[MAC_SIZE]{};
  uint32_t epoch{0};
  uint32_t lifetime_s{0};
  uint64_t hub_time_ms{0};  ///< unix
  uint64_t started_ms{0};   ///< when INIT was written, on the caller's clock
  uint16_t hub_rx_limit{0};
  uint16_t ping_interval_s{0};
  Purpose purpose{Purpose::SESSION};
  TokenUsed token_used{TokenUsed::CURRENT};
};

class Handshake {
 public:
  enum class Action : uint8_t { IDLE, STEP, WRITE_INIT, AWAIT_ACCEPT, DONE, FAILED };

  Handshake() = default;
  Handshake(const Handshake &) = delete;
  Handshake &operator=(const Handshake &) = delete;

  /// Starts from a HELLO that check_hello() accepted. The references must outlive the handshake.
  [[nodiscard]] Error begin(ByteView hello, const InitRequest &request, StaticKey &identity, const HubKey &hub);
  [[nodiscard]] Action action() const { return this->action_; }
  /// At most one curve operation. WRONG_STATE unless action() is STEP.
  [[nodiscard]] Error step(RandomSource &random);
  /// Writes the INIT frame and starts the epoch's clock.
  [[nodiscard]] Error write_init(uint8_t *out, size_t capacity, uint64_t now_ms, size_t &size);
  /// Takes ACCEPT; the work is done by the following steps.
  [[nodiscard]] Error read_accept(ByteView frame, const TokenChoice &tokens);
  /// Moves the keys out when action() is DONE; the handshake is IDLE afterwards.
  [[nodiscard]] Error consume(EpochKeys &out);
  void wipe();

 protected:
  enum class Stage : uint8_t {
    OWN_PUBLIC,
    OWN_SHARED,
    EPHEMERAL,
    EPHEMERAL_HUB,
    BETWEEN,
    EPHEMERALS,
    STATIC_EPHEMERAL,
    TOKENS
  };

  [[nodiscard]] Error fail_(Error error);
  // Not inlined: what one keeps on the stack must not lie below the curve arithmetic of another.
  [[nodiscard]] Stage next_first_stage_() const;
  [[nodiscard, gnu::noinline]] Error make_ephemeral_(RandomSource &random);
  [[nodiscard, gnu::noinline]] Error mix_ephemeral_hub_();
  [[nodiscard, gnu::noinline]] Error mix_ephemerals_();
  [[nodiscard, gnu::noinline]] Error mix_static_ephemeral_();
  void write_header_(uint8_t header[INIT_HEADER_SIZE]) const;
  void mix_prologue_();
  [[nodiscard]] size_t write_payload_(uint8_t *out) const;
  [[nodiscard, gnu::noinline]] Error try_tokens_();
  [[nodiscard, gnu::noinline]] Error try_token_(const Key &token);

  SymmetricState symmetric_;
  Key ephemeral_;
  uint8_t ephemeral_public_[KEY_SIZE]{};
  uint8_t hello_[HELLO_SIZE]{};
  uint8_t message2_[NOISE_MESSAGE2_SIZE]{};
  uint8_t payload2_[PAYLOAD2_SIZE]{};
  InitRequest request_{};
  TokenChoice tokens_{};
  StaticKey *identity_{nullptr};
  const HubKey *hub_{nullptr};
  uint64_t started_ms_{0};
  Action action_{Action::IDLE};
  Stage stage_{Stage::OWN_PUBLIC};
  TokenUsed token_used_{TokenUsed::CURRENT};
};

}  // namespace esphome::oceanremote
