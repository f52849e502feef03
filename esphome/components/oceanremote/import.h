#pragma once
#include "esphome/core/defines.h"
#ifdef USE_OCEANREMOTE_IMPORTS

#include <string_view>

#include "esphome/components/oceanremote_core/messages.h"

namespace esphome::oceanremote {

/// A state of Home Assistant's, or an attribute of one, that the hub tells as it changes.
class Import {
 public:
  /// Static texts; attribute null: the state.
  Import(const char *entity_id, const char *attribute) : entity_id_(entity_id), attribute_(attribute) {}
  Import(const Import &) = delete;
  Import &operator=(const Import &) = delete;

  [[nodiscard]] const char *entity_id() const { return this->entity_id_; }
  [[nodiscard]] std::string_view attribute() const { return this->attribute_ == nullptr ? "" : this->attribute_; }
  /// The value is valid during the call.
  virtual void take(std::string_view value) = 0;
  /// No such entity or attribute, not available, or not allowed to this device.
  virtual void take_absence() = 0;

  Import *next{nullptr};  ///< the client's

 protected:
  ~Import() = default;
  void log_import_(const char *tag) const;
  /// False, and a line in the log, for what is no number.
  [[nodiscard]] bool read_number_(std::string_view value, float &out) const;
  /// Likewise for what is neither on nor off.
  [[nodiscard]] bool read_on_off_(std::string_view value, bool &out) const;

  const char *entity_id_;
  const char *attribute_;
};

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_IMPORTS
