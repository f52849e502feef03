#include "entropy.h"

namespace esphome::oceanremote {

static constexpr size_t RAW_BLOCK = 64;
static constexpr char STIR_LABEL[] IN_FLASH = "oceanremote/1 stir";
static constexpr char MIX_LABEL[] IN_FLASH = "oceanremote/1 mix";
static constexpr char OUTPUT_LABEL[] IN_FLASH = "oceanremote/1 output";
static constexpr char NEXT_LABEL[] IN_FLASH = "oceanremote/1 next";

/// A source that repeats one byte for a whole block is stuck: by chance that happens once in 2^504 blocks.
static bool is_stuck(const Secret<RAW_BLOCK> &block) {
  for (size_t i = 1; i < RAW_BLOCK; i++) {
    if (block.data()[i] != block.data()[0])
      return false;
  }
  return true;
}

void Random::mix(ByteView material) {
  Sha256 hash;
  hash.update(MIX_LABEL);
  hash.update(this->pool_.view());
  hash.update(material);
  hash.finish(this->pool_.data());
}

Error Random::stir_(size_t raw_bytes) {
  Sha256 hash;
  hash.update(STIR_LABEL);
  hash.update(this->pool_.view());
  Secret<RAW_BLOCK> block;
  for (size_t drawn = 0; drawn < raw_bytes; drawn += RAW_BLOCK) {
    if (!this->source_(this->context_, block.data(), RAW_BLOCK) || is_stuck(block))
      return Error::ENTROPY_FAILED;
    hash.update(block.view());
  }
  hash.finish(this->pool_.data());
  return Error::NONE;
}

Error Random::fill(uint8_t *out, size_t size) {
  const Error error = this->stir_(this->seeded_ ? RAW_BLOCK : this->first_draw_);
  if (error != Error::NONE) {
    std::memset(out, 0, size);
    return error;
  }
  this->seeded_ = true;
  Key block;
  uint8_t index[4];
  for (size_t written = 0; written < size; written += HASH_SIZE) {
    Sha256 hash;
    hash.update(OUTPUT_LABEL);
    hash.update(this->pool_.view());
    store_be32(index, static_cast<uint32_t>(written / HASH_SIZE));
    hash.update(ByteView{index});
    hash.finish(block.data());
    const size_t rest = size - written;
    std::memcpy(out + written, block.data(), rest < HASH_SIZE ? rest : HASH_SIZE);
  }
  // The pool moves on, so that what was given out cannot be computed from it later.
  Sha256 next;
  next.update(NEXT_LABEL);
  next.update(this->pool_.view());
  next.finish(this->pool_.data());
  return Error::NONE;
}

}  // namespace esphome::oceanremote
