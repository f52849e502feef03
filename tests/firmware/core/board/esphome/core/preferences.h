#pragma once
// ESPHome's preferences in memory: what is in flash, and what a power cut erases.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <vector>

namespace esphome {

using Preferences = std::map<uint32_t, std::vector<uint8_t>>;

class ESPPreferenceObject {
 public:
  ESPPreferenceObject() = default;
  ESPPreferenceObject(Preferences *place, uint32_t type) : place_(place), type_(type) {}

  bool save(const uint8_t *data, size_t size) {
    if (this->place_ == nullptr)
      return false;
    (*this->place_)[this->type_].assign(data, data + size);
    return true;
  }
  bool load(uint8_t *out, size_t size) {
    if (this->place_ == nullptr || this->place_->count(this->type_) == 0)
      return false;
    std::memcpy(out, this->place_->at(this->type_).data(), size);
    return true;
  }
  template<typename T> bool save(const T *value) {
    return this->save(reinterpret_cast<const uint8_t *>(value), sizeof(T));
  }
  template<typename T> bool load(T *value) { return this->load(reinterpret_cast<uint8_t *>(value), sizeof(T)); }

 protected:
  Preferences *place_{nullptr};
  uint32_t type_{0};
};

struct ESPPreferences {
  Preferences flash;
  Preferences rtc;

  ESPPreferenceObject make_preference(size_t /*size*/, uint32_t type, bool in_flash) {
    return {in_flash ? &this->flash : &this->rtc, type};
  }
  template<typename T> ESPPreferenceObject make_preference(uint32_t type, bool in_flash) {
    return this->make_preference(sizeof(T), type, in_flash);
  }
  bool sync() { return true; }
};

inline ESPPreferences *global_preferences = nullptr;

}  // namespace esphome
