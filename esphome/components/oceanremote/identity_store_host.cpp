#include "identity_store_host.h"
#ifdef USE_HOST

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

#include "esphome/core/application.h"

namespace esphome::oceanremote {

namespace {

/// A file descriptor that closes itself.
class File {
 public:
  File(const std::string &path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~File() {
    if (this->fd_ >= 0)
      ::close(this->fd_);
  }
  File(const File &) = delete;
  File &operator=(const File &) = delete;

  [[nodiscard]] bool is_open() const { return this->fd_ >= 0; }
  [[nodiscard]] bool write(const Record &record) const {
    return ::write(this->fd_, record.data(), RECORD_SIZE) == static_cast<ssize_t>(RECORD_SIZE);
  }
  /// RECORD_DAMAGED when the file ends too early, STORE_FAILED when it cannot be read: another time it may be.
  [[nodiscard]] Error read(Record &record) const {
    const ssize_t size = ::read(this->fd_, record.data(), RECORD_SIZE);
    if (size < 0)
      return Error::STORE_FAILED;
    return size == static_cast<ssize_t>(RECORD_SIZE) ? Error::NONE : Error::RECORD_DAMAGED;
  }
  [[nodiscard]] bool sync() const { return ::fsync(this->fd_) == 0; }

 protected:
  int fd_;
};

}  // namespace

Error IdentityStore::find_folder_() {
  if (!this->folder_.empty())
    return Error::NONE;
  const char *prefdir = ::getenv("ESPHOME_PREFDIR");
  const char *home = ::getenv("HOME");
  if (prefdir == nullptr && home == nullptr)
    return Error::STORE_FAILED;
  const std::string folder = prefdir != nullptr ? prefdir : std::string(home) + "/.esphome/prefs";
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure)
    return Error::STORE_FAILED;
  this->folder_ = folder;
  return Error::NONE;
}

std::string IdentityStore::path_() const {
  return this->folder_ + "/" + std::string(App.get_name().c_str(), App.get_name().size()) + ".oceanremote";
}

Error IdentityStore::load(Record &record) {
  const Error error = this->find_folder_();
  if (error != Error::NONE)
    return error;
  const File file(this->path_(), O_RDONLY);
  if (!file.is_open())
    return errno == ENOENT ? Error::RECORD_EMPTY : Error::STORE_FAILED;
  return file.read(record);
}

Error IdentityStore::save(const Record &record) {
  this->pending_.assign(record);
  return this->find_folder_();
}

Error IdentityStore::sync() {
  const Error error = this->write_pending_();
  this->pending_.wipe();
  return error;
}

Error IdentityStore::write_pending_() {
  const std::string path = this->path_();
  const std::string temporary = path + ".new";
  {
    const File file(temporary, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file.is_open() || !file.write(this->pending_) || !file.sync())
      return Error::STORE_FAILED;
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0)
    return Error::STORE_FAILED;
  const File folder(this->folder_, O_RDONLY | O_DIRECTORY);
  return folder.is_open() && folder.sync() ? Error::NONE : Error::STORE_FAILED;
}

Error IdentityStore::read_back(Record &record) {
  const File file(this->path_(), O_RDONLY);
  return file.is_open() && file.read(record) == Error::NONE ? Error::NONE : Error::STORE_FAILED;
}

}  // namespace esphome::oceanremote

#endif  // USE_HOST
