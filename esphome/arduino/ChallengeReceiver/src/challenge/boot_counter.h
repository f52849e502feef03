#pragma once

// Challenges for a board without a random source: docs/challenge-protocol.md, section 6.

#include "mac.h"

namespace challenge {

/// Counts the starts of a board in memory that survives a power cut.
///
/// Two records are written in turn, each a count and its complement, so that a record torn
/// by a power cut is never believed and the other one is still whole. `Storage` gives
/// `uint8_t read(uint8_t offset)` and `void write(uint8_t offset, uint8_t byte)` over SIZE
/// bytes that read 0xFF when blank.
template<class Storage> class BootCounter {
 public:
  static constexpr uint8_t RECORD_SIZE = 8;
  static constexpr uint8_t SIZE = 2 * RECORD_SIZE;

  explicit BootCounter(Storage &storage) : storage_(storage) {}

  /// Raises the counter, durably. False if it is used up, or if no record can be believed
  /// though there were some: to go on could repeat a challenge.
  CHALLENGE_NODISCARD bool start(uint32_t &count) {
    uint32_t counts[2];
    bool whole[2];
    for (uint8_t slot = 0; slot < 2; slot++)
      whole[slot] = this->read_(slot, counts[slot]);
    uint32_t last = 0;
    uint8_t target = 0;
    if (whole[0] || whole[1]) {
      const uint8_t newest = (!whole[0] || (whole[1] && counts[1] > counts[0])) ? 1 : 0;
      last = counts[newest];
      target = 1 - newest;
    } else if (!this->blank_(1)) {
      return false;
    } else if (!this->blank_(0)) {
      // The very first record was torn: no count above 1 can have been in use.
      last = 1;
    }
    if (last == UINT32_MAX)
      return false;
    this->write_(target, last + 1);
    return this->read_(target, count) && count == last + 1;
  }

 protected:
  bool read_(uint8_t slot, uint32_t &count) const {
    uint32_t complement = 0;
    count = 0;
    for (uint8_t i = 0; i < 4; i++) {
      count = (count << 8) | this->storage_.read(slot * RECORD_SIZE + i);
      complement = (complement << 8) | this->storage_.read(slot * RECORD_SIZE + 4 + i);
    }
    return count == ~complement;
  }

  bool blank_(uint8_t slot) const {
    for (uint8_t i = 0; i < RECORD_SIZE; i++) {
      if (this->storage_.read(slot * RECORD_SIZE + i) != 0xFF)
        return false;
    }
    return true;
  }

  void write_(uint8_t slot, uint32_t count) {
    for (uint8_t i = 0; i < RECORD_SIZE; i++) {
      const uint8_t byte = static_cast<uint8_t>((i < 4 ? count : ~count) >> (8 * (3 - i % 4)));
      if (this->storage_.read(slot * RECORD_SIZE + i) != byte)
        this->storage_.write(slot * RECORD_SIZE + i, byte);
    }
  }

  Storage &storage_;
};

/// Makes challenges from the boot counter and a count of connections; none comes twice.
template<class Sha, class Storage> class DerivedChallenges {
 public:
  explicit DerivedChallenges(Storage &storage) : counter_(storage) {}

  /// To be called once after every start, before make(). `secret` must stay where it is.
  CHALLENGE_NODISCARD bool begin(const FlashBytes &secret) {
    uint32_t boot;
    this->secret_ = secret;
    this->ready_ = this->counter_.start(boot);
    for (uint8_t i = 0; i < 4; i++)
      this->seed_[i] = static_cast<uint8_t>(boot >> (8 * (3 - i)));
    return this->ready_;
  }

  /// False if there is none to give.
  CHALLENGE_NODISCARD bool make(uint8_t *out, uint8_t size, typename Sha::State &workspace) {
    if (!this->ready_)
      return false;
    derive_challenge<Sha>(this->secret_, this->seed_, sizeof(this->seed_), out, size, workspace);
    this->ready_ = this->advance_();
    return true;
  }

 protected:
  // The connection counter, big-endian behind the boot counter; false when it wraps.
  bool advance_() {
    for (uint8_t i = 7; i >= 4; i--) {
      if (++this->seed_[i] != 0)
        return true;
    }
    return false;
  }

  BootCounter<Storage> counter_;
  FlashBytes secret_{nullptr, 0};
  uint8_t seed_[8]{};
  bool ready_{false};
};

}  // namespace challenge
