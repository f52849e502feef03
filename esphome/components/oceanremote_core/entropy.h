#pragma once
// Conditioned randomness: raw entropy of a board's source, hashed into a pool (SHA-256), never used raw.
// No library's own random source is used anywhere.

#include "crypto.h"

namespace esphome::oceanremote {

/// Fills out with raw entropy; false when the source failed. May block for a few milliseconds at most.
using EntropySource = bool (*)(void *context, uint8_t *out, size_t size);

/// What the core draws its keys from; the tests put fixed values in its place.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  /// Stirs in anything unpredictable to a stranger (the registration token, the first time).
  virtual void mix(ByteView material) = 0;
  /// Anything but NONE: out is zero and must not be used.
  [[nodiscard]] virtual Error fill(uint8_t *out, size_t size) = 0;
};

/// The one that boards use.
class Random final : public RandomSource {
 public:
  /// first_draw: raw bytes hashed before the first output (2,048 on RP2, whose oscillator is weak; 64 elsewhere).
  Random(EntropySource source, void *context, size_t first_draw = 64)
      : source_(source), context_(context), first_draw_(first_draw) {}
  Random(const Random &) = delete;
  Random &operator=(const Random &) = delete;

  void mix(ByteView material) override;
  /// ENTROPY_FAILED when the source failed or is stuck (a block of equal bytes).
  [[nodiscard]] Error fill(uint8_t *out, size_t size) override;

 private:
  [[nodiscard]] Error stir_(size_t raw_bytes);

  EntropySource source_;
  void *context_;
  size_t first_draw_;
  bool seeded_{false};
  Key pool_;
};

}  // namespace esphome::oceanremote
