"""The platform `stub_media_player`, for tests on host."""

import esphome.codegen as cg
from esphome.components import media_player
import esphome.config_validation as cv
from esphome.types import ConfigType

CONF_FEATURES = "features"
CONF_FORMATS = "formats"

StubMediaPlayer = cg.esphome_ns.namespace("stub_media_player").class_(
    "StubMediaPlayer", media_player.MediaPlayer, cg.Component
)

CONFIG_SCHEMA = media_player.media_player_schema(StubMediaPlayer).extend(
    {
        # ESPHome's `MediaPlayerEntityFeature`; without it those of every player.
        cv.Optional(CONF_FEATURES): cv.uint32_t,
        # Name, sample rate, channels, purpose, bytes of a sample.
        cv.Optional(CONF_FORMATS, default=[]): [list],
    }
)


async def to_code(config: ConfigType) -> None:
    """Make one."""
    var = await media_player.new_media_player(config)
    await cg.register_component(var, config)
    if CONF_FEATURES in config:
        cg.add(var.set_features(config[CONF_FEATURES]))
    for name, rate, channels, announces, size in config[CONF_FORMATS]:
        cg.add(var.add_format(name, rate, channels, bool(announces), size))
