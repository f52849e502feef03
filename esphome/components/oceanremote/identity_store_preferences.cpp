#include "identity_store_preferences.h"
#ifndef USE_HOST

namespace esphome::oceanremote {

// Any fixed numbers do: they tag the slots, and never change.
static constexpr uint32_t PREFERENCE_TYPE = 0x6F720001;
#ifdef OCEANREMOTE_KEEPS_COUNTER
static constexpr uint32_t COUNTER_TYPE = 0x6F720002;
#endif

void IdentityStore::reserve() {
  this->preference_ = global_preferences->make_preference(RECORD_SIZE, PREFERENCE_TYPE, true);
#ifdef OCEANREMOTE_KEEPS_COUNTER
  this->counter_ = global_preferences->make_preference<uint64_t>(COUNTER_TYPE, false);
#endif
}

#ifdef OCEANREMOTE_KEEPS_COUNTER
uint64_t IdentityStore::kept_counter() {
  uint64_t next = 0;
  return this->counter_.load(&next) ? next : 0;
}
#endif

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

#endif  // !USE_HOST
