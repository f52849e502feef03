#pragma once
// What a Link stands on, without a board: a store that can fail at any call, and randomness that is known beforehand.

#include <deque>

#include "credentials.h"
#include "entropy.h"
#include "support/vectors.h"

namespace esphome::oceanremote::testing {

/// Gives out what was queued, and after that a count that never repeats.
class FixedRandom : public RandomSource {
 public:
  void mix(ByteView material) override { this->mixed.push_back(copy(material)); }

  [[nodiscard]] Error fill(uint8_t *out, size_t size) override {
    if (this->broken) {
      std::memset(out, 0, size);
      return Error::ENTROPY_FAILED;
    }
    if (!this->queue.empty() && this->queue.front().size() == size) {
      std::memcpy(out, this->queue.front().data(), size);
      this->queue.pop_front();
      return Error::NONE;
    }
    this->count_++;
    for (size_t i = 0; i < size; i++)
      out[i] = static_cast<uint8_t>(this->count_ >> (8 * (i % 4)));
    return Error::NONE;
  }

  std::deque<Bytes> queue;
  std::vector<Bytes> mixed;
  bool broken{false};

 protected:
  uint32_t count_{0x01020304};
};

/// A flash that loses what was not synced, and that fails where a test wants it to.
class MemoryStore : public CredentialStore {
 public:
  enum class Fault { NONE, LOAD, SAVE, SYNC, READ_BACK, SILENT_LOSS, BIT_ROT };

  [[nodiscard]] Error load(Record &record) override {
    if (this->fault == Fault::LOAD)
      return Error::STORE_FAILED;
    return this->read_(record);
  }
  [[nodiscard]] Error save(const Record &record) override {
    if (this->fault == Fault::SAVE)
      return Error::STORE_FAILED;
    this->saves++;
    this->written_.assign(record.data(), record.data() + RECORD_SIZE);
    return Error::NONE;
  }
  [[nodiscard]] Error sync() override {
    if (this->fault == Fault::SYNC)
      return Error::STORE_FAILED;
    if (this->fault != Fault::SILENT_LOSS)
      this->durable = this->written_;
    if (this->fault == Fault::BIT_ROT)
      this->durable[40] ^= 1;
    return Error::NONE;
  }
  [[nodiscard]] Error read_back(Record &record) override {
    if (this->fault == Fault::READ_BACK)
      return Error::STORE_FAILED;
    return this->read_(record);
  }

  void keep_counter(uint64_t next) override { this->kept = next; }
  [[nodiscard]] uint64_t kept_counter() override { return this->kept; }

  /// Decodes what a reboot would find.
  [[nodiscard]] Error peek(Identity &identity) {
    Record record;
    const Error error = this->read_(record);
    return error == Error::NONE ? decode_record(record, identity) : error;
  }
  void put(const Identity &identity) {
    Record record;
    encode_record(identity, record);
    this->durable.assign(record.data(), record.data() + RECORD_SIZE);
  }

  Bytes durable;
  Fault fault{Fault::NONE};
  int saves{0};
  uint64_t kept{0};  ///< survives a restart; a test cuts the power by writing 0

 protected:
  [[nodiscard]] Error read_(Record &record) const {
    if (this->durable.empty())
      return Error::RECORD_EMPTY;
    record.assign(this->durable.data());
    return Error::NONE;
  }

  Bytes written_;
};

}  // namespace esphome::oceanremote::testing
