#pragma once
// Whom a device believes on TLS: roots, pins and dates, the same with every TLS library. Session keys inside are
// another matter: a server that gets past all of this reads when and how much is said, and no more.

#include "certificate.h"
#include "crypto.h"

namespace esphome::oceanremote {

inline constexpr size_t PIN_SIZE = HASH_SIZE;
/// What an anchor takes in RAM while it is looked at: RSA of 4096 bits fits, and so does a whole certificate of that
/// size.
inline constexpr size_t ANCHOR_MAX = 2560;
/// As ANCHOR_MAX, where it is a key.
inline constexpr size_t ANCHOR_KEY_MAX = 560;
/// How long the hub's clock is believed after it was heard. A hub with a wrong clock locks nobody out for longer.
inline constexpr uint64_t CLOCK_VALID_MS = 24ULL * 3600 * 1000;
/// What two right clocks may differ by.
inline constexpr uint64_t CLOCK_SLACK_S = 300;

/// The certificate authorities in flash: for each the subject's Name and what proves its signatures (with OpenSSL the
/// whole certificate, else the SubjectPublicKeyInfo), each after its size in two bytes.
class Anchors {
 public:
  constexpr Anchors() = default;
  constexpr Anchors(const uint8_t *flash, size_t size) : flash_(flash), size_(size) {}

  [[nodiscard]] bool empty() const { return this->size_ == 0; }
  /// Copies what proves signatures of the authority with this name; returns its size, 0 without one.
  [[nodiscard]] size_t find(ByteView subject, uint8_t *out, size_t capacity) const;

 protected:
  [[nodiscard]] size_t size_at_(size_t at) const;
  [[nodiscard]] bool matches_(size_t at, ByteView subject) const;

  const uint8_t *flash_{nullptr};
  size_t size_{0};
};

/// What the YAML says under `tls:`; everything static.
struct TlsTrust {
  Anchors anchors;               ///< empty: no chain is looked at, the pins alone decide
  const uint8_t *pins{nullptr};  ///< in flash, PIN_SIZE bytes each; any one will do
  uint8_t pin_count{0};
  bool verify{true};        ///< false: any certificate will do
  uint16_t record_size{0};  ///< bytes of the largest record that is taken
  uint32_t build_s{0};      ///< Unix seconds: the build of the firmware that trusts so

  [[nodiscard]] bool looks_at_chain() const { return this->verify && !this->anchors.empty(); }
};

/// What time it may be. A clock from the build or an earlier session is a lower bound and can show no more than that a
/// certificate has expired; only the hub's, heard in this boot, can show that one is not valid yet.
class TlsClock {
 public:
  /// now_ms, here and below: the monotonic clock.
  void advance(uint64_t now_ms) { this->now_ms_ = now_ms; }
  /// Unix seconds; an earlier one than before changes nothing.
  void set_lower_bound(uint64_t unix_s) {
    if (unix_s > this->lower_bound_s_)
      this->lower_bound_s_ = unix_s;
  }
  void set(uint64_t unix_s, uint64_t now_ms) {
    this->heard_s_ = unix_s;
    this->heard_at_ms_ = this->now_ms_ = now_ms;
  }
  /// CERTIFICATE_EXPIRED, CERTIFICATE_NOT_YET_VALID.
  [[nodiscard]] Error check(const Certificate &certificate) const;

 protected:
  [[nodiscard]] bool is_set_() const {
    return this->heard_s_ != 0 && this->now_ms_ - this->heard_at_ms_ < CLOCK_VALID_MS;
  }

  uint64_t now_ms_{0};
  uint64_t lower_bound_s_{0};
  uint64_t heard_s_{0};
  uint64_t heard_at_ms_{0};
};

/// Judges what each TLS library hands over from its verify hook, for one handshake.
class TlsJudge {
 public:
  TlsJudge(const TlsTrust &trust, const TlsClock &clock) : trust_(trust), clock_(clock) {}

  [[nodiscard]] const TlsTrust &trust() const { return this->trust_; }
  /// Every certificate that is relied on, but the anchor: its dates.
  [[nodiscard]] Error check_dates(const Certificate &certificate) const;
  /// The server's own certificate: its dates and its key.
  [[nodiscard]] Error check_leaf(const Certificate &leaf) const;

 protected:
  const TlsTrust &trust_;
  const TlsClock &clock_;
};

}  // namespace esphome::oceanremote
