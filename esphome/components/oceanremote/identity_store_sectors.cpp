#include "identity_store_sectors.h"
#if defined(USE_ESP8266) || defined(USE_RP2)

namespace esphome::oceanremote {

static constexpr uint32_t IDENTITY_PREFERENCE = 0x6F720001;  // any fixed number does; it never changes

class alignas(4) Image : public Secret<JOURNAL_HEAD_SIZE + RECORD_SIZE> {};

void IdentityStore::reserve() {
  this->has_sectors_ = this->sectors_.find();
  if (!this->has_sectors_)
    this->preference_ = global_preferences->make_preference(COMPACT_RECORD_SIZE, IDENTITY_PREFERENCE, true);
#ifdef OCEANREMOTE_KEEPS_COUNTER
  this->counter_.reserve();
#endif
}

Error IdentityStore::load(Record &record) {
  if (this->has_sectors_)
    return this->journal_.load(record.data(), RECORD_SIZE);
  CompactRecord compact;
  if (!this->preference_.load(compact.data(), COMPACT_RECORD_SIZE))
    return Error::RECORD_EMPTY;
  expand_record(compact, record);
  return Error::NONE;
}

Error IdentityStore::save(const Record &record) {
  if (this->has_sectors_) {
    Image image;
    std::memcpy(image.data() + JOURNAL_HEAD_SIZE, record.data(), RECORD_SIZE);
    return this->journal_.save(image.data(), RECORD_SIZE);
  }
  CompactRecord compact;
  const Error error = compact_record(record, compact);
  if (error != Error::NONE)
    return error;
  return this->preference_.save(compact.data(), COMPACT_RECORD_SIZE) ? Error::NONE : Error::STORE_FAILED;
}

Error IdentityStore::sync() {
  return this->has_sectors_ || global_preferences->sync() ? Error::NONE : Error::STORE_FAILED;
}

Error IdentityStore::read_back(Record &record) {
  return this->load(record) == Error::NONE ? Error::NONE : Error::STORE_FAILED;
}

}  // namespace esphome::oceanremote

#endif  // USE_ESP8266 || USE_RP2
