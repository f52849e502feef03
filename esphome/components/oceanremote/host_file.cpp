#include "host_file.h"
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
  [[nodiscard]] bool write(ByteView data) const {
    return ::write(this->fd_, data.data, data.size) == static_cast<ssize_t>(data.size);
  }
  [[nodiscard]] Error read(uint8_t *out, size_t wanted) const {
    const ssize_t size = ::read(this->fd_, out, wanted);
    if (size < 0)
      return Error::STORE_FAILED;
    return size == static_cast<ssize_t>(wanted) ? Error::NONE : Error::RECORD_DAMAGED;
  }
  [[nodiscard]] bool sync() const { return ::fsync(this->fd_) == 0; }

 protected:
  int fd_;
};

}  // namespace

std::string host_file_path(const char *suffix) {
  const char *prefdir = ::getenv("ESPHOME_PREFDIR");
  const char *home = ::getenv("HOME");
  if (prefdir == nullptr && home == nullptr)
    return {};
  const std::string folder = prefdir != nullptr ? prefdir : std::string(home) + "/.esphome/prefs";
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure)
    return {};
  return folder + "/" + std::string(App.get_name().c_str(), App.get_name().size()) + suffix;
}

Error read_host_file(const std::string &path, uint8_t *out, size_t size) {
  if (path.empty())
    return Error::STORE_FAILED;
  const File file(path, O_RDONLY);
  if (!file.is_open())
    return errno == ENOENT ? Error::RECORD_EMPTY : Error::STORE_FAILED;
  return file.read(out, size);
}

Error write_host_file(const std::string &path, ByteView data) {
  if (path.empty())
    return Error::STORE_FAILED;
  const std::string temporary = path + ".new";
  {
    const File file(temporary, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file.is_open() || !file.write(data) || !file.sync())
      return Error::STORE_FAILED;
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0)
    return Error::STORE_FAILED;
  const File folder(std::filesystem::path(path).parent_path().string(), O_RDONLY | O_DIRECTORY);
  return folder.is_open() && folder.sync() ? Error::NONE : Error::STORE_FAILED;
}

}  // namespace esphome::oceanremote

#endif  // USE_HOST
