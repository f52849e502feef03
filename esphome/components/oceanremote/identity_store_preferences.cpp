#include "identity_store_preferences.h"
#ifdef USE_ESP32

namespace esphome::oceanremote {

static constexpr uint32_t IDENTITY_PREFERENCE = 0x6F720001;  // any fixed number does; it never changes

void IdentityStore::reserve() {
  this->preference_ = global_preferences->make_preference(RECORD_SIZE, IDENTITY_PREFERENCE, true);
#ifdef OCEANREMOTE_KEEPS_COUNTER
  this->counter_.reserve();
#endif
}

Error IdentityStore::load(Record &record) {
  return this->preference_.load(record.data(), RECORD_SIZE) ? Error::NONE : Error::RECORD_EMPTY;
}

Error IdentityStore::save(const Record &record) {
  return this->preference_.save(record.data(), RECORD_SIZE) ? Error::NONE : Error::STORE_FAILED;
}

Error IdentityStore::sync() { return global_preferences->sync() ? Error::NONE : Error::STORE_FAILED; }

Error IdentityStore::read_back(Record &record) {
  return this->preference_.load(record.data(), RECORD_SIZE) ? Error::NONE : Error::STORE_FAILED;
}

}  // namespace esphome::oceanremote

#endif  // USE_ESP32
