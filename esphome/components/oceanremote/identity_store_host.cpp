#include "identity_store_host.h"
#ifdef USE_HOST

#include "host_file.h"

namespace esphome::oceanremote {

const std::string &IdentityStore::path_() {
  if (this->file_.empty())
    this->file_ = host_file_path(".oceanremote");
  return this->file_;
}

Error IdentityStore::load(Record &record) { return read_host_file(this->path_(), record.data(), RECORD_SIZE); }

Error IdentityStore::save(const Record &record) {
  this->pending_.assign(record);
  return this->path_().empty() ? Error::STORE_FAILED : Error::NONE;
}

Error IdentityStore::sync() {
  const Error error = write_host_file(this->path_(), this->pending_.view());
  this->pending_.wipe();
  return error;
}

Error IdentityStore::read_back(Record &record) {
  return this->load(record) == Error::NONE ? Error::NONE : Error::STORE_FAILED;
}

}  // namespace esphome::oceanremote

#endif  // USE_HOST
