#pragma once
#include "esphome/core/defines.h"
#ifdef USE_HOST

#include <string>

#include "esphome/components/oceanremote_core/credentials.h"

namespace esphome::oceanremote {

/// Keeps the record in a file of its own (host_file.h), because ESPHome's preferences on host are rewritten in place.
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
  /// Empty where there is none.
  [[nodiscard]] const std::string &path_();

  std::string file_;
  Record pending_;
};

}  // namespace esphome::oceanremote

#endif  // USE_HOST
