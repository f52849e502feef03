#pragma once
// Two sectors of a flash whose power can go away at any step.

#include <cstring>
#include <vector>

#include "sector_journal.h"

namespace esphome::oceanremote::testing {

/// A step is a quarter of a sector erased, or a word written; the one in which the power goes is done by half. Until
/// power_on() nothing works then. As in NOR flash, erasing sets bits and writing clears them.
class CutFlash : public SectorFlash {
 public:
  static constexpr size_t WORDS = SECTOR_SIZE / 4;

  /// The power goes in this step, counted from 0.
  void cut_at(int step) { this->left_ = step; }
  void power_on() {
    this->left_ = -1;
    this->off_ = false;
  }
  [[nodiscard]] bool is_off() const { return this->off_; }

  [[nodiscard]] bool erase(uint8_t sector) override {
    constexpr size_t quarter = WORDS / 4;
    for (size_t part = 0; part < 4; part++) {
      const bool whole = this->step_();
      if (!whole && !this->halves)
        return false;
      for (size_t i = 0; i < quarter; i++)
        this->sectors[sector][part * quarter + i] |= whole ? 0xFFFFFFFF : this->noise_();
      if (!whole)
        return false;
    }
    return this->step_();  // erased, and nobody hears of it
  }

  [[nodiscard]] bool write(uint8_t sector, const uint8_t *data, size_t size) override {
    for (size_t i = 0; i < size / 4; i++) {
      uint32_t word;
      std::memcpy(&word, data + 4 * i, 4);
      const bool whole = this->step_();
      if (!whole && !this->halves)
        return false;
      this->sectors[sector][i] &= (whole ? word : word | this->noise_()) | this->stuck;
      if (!whole)
        return false;
    }
    return this->step_();
  }

  [[nodiscard]] bool read(uint8_t sector, size_t offset, uint8_t *out, size_t size) override {
    if (this->off_ || this->unreadable)
      return false;
    std::memcpy(out, reinterpret_cast<const uint8_t *>(this->sectors[sector].data()) + offset, size);
    return true;
  }

  std::vector<uint32_t> sectors[2]{std::vector<uint32_t>(WORDS), std::vector<uint32_t>(WORDS)};
  uint32_t stuck{0};  ///< bits that writing does not clear
  bool halves{true};  ///< what is cut is done by half, not at all otherwise
  bool unreadable{false};

 protected:
  [[nodiscard]] bool step_() {
    if (this->left_ == 0)
      this->off_ = true;
    if (this->left_ > 0)
      this->left_--;
    return !this->off_;
  }
  [[nodiscard]] uint32_t noise_() { return this->seed_ = this->seed_ * 1664525 + 1013904223; }

  int left_{-1};
  uint32_t seed_{1};
  bool off_{false};
};

}  // namespace esphome::oceanremote::testing
