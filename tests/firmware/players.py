"""Media players of every kind of features."""

from custom_components.oceanremote.protocol.domains.media_player import (
    MediaPlayerFeature,
)

ALL = (1 << 23) - 1 - (1 << 6)
# What every player of ESPHome says of itself.
BASE = 0
for feature in ("PLAY_MEDIA", "BROWSE_MEDIA", "STOP", "VOLUME_SET", "VOLUME_MUTE"):
    BASE |= MediaPlayerFeature[feature]
BASE |= MediaPlayerFeature.MEDIA_ANNOUNCE
PLAYERS = f"""\
media_player:
  - platform: stub_media_player
    name: Speaker
    icon: mdi:speaker
    features: {ALL}
    formats:
      - [flac, 48000, 2, 0, 2]
      - [mp3, 16000, 1, 1, 0]
  - {{platform: stub_media_player, name: Plain}}
  - {{platform: stub_media_player, name: Mute, features: 1}}
"""
