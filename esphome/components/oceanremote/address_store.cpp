#include "address_store.h"

#ifdef USE_HOST
#include "host_file.h"
#endif

namespace esphome::oceanremote {

#ifdef USE_HOST

bool PlatformAddressStore::setup() {
  this->file_ = host_file_path(".oceanremote-addresses");
  return !this->file_.empty();
}

Error PlatformAddressStore::load(AddressRecord &record) {
  return read_host_file(this->file_, record.data(), ADDRESS_RECORD_SIZE);
}

Error PlatformAddressStore::save(AddressRecord &record) {
  return write_host_file(this->file_, {record.data(), ADDRESS_RECORD_SIZE});
}

#elif defined(USE_ESP32)

static constexpr uint32_t ADDRESSES_PREFERENCE = 0x6F720002;  // any fixed number does; it never changes

bool PlatformAddressStore::setup() {
  this->preference_ = global_preferences->make_preference(ADDRESS_RECORD_SIZE, ADDRESSES_PREFERENCE, true);
  return true;
}

Error PlatformAddressStore::load(AddressRecord &record) {
  return this->preference_.load(record.data(), ADDRESS_RECORD_SIZE) ? Error::NONE : Error::RECORD_EMPTY;
}

Error PlatformAddressStore::save(AddressRecord &record) {
  return this->preference_.save(record.data(), ADDRESS_RECORD_SIZE) && global_preferences->sync() ? Error::NONE
                                                                                                  : Error::STORE_FAILED;
}

#else

bool PlatformAddressStore::setup() { return this->sectors_.find(); }

Error PlatformAddressStore::load(AddressRecord &record) {
  return this->journal_.load(record.data(), ADDRESS_RECORD_SIZE);
}

Error PlatformAddressStore::save(AddressRecord &record) {
  return this->journal_.save(record.image, ADDRESS_RECORD_SIZE);
}

#endif

}  // namespace esphome::oceanremote
