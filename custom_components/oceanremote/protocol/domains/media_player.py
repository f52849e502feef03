"""Media players. A volume is a share. What is played is an address that the device fetches itself."""

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Final, NamedTuple

from ..limits import MAX_MEDIA_FORMAT_TEXT, MAX_MEDIA_FORMATS, MAX_MEDIA_URL
from .base import Command, DomainSpec, MapOf, Properties, StateMap, wire
from .fields import BOOLEAN, SHARE, U32, Array, Choice, Row, Text


class MediaPlayerFeature(IntFlag):
    """What a media player can do: the bits of ESPHome's feature flags."""

    PAUSE = 1 << 0
    SEEK = 1 << 1
    VOLUME_SET = 1 << 2
    VOLUME_MUTE = 1 << 3
    PREVIOUS_TRACK = 1 << 4
    NEXT_TRACK = 1 << 5
    TURN_ON = 1 << 7
    TURN_OFF = 1 << 8
    PLAY_MEDIA = 1 << 9
    VOLUME_STEP = 1 << 10
    SELECT_SOURCE = 1 << 11
    STOP = 1 << 12
    CLEAR_PLAYLIST = 1 << 13
    PLAY = 1 << 14
    SHUFFLE_SET = 1 << 15
    SELECT_SOUND_MODE = 1 << 16
    BROWSE_MEDIA = 1 << 17
    REPEAT_SET = 1 << 18
    GROUPING = 1 << 19
    MEDIA_ANNOUNCE = 1 << 20
    MEDIA_ENQUEUE = 1 << 21
    SEARCH_MEDIA = 1 << 22


class MediaPlayerActivity(IntEnum):
    """What a media player is doing."""

    NONE = 0
    IDLE = 1
    PLAYING = 2
    PAUSED = 3
    ANNOUNCING = 4
    OFF = 5
    ON = 6


class MediaPlayerOrder(IntEnum):
    """What a media player can be told in one word."""

    PLAY = 0
    PAUSE = 1
    STOP = 2
    MUTE = 3
    UNMUTE = 4
    TOGGLE = 5
    VOLUME_UP = 6
    VOLUME_DOWN = 7
    ENQUEUE = 8
    REPEAT_ONE = 9
    REPEAT_OFF = 10
    CLEAR_PLAYLIST = 11
    TURN_ON = 12
    TURN_OFF = 13
    NEXT = 14
    PREVIOUS = 15
    REPEAT_ALL = 16
    SHUFFLE = 17
    UNSHUFFLE = 18
    GROUP_JOIN = 19


class FormatPurpose(IntEnum):
    """What a media format is for."""

    DEFAULT = 0
    ANNOUNCEMENT = 1


class MediaFormat(NamedTuple):
    """A format that a media player wants; 0 where any will do."""

    format: str
    sample_rate: int
    channels: int
    purpose: FormatPurpose
    sample_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaPlayerProperties(Properties):
    """What a media player can do."""

    supported_formats: tuple[MediaFormat, ...] = wire(
        96,
        Array(
            Row(
                MediaFormat,
                (Text(MAX_MEDIA_FORMAT_TEXT), U32, U32, Choice(FormatPurpose), U32),
            ),
            MAX_MEDIA_FORMATS,
        ),
        default=(),
        says="name, sample rate, channels, purpose, bytes of a sample; 0 for any",
    )
    feature_flags: int = wire(
        97, U32, default=0, says="ESPHome's `MediaPlayerEntityFeature`"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaPlayerState(StateMap):
    """What a media player is doing, and how loud."""

    activity: MediaPlayerActivity = wire(
        1, Choice(MediaPlayerActivity), default=MediaPlayerActivity.NONE
    )
    volume: float | None = wire(2, SHARE)
    muted: bool = wire(3, BOOLEAN, default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaPlayerCommand(Command):
    """An order, a volume or an address; with an address only `enqueue` for an order."""

    order: MediaPlayerOrder | None = wire(1, Choice(MediaPlayerOrder))
    volume: float | None = wire(2, SHARE)
    media_url: str | None = wire(3, Text(MAX_MEDIA_URL))
    announcement: bool | None = wire(4, BOOLEAN)


SPEC: Final = DomainSpec(
    number=20,
    properties=MediaPlayerProperties,
    state=MapOf(MediaPlayerState),
    command=MediaPlayerCommand,
)
