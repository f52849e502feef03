#pragma once

#include "platform.h"

namespace challenge {

// Rotations of a word by N bits, made of rotations by whole bytes and by single bits: an
// 8-bit chip has both as a few instructions. Its compiler must not put them together
// again, as avr-gcc 14 does, into loops of one bit each; any other folds them into one.
template<class Word> inline Word rotate_right_once(Word word) {
  return unfolded<Word>((word >> 1) | (word << (sizeof(Word) * 8 - 1)));
}
template<class Word> inline Word rotate_left_once(Word word) {
  return unfolded<Word>((word << 1) | (word >> (sizeof(Word) * 8 - 1)));
}
template<uint8_t BYTES, class Word> inline Word rotate_right_bytes(Word word) {
  return unfolded<Word>(
      BYTES == 0 ? word : (word >> (8 * BYTES)) | (word << (8 * (sizeof(Word) - BYTES) % (8 * sizeof(Word)))));
}
template<uint8_t N, class Word> inline Word rotate_right(Word word) {
  word = rotate_right_bytes<((N + 3) / 8) % sizeof(Word)>(word);
  constexpr uint8_t REST = (N + 3) % 8;  // three more than the single bits to go right
  for (uint8_t i = 3; i < REST; i++)
    word = rotate_right_once(word);
  for (uint8_t i = REST; i < 3; i++)
    word = rotate_left_once(word);
  return word;
}

/// A running hash of the Merkle-Damgaard kind (FIPS 180-4), and of HMAC (RFC 2104), for
/// messages below 8 KiB. It is the only working space that a MAC needs.
///
/// `Sha` gives `Word`, `State` with its words `h`, `SIZE` (bytes of the result), `BLOCK`,
/// `start(State &)` and `compress(State &, Word block[16])`, which may use the block as its
/// working space.
template<class Sha> class Digest {
 public:
  using State = typename Sha::State;
  using Word = typename Sha::Word;

  Digest() {}
  Digest(const Digest &) = delete;
  Digest &operator=(const Digest &) = delete;
  ~Digest() {
    wipe(&this->state_, sizeof(this->state_));
    wipe(this->block_, sizeof(this->block_));
  }

  /// Begins a plain hash.
  void start() {
    Sha::start(this->state_);
    this->length_ = 0;
  }

  /// Begins the inner hash of HMAC and puts the state that the outer one begins with into
  /// `outer`. `key[i]` gives byte i of at most `BLOCK`; it may be a view of `outer`, which
  /// then turns from the key into the state.
  template<class Key> CHALLENGE_NOINLINE void start_keyed(const Key &key, uint8_t size, State &outer) {
    this->fill_(key, size, 0x5C);
    this->compress_first_();
    this->fill_(key, size, 0x36);
    outer = this->state_;
    this->compress_first_();
    this->length_ = Sha::BLOCK;
  }

  /// Begins the inner hash of HMAC from the state that start_keyed() left.
  void resume(const State &inner) {
    this->state_ = inner;
    this->length_ = Sha::BLOCK;
  }

  CHALLENGE_NOINLINE void add(uint8_t byte) {
    this->put_(this->length_ % Sha::BLOCK, byte);
    this->length_++;
    if (this->length_ % Sha::BLOCK == 0)
      Sha::compress(this->state_, this->block_);
  }
  void add(const uint8_t *data, uint8_t size) {
    for (uint8_t i = 0; i < size; i++)
      this->add(data[i]);
  }
  void add(const FlashBytes &data) {
    for (uint8_t i = 0; i < data.size; i++)
      this->add(data[i]);
  }

  /// Completes a plain hash.
  CHALLENGE_NOINLINE void finish() {
    const uint16_t bits = this->length_ * 8U;
    const uint8_t carry = static_cast<uint8_t>(this->length_ >> 13);
    this->add(0x80);
    while (this->length_ % Sha::BLOCK != Sha::BLOCK - Sha::BLOCK / 8)
      this->add(static_cast<uint8_t>(0));
    for (uint8_t i = 3; i < Sha::BLOCK / 8; i++)
      this->add(static_cast<uint8_t>(0));
    this->add(carry);
    this->add(static_cast<uint8_t>(bits >> 8));
    this->add(static_cast<uint8_t>(bits));
  }

  /// Completes HMAC: the inner hash, and the outer one over its result.
  void finish_keyed(const State &outer) {
    this->finish();
    constexpr uint8_t WORDS = Sha::SIZE / sizeof(Word);
    for (uint8_t i = 0; i < WORDS; i++)
      this->block_[i] = this->state_.h[i];
    this->state_ = outer;
    this->length_ = Sha::BLOCK + Sha::SIZE;
    this->finish();
  }

  /// The result, after it was completed.
  const State &state() const { return this->state_; }
  void write(uint8_t *out, uint8_t size) const {
    for (uint8_t i = 0; i < size; i++)
      out[i] = byte_of_(this->state_, i);
  }
  /// Whether the result is these `SIZE` bytes; the time tells nothing about where not.
  CHALLENGE_NODISCARD bool equals(const uint8_t *bytes) const {
    uint8_t difference = 0;
    for (uint8_t i = 0; i < Sha::SIZE; i++)
      difference |= byte_of_(this->state_, i) ^ bytes[i];
    return difference == 0;
  }

  /// A result seen as the bytes of a key.
  struct Bytes {
    const State &state;
    uint8_t operator[](uint8_t index) const { return byte_of_(this->state, index); }
  };

 protected:
  static uint8_t byte_of_(const State &state, uint8_t index) {
    const uint8_t shift = 8 * (sizeof(Word) - 1 - index % sizeof(Word));
    return static_cast<uint8_t>(state.h[index / sizeof(Word)] >> shift);
  }
  // Words are kept in the chip's own byte order, so that a block is its own schedule.
  void put_(uint8_t index, uint8_t byte) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    index ^= sizeof(Word) - 1;
#endif
    reinterpret_cast<uint8_t *>(this->block_)[index] = byte;
  }
  template<class Key> void fill_(const Key &key, uint8_t size, uint8_t pad) {
    for (uint8_t i = 0; i < Sha::BLOCK; i++)
      this->put_(i, (i < size ? key[i] : 0) ^ pad);
  }
  void compress_first_() {
    Sha::start(this->state_);
    Sha::compress(this->state_, this->block_);
  }

  State state_;
  Word block_[16];
  uint16_t length_{0};
};

}  // namespace challenge
