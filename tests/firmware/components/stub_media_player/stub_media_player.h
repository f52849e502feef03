#pragma once
// A media player that plays nothing: it obeys, says so in the log and shows its state.

#include <cstdlib>
#include <optional>
#include <string>

#include "esphome/components/media_player/media_player.h"
#include "esphome/core/component.h"
#include "esphome/core/log.h"

namespace esphome::stub_media_player {

using namespace media_player;

class StubMediaPlayer : public MediaPlayer, public Component {
 public:
  void set_features(uint32_t features) {
    this->traits_.clear_feature_flags(~features);
    this->traits_.add_feature_flags(features);
  }
  void add_format(const char *name, uint32_t rate, uint32_t channels, bool announces, uint32_t sample_bytes) {
    const auto purpose =
        announces ? MediaPlayerFormatPurpose::PURPOSE_ANNOUNCEMENT : MediaPlayerFormatPurpose::PURPOSE_DEFAULT;
    this->traits_.get_supported_formats().push_back({name, rate, channels, purpose, sample_bytes});
  }

  void setup() override {
    this->state = MEDIA_PLAYER_STATE_IDLE;
    this->volume = 0.5F;
    this->publish_state();
  }
  /// What it was told last; every order has its number.
  const std::string &get_told() const { return this->told_; }
  bool is_muted() const override { return this->muted_; }
  MediaPlayerTraits get_traits() override { return this->traits_; }

 protected:
  void control(const MediaPlayerCall &call) override {
    const bool announces = call.get_announcement().value_or(false);
    const char *order = call.get_command().has_value() ? media_player_command_to_string(*call.get_command()) : "-";
    const int volume = call.get_volume().has_value() ? int(*call.get_volume() * 100.0F + 0.5F) : -1;
    const char *url = call.get_media_url().has_value() ? call.get_media_url()->c_str() : "-";
    const char *announce = !call.get_announcement().has_value() ? "-" : announces ? "yes" : "no";
    ESP_LOGI("stub", "%s: %s volume %d url %s announce %s", this->get_name().c_str(), order, volume, url, announce);
    this->told_ = std::to_string(++this->orders_) + ": " + order + " volume " + std::to_string(volume) + " url " + url +
                  " announce " + announce;
    if (call.get_media_url().has_value())
      this->state = announces ? MEDIA_PLAYER_STATE_ANNOUNCING : MEDIA_PLAYER_STATE_PLAYING;
    if (call.get_volume().has_value())
      this->volume = *call.get_volume();
    if (call.get_command().has_value())
      this->obey_(*call.get_command());
    this->publish_state();
  }

  void obey_(MediaPlayerCommand command) {
    switch (command) {
      case MEDIA_PLAYER_COMMAND_PLAY:
        this->state = MEDIA_PLAYER_STATE_PLAYING;
        break;
      case MEDIA_PLAYER_COMMAND_PAUSE:
        this->state = MEDIA_PLAYER_STATE_PAUSED;
        break;
      case MEDIA_PLAYER_COMMAND_STOP:
        this->state = MEDIA_PLAYER_STATE_IDLE;
        break;
      case MEDIA_PLAYER_COMMAND_TURN_ON:
        this->state = MEDIA_PLAYER_STATE_ON;
        break;
      case MEDIA_PLAYER_COMMAND_TURN_OFF:
        this->state = MEDIA_PLAYER_STATE_OFF;
        break;
      case MEDIA_PLAYER_COMMAND_MUTE:
      case MEDIA_PLAYER_COMMAND_UNMUTE:
        this->muted_ = command == MEDIA_PLAYER_COMMAND_MUTE;
        break;
      case MEDIA_PLAYER_COMMAND_VOLUME_UP:
        this->volume += 0.25F;
        break;
      case MEDIA_PLAYER_COMMAND_VOLUME_DOWN:
        this->volume -= 0.25F;
        break;
      default:
        break;
    }
  }

  MediaPlayerTraits traits_;
  std::string told_;
  unsigned orders_{0};
  bool muted_{false};
};

}  // namespace esphome::stub_media_player
