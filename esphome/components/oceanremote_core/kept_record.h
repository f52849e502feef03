#pragma once
// Bytes in memory that deep sleep leaves and a power cut does not. What is taken out is what was put in, for the same
// owner, or nothing; whatever such memory holds at a cold start is nothing.

#include "crc32.h"
#include "primitives.h"

namespace esphome::oceanremote {

/// Without a constructor: such memory must not be initialised.
template<size_t CAPACITY> class KeptRecord {
 public:
  [[nodiscard]] static constexpr size_t capacity() { return CAPACITY; }
  /// Where what is to be kept is put together; seal() makes it count.
  [[nodiscard]] uint8_t *room() { return this->data_; }
  /// size: at most capacity().
  void seal(uint64_t owner, size_t size) {
    this->owner_ = owner;
    this->size_ = static_cast<uint32_t>(size);
    this->crc_ = this->checksum_();
  }
  void clear() {
    this->size_ = 0;
    wipe_bytes(this->data_, CAPACITY);
  }
  /// Empty: there is nothing of this owner.
  [[nodiscard]] ByteView get(uint64_t owner) const {
    if (this->size_ == 0 || this->size_ > CAPACITY || this->owner_ != owner || this->crc_ != this->checksum_())
      return {};
    return {this->data_, this->size_};
  }

 protected:
  [[nodiscard]] uint32_t checksum_() const {
    uint8_t head[12];
    store_be32(head, static_cast<uint32_t>(this->owner_ >> 32));
    store_be32(head + 4, static_cast<uint32_t>(this->owner_));
    store_be32(head + 8, this->size_);
    return crc32({this->data_, this->size_}, crc32(ByteView{head}));
  }

  uint64_t owner_;
  uint32_t size_;
  uint32_t crc_;
  uint8_t data_[CAPACITY];
};

}  // namespace esphome::oceanremote
