#pragma once
// Over which of IPv4 and IPv6 a host is reached. Both are looked up at once; one is tried, and if that leads to no
// connection, the other, before the dial counts as failed (after RFC 8305, with one socket instead of two).
//
//   first     the family that gave the last session; else the one that the network prefers
//   changed   after a connection that gave no session: some other machine may answer over that family, or a router on
//             the way may drop its larger packets

#include <cstdint>

#include "ip_address.h"

namespace esphome::oceanremote {

/// How much longer the preferred family's address is waited for once the other's is there.
inline constexpr uint32_t PREFERRED_ANSWER_MS = 300;
/// How long a connection may take while there is another family to try.
inline constexpr uint32_t FIRST_CONNECTION_MS = 5000;

enum class LookupState : uint8_t { IDLE, RUNNING, FOUND, FAILED };

/// How far the look-ups of one host are, and what the network would rather use.
struct LookupStates {
  LookupState ipv4{LookupState::IDLE};
  LookupState ipv6{LookupState::IDLE};
  bool prefers_ipv6{false};

  [[nodiscard]] LookupState of(Family family) const { return family == Family::IPV4 ? this->ipv4 : this->ipv6; }
};

/// One for each host; it remembers from dial to dial.
class FamilyOrder {
 public:
  enum class Step : uint8_t { WAIT, CONNECT, NOT_FOUND, EXHAUSTED };

  /// A new dial. Times are in ms and may wrap.
  void begin() {
    this->tried_ipv4_ = this->tried_ipv6_ = false;
    this->answered_ = false;
  }
  /// What to do while nothing is being connected. CONNECT: over family(), which from now on counts as tried.
  [[nodiscard]] Step next(uint32_t now_ms, const LookupStates &lookups) {
    const Family first = this->first_(lookups);
    const Family second = other_family(first);
    if (this->is_open_(first, lookups)) {
      if (lookups.of(first) == LookupState::FOUND)
        return this->choose_(now_ms, first);
      if (!this->has_waited_(now_ms, second, lookups))
        return Step::WAIT;
    }
    if (this->is_open_(second, lookups))
      return lookups.of(second) == LookupState::FOUND ? this->choose_(now_ms, second) : Step::WAIT;
    return this->tried_ipv4_ || this->tried_ipv6_ ? Step::EXHAUSTED : Step::NOT_FOUND;
  }
  [[nodiscard]] Family family() const { return this->family_; }
  /// Whether the connection that was begun has had its time, since there is another family to try.
  [[nodiscard]] bool gives_up(uint32_t now_ms, const LookupStates &lookups) const {
    return now_ms - this->since_ms_ >= FIRST_CONNECTION_MS && this->is_open_(other_family(this->family_), lookups);
  }
  /// There is a connection; whether the hub is at its end is yet to be seen.
  void connected() {
    this->remembers_ = true;
    this->remembered_ = other_family(this->family_);
  }
  /// The hub is at the connection's end.
  void proved() { this->remembered_ = this->family_; }

 protected:
  [[nodiscard]] Family first_(const LookupStates &lookups) const {
    if (this->remembers_)
      return this->remembered_;
    return lookups.prefers_ipv6 ? Family::IPV6 : Family::IPV4;
  }
  [[nodiscard]] bool is_open_(Family family, const LookupStates &lookups) const {
    const bool tried = family == Family::IPV4 ? this->tried_ipv4_ : this->tried_ipv6_;
    const LookupState state = lookups.of(family);
    return !tried && (state == LookupState::FOUND || state == LookupState::RUNNING);
  }
  /// Whether the family that comes first has kept the other, whose address is known, waiting for long enough.
  [[nodiscard]] bool has_waited_(uint32_t now_ms, Family second, const LookupStates &lookups) {
    if (!this->is_open_(second, lookups) || lookups.of(second) != LookupState::FOUND)
      return false;
    if (!this->answered_) {
      this->answered_ = true;
      this->since_ms_ = now_ms;
    }
    return now_ms - this->since_ms_ >= PREFERRED_ANSWER_MS;
  }
  [[nodiscard]] Step choose_(uint32_t now_ms, Family family) {
    this->family_ = family;
    this->since_ms_ = now_ms;
    (family == Family::IPV4 ? this->tried_ipv4_ : this->tried_ipv6_) = true;
    return Step::CONNECT;
  }

  uint32_t since_ms_{0};  ///< the connection was begun, or before that the first address was there
  Family family_{Family::IPV4};
  Family remembered_{Family::IPV4};
  bool remembers_{false};
  bool tried_ipv4_{false};
  bool tried_ipv6_{false};
  bool answered_{false};
};

}  // namespace esphome::oceanremote
