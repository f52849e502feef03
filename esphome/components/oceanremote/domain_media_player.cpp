// Media players: what they play they fetch themselves, from an address that the hub names.

#include "domain_traits.h"

#ifdef USE_MEDIA_PLAYER

#include <algorithm>
#include <cmath>
#include <string>

#include "esphome/core/log.h"

#include "esphome/components/oceanremote_core/flash_text.h"

namespace esphome::oceanremote {

using media_player::MediaPlayerEntityFeature;
using wire::media_player::Order;

[[maybe_unused]] static const char *const TAG = "oceanremote";

static constexpr size_t FORMAT_COLUMNS = 5;

void describe(media_player::MediaPlayer &entity, PropertyWriter &properties) {
  namespace key = wire::media_player::property;
  media_player::MediaPlayerTraits traits = entity.get_traits();
  const auto &formats = traits.get_supported_formats();
  properties.rows(key::SUPPORTED_FORMATS, std::min<size_t>(formats.size(), MEDIA_FORMATS_MAX), FORMAT_COLUMNS,
                  [&formats](size_t index, CborWriter &row) {
                    const media_player::MediaPlayerSupportedFormat &format = formats[index];
                    row.write_text(format.format, MEDIA_FORMAT_TEXT_MAX);
                    row.write_uint(format.sample_rate);
                    row.write_uint(format.num_channels);
                    row.write_uint(static_cast<uint8_t>(format.purpose));
                    row.write_uint(format.sample_bytes);
                  });
  properties.number(key::FEATURE_FLAGS, traits.get_feature_flags());
}

bool add_state(media_player::MediaPlayer &entity, const EntityAddress &address, StatesWriter &writer) {
  namespace key = wire::media_player::state;
  StateMap state(writer, address);
  state.number(key::ACTIVITY, entity.state);
  if (std::isfinite(entity.volume))
    state.share(key::VOLUME, entity.volume);
  state.flag(key::MUTED, entity.is_muted());
  return state.end();
}

/// What a media player must have, one of these, to be told this.
WITHOUT_TABLES static uint32_t features_for(Order order) {
  switch (order) {
    case Order::PLAY:
      return MediaPlayerEntityFeature::PLAY;
    case Order::PAUSE:
      return MediaPlayerEntityFeature::PAUSE;
    case Order::TOGGLE:
      return MediaPlayerEntityFeature::PLAY | MediaPlayerEntityFeature::PAUSE;
    case Order::STOP:
      return MediaPlayerEntityFeature::STOP;
    case Order::MUTE:
    case Order::UNMUTE:
      return MediaPlayerEntityFeature::VOLUME_MUTE;
    case Order::VOLUME_UP:
    case Order::VOLUME_DOWN:
      return MediaPlayerEntityFeature::VOLUME_STEP | MediaPlayerEntityFeature::VOLUME_SET;
    case Order::ENQUEUE:
      return MediaPlayerEntityFeature::MEDIA_ENQUEUE;
    case Order::REPEAT_ONE:
    case Order::REPEAT_OFF:
    case Order::REPEAT_ALL:
      return MediaPlayerEntityFeature::REPEAT_SET;
    case Order::CLEAR_PLAYLIST:
      return MediaPlayerEntityFeature::CLEAR_PLAYLIST;
    case Order::TURN_ON:
      return MediaPlayerEntityFeature::TURN_ON;
    case Order::TURN_OFF:
      return MediaPlayerEntityFeature::TURN_OFF;
    case Order::NEXT:
      return MediaPlayerEntityFeature::NEXT_TRACK;
    case Order::PREVIOUS:
      return MediaPlayerEntityFeature::PREVIOUS_TRACK;
    case Order::SHUFFLE:
    case Order::UNSHUFFLE:
      return MediaPlayerEntityFeature::SHUFFLE_SET;
    case Order::GROUP_JOIN:
      return MediaPlayerEntityFeature::GROUPING;
  }
  return 0;
}

/// What a command asks, as far as it says it.
struct Asked {
  explicit Asked(const Arguments &arguments) {
    namespace key = wire::media_player::command;
    this->has_order = arguments.get(key::ORDER, this->order);
    this->has_volume = arguments.get(key::VOLUME, this->volume);
    this->has_url = arguments.get(key::MEDIA_URL, this->url);
    this->has_announcement = arguments.get(key::ANNOUNCEMENT, this->announcement);
  }

  uint32_t order{0};
  float volume{0.0F};
  std::string_view url;
  bool announcement{false};
  bool has_order, has_volume, has_url, has_announcement;

  /// An address says by itself what to do with it, and to be added to a playlist there must be one.
  [[nodiscard]] bool makes_sense() const {
    const bool enqueues = this->has_order && static_cast<Order>(this->order) == Order::ENQUEUE;
    return this->has_url ? enqueues || !this->has_order : !enqueues && (this->has_order || this->has_volume);
  }
};

/// Why the media player cannot do it, nullptr if it can.
static const char *refusal_of(const Asked &asked, const media_player::MediaPlayerTraits &traits) {
  const uint32_t has = traits.get_feature_flags();
  if (asked.has_order && (has & features_for(static_cast<Order>(asked.order))) == 0)
    return "order not supported";
  if (asked.has_volume && (has & MediaPlayerEntityFeature::VOLUME_SET) == 0)
    return "volume not supported";
  if (asked.has_url && (has & MediaPlayerEntityFeature::PLAY_MEDIA) == 0)
    return "playing an address not supported";
  if (asked.announcement && (has & MediaPlayerEntityFeature::MEDIA_ANNOUNCE) == 0)
    return "announcements not supported";
  return nullptr;
}

CommandOutcome execute(media_player::MediaPlayer &entity, const Arguments &arguments) {
  const Asked asked(arguments);
  if (!asked.makes_sense())
    return COMMAND_MALFORMED;
  if (const char *reason = refusal_of(asked, entity.get_traits()); reason != nullptr)
    return {CommandStatus::REFUSED, reason};
  media_player::MediaPlayerCall call = entity.make_call();
  if (asked.has_order)
    call.set_command(static_cast<media_player::MediaPlayerCommand>(asked.order));
  if (asked.has_volume)
    call.set_volume(asked.volume);
  if (asked.has_url)
    call.set_media_url(std::string(asked.url));
  if (asked.has_announcement)
    call.set_announcement(asked.announcement);
  // Not the address: it may hold a key to what it leads to.
  ESP_LOGI(TAG, "Command media_player '%s' -> %s", entity.get_name().c_str(),
           asked.has_url     ? "play an address"
           : asked.has_order ? media_player::media_player_command_to_string(
                                   static_cast<media_player::MediaPlayerCommand>(asked.order))
                             : "volume");
  call.perform();
  return COMMAND_DONE;
}

static_assert(uint8_t(Order::PLAY) == media_player::MEDIA_PLAYER_COMMAND_PLAY &&
                  uint8_t(Order::ENQUEUE) == media_player::MEDIA_PLAYER_COMMAND_ENQUEUE &&
                  uint8_t(Order::TURN_OFF) == media_player::MEDIA_PLAYER_COMMAND_TURN_OFF &&
                  uint8_t(Order::GROUP_JOIN) == media_player::MEDIA_PLAYER_COMMAND_GROUP_JOIN &&
                  uint8_t(wire::media_player::Activity::ON) == media_player::MEDIA_PLAYER_STATE_ON,
              "ESPHome's numbers are those of the wire");

}  // namespace esphome::oceanremote

#endif  // USE_MEDIA_PLAYER
