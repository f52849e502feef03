#pragma once
// Which of the hub's addresses is dialed next, and when. Each address has a pace of its own, so that one that asks for
// time or refuses delays no other: who answers there may not be the hub.
//
//   no connection, no session    waits that double (backoff.h)
//   it asked for time            just that, and up to a quarter more
//   it refused the credentials   1, 5, 15, then 60 minutes (backoff.h)
//   it gave a session            all of these start over, and it is tried first from now on
//   the network came back        all start over but what was asked for, and dialing goes on at once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "backoff.h"

namespace esphome::oceanremote {

/// The shortest pause between two addresses.
inline constexpr uint32_t NEXT_ADDRESS_MS = 250;

template<size_t CAPACITY> class DialOrder {
 public:
  void set_count(uint8_t count) { this->count_ = count; }
  /// The address to dial.
  [[nodiscard]] uint8_t index() const { return this->index_; }

  /// Begins with this one, of all that are due at the same time.
  void prefer(uint8_t index) { this->best_ = this->index_ = index; }
  /// There are other addresses: this is the one that is connected, and from now on the best.
  void renumber(uint8_t count, uint8_t index) {
    this->count_ = count;
    this->prefer(index);
  }

  // Each of these returns when to dial, and changes index().

  /// The network is up, for the first time or again.
  [[nodiscard]] uint64_t network_up(uint64_t now_ms) {
    this->hurry_until_ms_ = now_ms + HURRY_MS;
    for (uint8_t i = 0; i < this->count_; i++) {
      Pace &pace = this->paces_[i];
      pace.backoff.reset();
      pace.refusals.reset();
      if (!pace.was_told)
        pace.due_ms = now_ms;
    }
    return this->choose_();
  }
  /// The address has given no session. retry_after_s: what it asked for; 0: nothing.
  [[nodiscard]] uint64_t failed(uint64_t now_ms, uint16_t retry_after_s, uint32_t random) {
    Pace &pace = this->paces_[this->index_];
    pace.was_told = retry_after_s != 0;
    if (pace.was_told) {
      const uint32_t told_ms = retry_after_s * 1000U;
      pace.due_ms = now_ms + told_ms + random % (told_ms / 4 + 1);
    } else {
      pace.due_ms = now_ms + pace.backoff.next(now_ms < this->hurry_until_ms_, random);
    }
    return this->next_address_(now_ms);
  }
  /// The hub there does not want this device as it is, and has not asked for time.
  [[nodiscard]] uint64_t refused(uint64_t now_ms, uint32_t random) {
    Pace &pace = this->paces_[this->index_];
    pace.was_told = false;
    pace.due_ms = now_ms + pace.refusals.next(random);
    return this->next_address_(now_ms);
  }
  /// The link had a session and is over.
  [[nodiscard]] uint64_t ended(uint64_t now_ms, uint32_t random) {
    this->hurry_until_ms_ = now_ms + HURRY_MS;
    this->best_ = this->index_;
    for (Pace &pace : this->paces_)
      pace = Pace{};
    const uint64_t due_ms = now_ms + this->paces_[this->best_].backoff.next(true, random);
    for (Pace &pace : this->paces_)
      pace.due_ms = due_ms;
    return this->choose_();
  }

 protected:
  struct Pace {
    uint64_t due_ms{0};
    Backoff backoff;
    RefusalPauses refusals;
    bool was_told{false};
  };

  [[nodiscard]] uint64_t next_address_(uint64_t now_ms) {
    return std::max<uint64_t>(this->choose_(), now_ms + NEXT_ADDRESS_MS);
  }
  /// Takes the address that is due first; of several the best, or the next after it.
  [[nodiscard]] uint64_t choose_() {
    uint8_t chosen = this->best_;
    for (uint8_t step = 1; step < this->count_; step++) {
      const auto candidate = static_cast<uint8_t>((this->best_ + step) % this->count_);
      if (this->paces_[candidate].due_ms < this->paces_[chosen].due_ms)
        chosen = candidate;
    }
    this->index_ = chosen;
    return this->paces_[chosen].due_ms;
  }

  Pace paces_[CAPACITY];
  uint64_t hurry_until_ms_{0};
  uint8_t count_{1};
  uint8_t index_{0};
  uint8_t best_{0};  ///< the address that gave the last session
};

}  // namespace esphome::oceanremote
