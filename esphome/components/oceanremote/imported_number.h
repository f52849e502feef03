#pragma once
#include "esphome/core/defines.h"
#ifdef USE_OCEANREMOTE_IMPORTED_NUMBER

#include "esphome/components/number/number.h"
#include "esphome/core/component.h"
#include "esphome/core/helpers.h"

#include "client.h"
#include "import.h"

namespace esphome::oceanremote {

/// A number of Home Assistant's with its limits. Setting it here asks Home Assistant to set it there; it shows what was
/// asked for at once, and what was there before if that is refused.
class ImportedNumber final : public number::Number, public Component, public Import, public Parented<Client> {
 public:
  /// action: the domain's own, such as number.set_value; static.
  ImportedNumber(const char *entity_id, const char *action) : Import(entity_id, nullptr), action_(action) {}
  void dump_config() override;
  void take(std::string_view value) override;
  void take_absence() override;
  void refused(std::string_view reason);

  /// One of its limits, which Home Assistant has as attributes.
  class Limit final : public Import {
   public:
    using Setter = void (number::NumberTraits::*)(float);
    Limit(ImportedNumber &number, const char *attribute, Setter setter)
        : Import(number.entity_id(), attribute), number_(number), setter_(setter) {}
    void take(std::string_view value) override;
    void take_absence() override {}

   protected:
    ImportedNumber &number_;
    Setter setter_;
  };
  Import *min() { return &this->min_; }
  Import *max() { return &this->max_; }
  Import *step() { return &this->step_; }

 protected:
  void control(float value) override;

  const char *action_;
  float told_{NAN};
  Limit min_{*this, "min", &number::NumberTraits::set_min_value};
  Limit max_{*this, "max", &number::NumberTraits::set_max_value};
  Limit step_{*this, "step", &number::NumberTraits::set_step};
};

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_IMPORTED_NUMBER
