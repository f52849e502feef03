"""What plays and what looks: media players, and the camera."""

from collections.abc import Iterator
from typing import Any

from ..family import Difference, Family, Step

URL = "http://198.51.100.7/chime.mp3"


def _step(action: str, entity: str = "Speaker", **rest: Any) -> Step:
    return Step(action=f"media_player.{action}", entity=entity, **rest)


def _play(entity: str, **data: Any) -> Step:
    refused = data.pop("refused", False)
    data = {"media_content_type": "music", "media_content_id": URL, **data}
    return _step("play_media", entity, data=data, refused=refused)


def _orders() -> Iterator[Step]:
    """Yield what a player with every flag can do by core, too."""
    for action in ("media_play", "media_pause", "media_stop", "turn_on", "turn_off"):
        yield _step(action)
    for action in ("turn_on", "media_play_pause", "volume_up", "volume_down", "toggle"):
        yield _step(action)
    yield _step("turn_on")
    for volume in (0, 0.3, 1):
        yield _step("volume_set", data={"volume_level": volume})
    for muted in (True, False):
        yield _step("volume_mute", data={"is_volume_muted": muted})
    yield _step("clear_playlist")
    for repeat in ("one", "off"):
        yield _step("repeat_set", data={"repeat": repeat})
    yield _step("media_seek", data={"seek_position": 1}, refused=True)
    yield _step("select_source", data={"source": "radio"}, refused=True)
    yield _step("join", data={"group_members": []}, refused=True)


def _others() -> Iterator[Step]:
    """Yield what the other players and the camera do."""
    yield _play("Plain")
    yield _play("Plain", announce=True)
    yield _play("Plain", enqueue="replace")
    yield _play("Plain", enqueue="next", refused=True)
    yield _step("volume_set", "Plain", data={"volume_level": 0.25})
    yield _step("media_stop", "Plain")
    yield _step("turn_on", "Plain", refused=True)
    yield _play("Mute", refused=True)
    yield _step("media_pause", "Mute")
    yield Step(action="camera.get_image", entity="Yard")
    yield Step(action="camera.get_image", entity="Yard")


def _otherwise() -> Iterator[Step]:
    """Yield what is not as in core: last, for the player numbers what it is told."""
    yield _play("Speaker", extra={"bypass_proxy": True})
    yield _play("Speaker")
    yield _play("Speaker", announce=True)
    yield _step("repeat_set", data={"repeat": "all"}, refused=True)
    for action in ("media_next_track", "media_previous_track"):
        yield _step(action, refused=True)
    yield _step("shuffle_set", data={"shuffle": True}, refused=True)


NO_WORD = (
    "ESPHome's players know next and previous track, shuffling and repeating all; the "
    "native API has no words for these, so core does not offer them"
)
FAMILY = Family(
    domains=("media_player", "camera", "text_sensor"),
    steps=(*_orders(), *_others(), *_otherwise()),
    differences=(
        *(
            Difference(
                platform="media_player", what=what, entities=("Speaker",), why=NO_WORD
            )
            for what in (
                "attributes.supported_features",
                "action media_player.media_next_track",
                "action media_player.media_previous_track",
                "action media_player.shuffle_set",
                "action media_player.repeat_set",
            )
        ),
        Difference(
            platform="media_player",
            what="action media_player.play_media",
            entities=("Speaker",),
            why="a player that names its formats gets from core the address of a "
            "converter in Home Assistant; here it gets the medium's own",
        ),
        Difference(
            platform="camera",
            what="state",
            entities=("Yard",),
            why="a camera is there with its board; core shows one that was away as "
            "unavailable until its next picture",
        ),
    ),
)
