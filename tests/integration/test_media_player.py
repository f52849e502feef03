"""Media players: what a device says, as Home Assistant shows it, and what it is asked."""

from typing import Any
from unittest.mock import patch

from homeassistant.components.media_player import (
    BrowseMedia,
    MediaClass,
    MediaPlayerEntityFeature as Feature,
)
from homeassistant.components.media_source import PlayMedia
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceNotSupported,
    ServiceValidationError,
)
from homeassistant.setup import async_setup_component
import pytest

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import Domain
from custom_components.oceanremote.protocol.domains.media_player import (
    FormatPurpose,
    MediaFormat,
    MediaPlayerActivity as Activity,
    MediaPlayerCommand as Command,
    MediaPlayerFeature,
    MediaPlayerOrder as Order,
    MediaPlayerState as State,
)

from .runtime_support import Device, describe, only_coordinator, report
from .test_entities import show

ALL = (1 << 23) - 1
SHOWN = (
    Feature.PAUSE
    | Feature.VOLUME_SET
    | Feature.VOLUME_MUTE
    | Feature.PREVIOUS_TRACK
    | Feature.NEXT_TRACK
    | Feature.TURN_ON
    | Feature.TURN_OFF
    | Feature.PLAY_MEDIA
    | Feature.VOLUME_STEP
    | Feature.STOP
    | Feature.CLEAR_PLAYLIST
    | Feature.PLAY
    | Feature.SHUFFLE_SET
    | Feature.BROWSE_MEDIA
    | Feature.REPEAT_SET
    | Feature.MEDIA_ANNOUNCE
    | Feature.MEDIA_ENQUEUE
)
FULL = describe(
    Domain.MEDIA_PLAYER,
    "Speaker",
    icon="mdi:speaker",
    feature_flags=ALL,
    supported_formats=(MediaFormat("flac", 48000, 2, FormatPurpose.DEFAULT, 2),),
)
BARE = describe(Domain.MEDIA_PLAYER, "Speaker")


@pytest.mark.parametrize(
    ("said", "state", "attributes"),
    [
        (State(), STATE_UNKNOWN, {"is_volume_muted": False}),
        (
            State(activity=Activity.IDLE, volume=0.25),
            "idle",
            {
                "volume_level": 0.25,
                "is_volume_muted": False,
                "device_class": "speaker",
                "icon": "mdi:speaker",
                "supported_features": SHOWN,
            },
        ),
        (
            State(activity=Activity.PLAYING, volume=1.0, muted=True),
            "playing",
            {"volume_level": 1.0, "is_volume_muted": True},
        ),
        (State(activity=Activity.PAUSED), "paused", {}),
        (State(activity=Activity.ANNOUNCING), "playing", {}),
        (State(activity=Activity.ON), "on", {}),
        (State(activity=Activity.OFF), "off", {}),
    ],
)
async def test_a_media_player_is_shown(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    said: State,
    state: str,
    attributes: dict[str, Any],
) -> None:
    """What it does, how loud, and what it can."""
    entity_id = await show(hass, hub, connected_device, FULL)
    await report(hub, connected_device, FULL, said)
    await hass.async_block_till_done()
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.state == state
    assert attributes.items() <= shown.attributes.items()
    assert ("volume_level" in shown.attributes) is (said.volume is not None)


async def test_a_media_player_goes_with_its_device(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """And none of its states outlives the link."""
    entity_id = await show(hass, hub, connected_device, FULL)
    await report(hub, connected_device, FULL, State(activity=Activity.IDLE))
    await connected_device.hang_up()
    await hass.async_block_till_done()
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.state == STATE_UNAVAILABLE


@pytest.mark.parametrize("feature", MediaPlayerFeature)
async def test_each_feature_is_that_of_home_assistant(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    feature: MediaPlayerFeature,
) -> None:
    """The bits are the same, but those without an order of the device are left out."""
    player = describe(Domain.MEDIA_PLAYER, "Speaker", feature_flags=int(feature))
    entity_id = await show(hass, hub, connected_device, player)
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.attributes["supported_features"] == feature & SHOWN


@pytest.mark.parametrize(
    ("service", "data", "command"),
    [
        ("media_play", {}, Command(order=Order.PLAY)),
        ("media_pause", {}, Command(order=Order.PAUSE)),
        ("media_play_pause", {}, Command(order=Order.PLAY)),
        ("media_stop", {}, Command(order=Order.STOP)),
        ("volume_up", {}, Command(order=Order.VOLUME_UP)),
        ("volume_down", {}, Command(order=Order.VOLUME_DOWN)),
        ("volume_set", {"volume_level": 0.3}, Command(volume=0.3)),
        ("volume_mute", {"is_volume_muted": True}, Command(order=Order.MUTE)),
        ("volume_mute", {"is_volume_muted": False}, Command(order=Order.UNMUTE)),
        ("media_next_track", {}, Command(order=Order.NEXT)),
        ("media_previous_track", {}, Command(order=Order.PREVIOUS)),
        ("clear_playlist", {}, Command(order=Order.CLEAR_PLAYLIST)),
        ("repeat_set", {"repeat": "off"}, Command(order=Order.REPEAT_OFF)),
        ("repeat_set", {"repeat": "one"}, Command(order=Order.REPEAT_ONE)),
        ("repeat_set", {"repeat": "all"}, Command(order=Order.REPEAT_ALL)),
        ("shuffle_set", {"shuffle": True}, Command(order=Order.SHUFFLE)),
        ("shuffle_set", {"shuffle": False}, Command(order=Order.UNSHUFFLE)),
        ("turn_on", {}, Command(order=Order.TURN_ON)),
        ("turn_off", {}, Command(order=Order.TURN_OFF)),
        ("toggle", {}, Command(order=Order.TURN_OFF)),
        (
            "play_media",
            {
                "media_content_id": "http://192.0.2.9/song",
                "media_content_type": "music",
            },
            Command(media_url="http://192.0.2.9/song"),
        ),
        (
            "play_media",
            {
                "media_content_id": "http://192.0.2.9/song",
                "media_content_type": "music",
                "enqueue": "add",
            },
            Command(order=Order.ENQUEUE, media_url="http://192.0.2.9/song"),
        ),
        (
            "play_media",
            {
                "media_content_id": "http://192.0.2.9/bell",
                "media_content_type": "music",
                "announce": True,
            },
            Command(media_url="http://192.0.2.9/bell", announcement=True),
        ),
        (
            "play_media",
            {
                "media_content_id": "http://192.0.2.9/song",
                "media_content_type": "music",
                "enqueue": "replace",
            },
            Command(media_url="http://192.0.2.9/song"),
        ),
    ],
)
async def test_a_media_player_is_commanded(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    service: str,
    data: dict[str, Any],
    command: Command,
) -> None:
    """Every action of Home Assistant is one command."""
    entity_id = await show(hass, hub, connected_device, FULL)
    await report(hub, connected_device, FULL, State(activity=Activity.IDLE))
    await hass.services.async_call(
        "media_player", service, {ATTR_ENTITY_ID: entity_id, **data}, blocking=True
    )
    (sent,) = connected_device.driver.commands
    assert sent.address == FULL.address
    assert sent.args == command.args()


async def test_repeat_and_shuffle_are_what_was_asked_last(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """The device obeys, and does not tell."""
    entity_id = await show(hass, hub, connected_device, FULL)
    await report(hub, connected_device, FULL, State(activity=Activity.IDLE))
    target = {ATTR_ENTITY_ID: entity_id}
    for service, data in (
        ("repeat_set", {"repeat": "all"}),
        ("shuffle_set", {"shuffle": True}),
    ):
        await hass.services.async_call(
            "media_player", service, {**target, **data}, blocking=True
        )
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert {"repeat": "all", "shuffle": True}.items() <= shown.attributes.items()


@pytest.mark.parametrize("enqueue", ["next", "play"])
async def test_a_place_in_the_playlist_is_not_to_be_had(
    hass: HomeAssistant, hub: Hub, connected_device: Device, enqueue: str
) -> None:
    """It says so, and nothing is played."""
    entity_id = await show(hass, hub, connected_device, FULL)
    await report(hub, connected_device, FULL, State(activity=Activity.IDLE))
    data = {"media_content_id": "http://a/b", "media_content_type": "music"}
    with pytest.raises(ServiceValidationError, match=enqueue):
        await hass.services.async_call(
            "media_player",
            "play_media",
            {ATTR_ENTITY_ID: entity_id, "enqueue": enqueue, **data},
            blocking=True,
        )
    assert not connected_device.driver.commands


async def test_an_address_that_is_too_long_is_not_sent(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """The caller is told why."""
    entity_id = await show(hass, hub, connected_device, FULL)
    await report(hub, connected_device, FULL, State(activity=Activity.IDLE))
    data = {
        "media_content_id": "http://192.0.2.9/" + "x" * 2048,
        "media_content_type": "music",
    }
    with pytest.raises(HomeAssistantError, match="media url: text too long"):
        await hass.services.async_call(
            "media_player",
            "play_media",
            {ATTR_ENTITY_ID: entity_id, **data},
            blocking=True,
        )
    assert not connected_device.driver.commands


@pytest.mark.parametrize(
    ("service", "data"),
    [
        ("media_play", {}),
        ("volume_set", {"volume_level": 0.3}),
        ("turn_on", {}),
        ("play_media", {"media_content_id": "a", "media_content_type": "music"}),
    ],
)
async def test_what_a_media_player_cannot_do_is_not_asked(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    service: str,
    data: dict[str, Any],
) -> None:
    """Home Assistant refuses it; nothing reaches the device."""
    entity_id = await show(hass, hub, connected_device, BARE)
    with pytest.raises(ServiceNotSupported):
        await hass.services.async_call(
            "media_player", service, {ATTR_ENTITY_ID: entity_id, **data}, blocking=True
        )
    assert not connected_device.driver.commands


@pytest.mark.parametrize(
    ("from_where", "base"),
    [
        ("192.168.1.20", "http://192.168.1.5:8123"),
        ("fd00::20", "http://192.168.1.5:8123"),
        ("203.0.113.20", "https://home.example.com"),
        ("2001:db8::20", "https://home.example.com"),
    ],
)
async def test_what_home_assistant_plays_is_named_by_an_address_that_leads_there(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    from_where: str,
    base: str,
) -> None:
    """From outside, not by that of the home's own network."""
    await hass.config.async_update(
        internal_url="http://192.168.1.5:8123", external_url="https://home.example.com"
    )
    entity_id = await show(hass, hub, connected_device, FULL)
    await report(hub, connected_device, FULL, State(activity=Activity.IDLE))
    link = only_coordinator(hub).link
    assert link is not None
    link.address = from_where
    with patch(
        "custom_components.oceanremote.media_player.media_source.async_resolve_media",
        return_value=PlayMedia("/api/tts_proxy/abc.mp3", "audio/mpeg"),
    ):
        await hass.services.async_call(
            "media_player",
            "play_media",
            {
                ATTR_ENTITY_ID: entity_id,
                "media_content_id": "media-source://tts/abc",
                "media_content_type": "music",
            },
            blocking=True,
        )
    (sent,) = connected_device.driver.commands
    assert sent.args == {3: f"{base}/api/tts_proxy/abc.mp3"}


async def test_media_are_browsed(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    hass_ws_client: Any,
) -> None:
    """What there is to hear, and nothing to see."""
    assert await async_setup_component(hass, "media_source", {})
    entity_id = await show(hass, hub, connected_device, FULL)
    await report(hub, connected_device, FULL, State(activity=Activity.IDLE))
    root = BrowseMedia(
        title="Media",
        media_class=MediaClass.DIRECTORY,
        media_content_id="",
        media_content_type="",
        can_play=False,
        can_expand=True,
    )
    with patch(
        "custom_components.oceanremote.media_player.media_source.async_browse_media",
        return_value=root,
    ) as browse:
        client = await hass_ws_client()
        await client.send_json_auto_id(
            {"type": "media_player/browse_media", "entity_id": entity_id}
        )
        answer = await client.receive_json()
    assert answer["result"]["title"] == "Media"
    wanted = browse.call_args.kwargs["content_filter"]
    assert [
        wanted(type("Item", (), {"media_content_type": kind}))
        for kind in ("audio/mpeg", "video/mp4")
    ] == [True, False]
