"""Media players: what one wants to play travels up, what it is told to play down."""

from typing import Any

import pytest

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandStatus,
    Domain,
)
from custom_components.oceanremote.protocol.domains.media_player import (
    FormatPurpose,
    MediaFormat,
    MediaPlayerActivity as Activity,
    MediaPlayerCommand,
    MediaPlayerOrder as Order,
    MediaPlayerProperties,
    MediaPlayerState,
)

from .bench_hub import BenchHub
from .conftest import Starter
from .players import ALL, BASE
from .shared_devices import STUBS
from .small_device import small_yaml_for

# One program, compiled once.
pytestmark = pytest.mark.xdist_group("stubs")

URL = "http://198.51.100.7/" + "a" * 2028


async def _asked(hub: BenchHub, player: str, args: dict[int, Any]) -> CommandCompleted:
    result = await hub.command(hub.address(Domain.MEDIA_PLAYER, player), args)
    assert isinstance(result, CommandCompleted)
    return result


async def test_a_media_player_is_described_told_and_commanded(
    new_hub: BenchHub, start_device: Starter
) -> None:
    device = await start_device("stubs", small_yaml_for(new_hub, STUBS))
    speaker, plain, mute = (
        new_hub.entities[Domain.MEDIA_PLAYER, name]
        for name in ("speaker", "plain", "mute")
    )
    assert speaker.icon == "mdi:speaker"
    assert speaker.properties == MediaPlayerProperties(
        supported_formats=(
            MediaFormat("flac", 48000, 2, FormatPurpose.DEFAULT, 2),
            MediaFormat("mp3", 16000, 1, FormatPurpose.ANNOUNCEMENT, 0),
        ),
        feature_flags=ALL,
    )
    assert plain.properties == MediaPlayerProperties(feature_flags=BASE)
    assert mute.properties == MediaPlayerProperties(feature_flags=1)

    async def told(activity: Activity, volume: float, *, muted: bool = False) -> None:
        wanted = MediaPlayerState(activity=activity, volume=volume, muted=muted)
        await new_hub.wait_for_state(
            Domain.MEDIA_PLAYER, "speaker", lambda state: state == wanted
        )

    async def order(order: Order, **said: Any) -> None:
        command = MediaPlayerCommand(order=order, **said)
        result = await _asked(new_hub, "speaker", command.args())
        assert (result.status, result.reason) == (CommandStatus.DONE, "")
        await device.wait_for_log(f"Speaker: {order.name} ")

    await told(Activity.IDLE, 0.5)
    for each, activity, volume in (
        (Order.PLAY, Activity.PLAYING, 0.5),
        (Order.PAUSE, Activity.PAUSED, 0.5),
        (Order.VOLUME_UP, Activity.PAUSED, 0.75),
        (Order.VOLUME_DOWN, Activity.PAUSED, 0.5),
        (Order.TURN_ON, Activity.ON, 0.5),
        (Order.TURN_OFF, Activity.OFF, 0.5),
        (Order.STOP, Activity.IDLE, 0.5),
    ):
        await order(each)
        await told(activity, volume)
    await order(Order.MUTE)
    await told(Activity.IDLE, 0.5, muted=True)
    await order(Order.UNMUTE, announcement=True)
    await told(Activity.IDLE, 0.5)
    for each in Order:
        if each is not Order.ENQUEUE:
            await order(each)
    await order(Order.ENQUEUE, media_url="http://a/next")
    await device.wait_for_log("Speaker: ENQUEUE volume -1 url http://a/next announce -")

    for command, log, activity in (
        (
            MediaPlayerCommand(volume=0.25),
            "Speaker: - volume 25 url - announce -",
            Activity.PLAYING,
        ),
        (
            MediaPlayerCommand(media_url=URL, announcement=True),
            f"url {URL[:100]}",
            Activity.ANNOUNCING,
        ),
        (
            MediaPlayerCommand(media_url="x", announcement=False),
            "Speaker: - volume -1 url x announce no",
            Activity.PLAYING,
        ),
    ):
        result = await _asked(new_hub, "speaker", command.args())
        assert (result.status, result.reason) == (CommandStatus.DONE, "")
        await device.wait_for_log(log)
        await told(activity, 0.25)
    obeyed = [line for line in device.log().splitlines() if "Command media" in line]
    assert any("'Speaker' -> play an address" in line for line in obeyed)
    assert not any("http" in line for line in obeyed)

    for player, command, reason in (
        ("speaker", MediaPlayerCommand(), "malformed arguments"),
        ("speaker", MediaPlayerCommand(order=Order.ENQUEUE), "malformed arguments"),
        ("speaker", MediaPlayerCommand(announcement=True), "malformed arguments"),
        (
            "speaker",
            MediaPlayerCommand(order=Order.PLAY, media_url="x"),
            "malformed arguments",
        ),
        (
            "plain",
            MediaPlayerCommand(order=Order.ENQUEUE, media_url="x"),
            "order not supported",
        ),
        *(
            ("plain", MediaPlayerCommand(order=each), "order not supported")
            for each in set(Order)
            - {
                *(Order.STOP, Order.MUTE, Order.UNMUTE, Order.ENQUEUE),
                *(Order.VOLUME_UP, Order.VOLUME_DOWN),
            }
        ),
        ("mute", MediaPlayerCommand(volume=0.5), "volume not supported"),
        ("mute", MediaPlayerCommand(media_url="x"), "playing an address not supported"),
        (
            "mute",
            MediaPlayerCommand(order=Order.PAUSE, announcement=True),
            "announcements not supported",
        ),
    ):
        result = await _asked(new_hub, player, command.args())
        assert (result.status, result.reason) == (CommandStatus.REFUSED, reason), (
            player,
            command,
        )
    assert new_hub.states[plain.address].volume == pytest.approx(0.5)
