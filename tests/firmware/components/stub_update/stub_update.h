#pragma once

#include <cmath>
#include <string>

#include "esphome/components/update/update_entity.h"
#include "esphome/core/component.h"
#include "esphome/core/log.h"

namespace esphome::stub_update {

/// An update that says what its YAML says, and installs in no time or never.
class StubUpdate final : public update::UpdateEntity, public Component {
 public:
  void set_current_version(const std::string &text) { this->update_info_.current_version = text; }
  void set_latest_version(const std::string &text) { this->latest_version_ = text; }
  void set_title(const std::string &text) { this->update_info_.title = text; }
  void set_summary(const std::string &text) { this->update_info_.summary = text; }
  void set_release_url(const std::string &text) { this->update_info_.release_url = text; }
  void set_progress(float progress) { this->progress_ = progress; }
  void set_known(bool known) { this->known_ = known; }

  void setup() override {
    if (this->known_)
      this->check();
  }

  void check() override {
    ESP_LOGI("stub_update", "'%s': checked", this->get_name().c_str());
    this->update_info_.latest_version = this->latest_version_;
    const bool newer = this->latest_version_ != this->update_info_.current_version;
    this->state_ = newer ? update::UPDATE_STATE_AVAILABLE : update::UPDATE_STATE_NO_UPDATE;
    this->publish_state();
  }

  void perform(bool force) override {
    if (this->state_ != update::UPDATE_STATE_AVAILABLE && !force)
      return;
    ESP_LOGI("stub_update", "'%s': installs", this->get_name().c_str());
    if (std::isnan(this->progress_)) {
      this->update_info_.current_version = this->latest_version_;
      this->state_ = update::UPDATE_STATE_NO_UPDATE;
    } else {
      this->update_info_.has_progress = true;
      this->update_info_.progress = this->progress_;
      this->state_ = update::UPDATE_STATE_INSTALLING;
    }
    this->publish_state();
  }

 protected:
  std::string latest_version_;
  float progress_{NAN};
  bool known_{true};
};

}  // namespace esphome::stub_update
