#pragma once
// The epochs of one link: transport keys, lifetimes, make before break.
//
// A new epoch switches the send key at once (the old one is wiped); the old receive key lives on until the hub's
// first frame of the new epoch has opened, or until its own lifetime is over. Times are milliseconds on the caller's
// clock, which must not go back; use Clock64 over a 32-bit millis().

#include "handshake.h"

namespace esphome::oceanremote {

/// Extends a wrapping 32-bit millisecond counter; call it at least once in 49 days.
class Clock64 {
 public:
  [[nodiscard]] uint64_t extend(uint32_t millis) {
    if (millis < this->last_)
      this->high_ += (1ULL << 32);
    this->last_ = millis;
    return this->high_ | millis;
  }

 protected:
  uint64_t high_{0};
  uint32_t last_{0};
};

/// A DATA frame that authenticated.
struct OpenedData {
  ByteView plaintext;  ///< inside the frame's own buffer
  uint32_t epoch{0};
  uint64_t epoch_started_ms{0};
  bool first_of_epoch{false};
};

class Session {
 public:
  Session() = default;
  Session(const Session &) = delete;
  Session &operator=(const Session &) = delete;

  /// Takes over the keys of a finished handshake as the new current epoch. LIMIT_UNACCEPTABLE, WRONG_STATE (epoch
  /// is not the next one). Nothing changes on failure but that keys is wiped.
  [[nodiscard]] Error install(EpochKeys &keys);
  /// Seals payload_size bytes at frame + DATA_HEADER_SIZE in place; frame has room for DATA_OVERHEAD more.
  [[nodiscard]] Error seal(uint8_t *frame, size_t payload_size, uint64_t now_ms, size_t &frame_size);
  /// Opens a DATA frame in place. EPOCH_UNKNOWN, SESSION_EXPIRED, AUTHENTICATION_FAILED, COUNTER_EXHAUSTED.
  [[nodiscard]] Error open(uint8_t *frame, size_t size, uint64_t now_ms, OpenedData &out);
  void wipe();

  [[nodiscard]] bool active() const { return this->current_.epoch != 0; }
  [[nodiscard]] bool expired(uint64_t now_ms) const;
  /// True once the hub's first frame of the current epoch has opened.
  [[nodiscard]] bool confirmed() const { return this->current_.received != 0; }
  [[nodiscard]] uint32_t epoch() const { return this->current_.epoch; }
  [[nodiscard]] const uint8_t *hash() const { return this->current_.hash; }
  [[nodiscard]] const uint8_t *session_id() const { return this->current_.associated_data; }
  [[nodiscard]] uint64_t started_ms() const { return this->current_.started_ms; }
  [[nodiscard]] uint64_t expires_ms() const { return this->current_.expires_ms; }
  [[nodiscard]] uint16_t hub_rx_limit() const { return this->hub_rx_limit_; }
  [[nodiscard]] uint16_t ping_interval_s() const { return this->ping_interval_s_; }
  [[nodiscard]] Purpose purpose() const { return this->purpose_; }
  [[nodiscard]] TokenUsed token_used() const { return this->token_used_; }

 protected:
  struct Epoch {
    Key receive;
    uint8_t associated_data[ASSOCIATED_DATA_SIZE]{};
    uint8_t hash[HASH_SIZE]{};
    uint32_t epoch{0};
    uint64_t received{0};
    uint64_t started_ms{0};
    uint64_t expires_ms{0};

    void take(Epoch &other);
    void wipe();
  };

  Epoch current_;
  Epoch previous_;  ///< receive side only, while the hub has not switched
  Key send_;
  uint64_t sent_{0};
  uint16_t hub_rx_limit_{0};
  uint16_t ping_interval_s_{0};
  Purpose purpose_{Purpose::SESSION};
  TokenUsed token_used_{TokenUsed::CURRENT};
};

/// True when a command may no longer be obeyed: deadline_ms is counted from ACCEPT of its epoch; INIT was earlier, so
/// this errs to dead.
[[nodiscard]] inline bool deadline_passed(uint64_t epoch_started_ms, uint64_t deadline_ms, uint64_t now_ms) {
  return now_ms - epoch_started_ms >= deadline_ms;
}

}  // namespace esphome::oceanremote
