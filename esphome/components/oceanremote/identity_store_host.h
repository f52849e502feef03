#pragma once
#include "esphome/core/defines.h"
#ifdef USE_HOST

#include <string>

#include "esphome/components/oceanremote_core/credentials.h"

namespace esphome::oceanremote {

/// Keeps the record in a file of its own, because ESPHome's preferences on host are rewritten in place: a temporary
/// file, fsync, rename, fsync of the folder. The file is readable by its owner only.
class IdentityStore : public CredentialStore {
 public:
  /// Host preferences have no positions to hold; nothing to do before setup().
  void reserve() {}
  [[nodiscard]] bool is_roomy() const { return true; }

  [[nodiscard]] Error load(Record &record) override;
  [[nodiscard]] Error save(const Record &record) override;
  [[nodiscard]] Error sync() override;
  [[nodiscard]] Error read_back(Record &record) override;

 protected:
  /// STORE_FAILED without ESPHOME_PREFDIR and HOME, or when the folder cannot be made.
  [[nodiscard]] Error find_folder_();
  [[nodiscard]] Error write_pending_();
  [[nodiscard]] std::string path_() const;

  std::string folder_;
  Record pending_;
};

}  // namespace esphome::oceanremote

#endif  // USE_HOST
