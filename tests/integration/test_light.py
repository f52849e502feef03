"""Lights: ESPHome's colour modes beside Home Assistant's, both ways."""

from typing import Any

from homeassistant.components.light import ColorMode, LightEntityFeature
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.light.color import (
    best_mask,
    cold_warm_of,
    color_mode,
    supported_modes,
    to_byte,
)
from custom_components.oceanremote.protocol import Domain, EntityDescriptor, LightState
from tests.support.commands import light_command

from .runtime_support import (
    Device,
    describe,
    entity_id_of,
    eventually,
    has_told_all,
    only_coordinator,
)

ONOFF, BRIGHTNESS, WHITE, TEMPERATURE, COLD_WARM = 1, 3, 7, 11, 19
RGB, RGBW, RGBT, RGBWW = 35, 39, 47, 51


def lamp(*modes: int, **props: Any) -> EntityDescriptor:
    """Describe a light with these ESPHome colour modes."""
    return describe(Domain.LIGHT, "Lamp", color_modes=modes, **props)


async def light_up(
    hass: HomeAssistant, hub: Hub, device: Device, entity: EntityDescriptor
) -> str:
    """Connect a board with one light; return the entity's id."""
    device.driver.entities = (entity,)
    await device.connect()
    coordinator = only_coordinator(hub)
    await eventually(lambda: has_told_all(coordinator))
    await hass.async_block_till_done()
    return entity_id_of(hass, "light", coordinator, "light-0-lamp")


@pytest.mark.parametrize(
    ("mask", "mode"),
    [
        (0, ColorMode.ONOFF),
        (ONOFF, ColorMode.ONOFF),
        (BRIGHTNESS, ColorMode.BRIGHTNESS),
        (WHITE, ColorMode.WHITE),
        (TEMPERATURE, ColorMode.COLOR_TEMP),
        (COLD_WARM, ColorMode.COLOR_TEMP),
        (RGB, ColorMode.RGB),
        (RGBW, ColorMode.RGBW),
        (RGBT, ColorMode.RGBWW),
        (RGBWW, ColorMode.RGBWW),
    ],
)
def test_every_esphome_mode_has_a_name(mask: int, mode: ColorMode) -> None:
    """The names of ESPHome's own ColorMode table."""
    assert color_mode(mask) is mode


@pytest.mark.parametrize(
    ("masks", "modes"),
    [
        ((), {ColorMode.ONOFF}),
        ((ONOFF,), {ColorMode.ONOFF}),
        ((BRIGHTNESS,), {ColorMode.BRIGHTNESS}),
        ((ONOFF, BRIGHTNESS), {ColorMode.BRIGHTNESS}),
        ((WHITE,), {ColorMode.BRIGHTNESS}),
        ((BRIGHTNESS, RGB, WHITE), {ColorMode.RGB, ColorMode.WHITE}),
        ((TEMPERATURE, RGB), {ColorMode.COLOR_TEMP, ColorMode.RGB}),
    ],
)
def test_home_assistant_takes_no_lesser_mode_beside_a_greater(
    masks: tuple[int, ...], modes: set[ColorMode]
) -> None:
    """On/off and brightness stand alone or not at all."""
    assert supported_modes(masks) == modes


@given(st.lists(st.integers(0, 255), max_size=64))
def test_whatever_a_device_describes_is_a_set_home_assistant_accepts(
    masks: list[int],
) -> None:
    """A device cannot bring the light platform to raise."""
    modes = supported_modes(masks)
    assert modes
    assert len(modes) == 1 or not modes & {ColorMode.ONOFF, ColorMode.BRIGHTNESS}
    assert modes != {ColorMode.WHITE}


def test_the_present_mode_is_kept_where_it_can() -> None:
    """Else the simplest that can; none where none can."""
    assert best_mask((RGB, RGBWW), 32, RGBWW) == RGBWW
    assert best_mask((RGB, RGBWW), 32, TEMPERATURE) == RGB
    assert best_mask((ONOFF,), 32, ONOFF) is None


@pytest.mark.parametrize(
    ("mireds", "shares"),
    [(153, (1.0, 0.0)), (500, (0.0, 1.0)), (326.5, (1.0, 1.0)), (900, (0.0, 1.0))],
)
def test_whites_share_a_temperature(mireds: float, shares: tuple[float, float]) -> None:
    """The stronger one is full."""
    assert cold_warm_of(mireds, 153, 500) == pytest.approx(shares)
    assert cold_warm_of(mireds, 500, 500) == (1.0, 1.0)


@given(st.one_of(st.none(), st.floats(allow_nan=False)))
def test_a_share_is_a_byte_whatever_comes(share: float | None) -> None:
    """Out of range is clamped."""
    assert 0 <= to_byte(share) <= 255


@pytest.mark.parametrize(
    ("entity", "state", "attributes"),
    [
        (lamp(ONOFF), LightState(on=True), {"color_mode": "onoff"}),
        (lamp(BRIGHTNESS), LightState(on=True, brightness=0.5), {"brightness": 128}),
        (
            lamp(RGB),
            LightState(
                on=True,
                brightness=1.0,
                color_mode=RGB,
                rgb=(1.0, 0.5, 0.0),
                color_brightness=0.5,
            ),
            {"color_mode": "rgb", "rgb_color": (128, 64, 0)},
        ),
        (
            lamp(RGBW),
            LightState(
                on=True, brightness=1.0, color_mode=RGBW, rgb=(0.0, 0.0, 1.0), white=0.2
            ),
            {"color_mode": "rgbw", "rgbw_color": (0, 0, 255, 51)},
        ),
        (
            lamp(RGBWW),
            LightState(
                on=True,
                brightness=1.0,
                color_mode=RGBWW,
                rgb=(0.0, 0.0, 0.0),
                cold_white=1.0,
                warm_white=0.4,
            ),
            {"color_mode": "rgbww", "rgbww_color": (0, 0, 0, 255, 102)},
        ),
        (
            lamp(RGBT, min_mireds=153.0, max_mireds=500.0),
            LightState(
                on=True,
                brightness=1.0,
                color_mode=RGBT,
                rgb=(0.0, 0.0, 0.0),
                white=1.0,
                color_temperature=500.0,
            ),
            {"rgbww_color": (0, 0, 0, 0, 255)},
        ),
        (
            lamp(TEMPERATURE, min_mireds=200.0, max_mireds=400.0),
            LightState(
                on=True,
                brightness=1.0,
                color_mode=TEMPERATURE,
                color_temperature=250.0,
            ),
            {
                "color_temp_kelvin": 4000,
                "min_color_temp_kelvin": 2500,
                "max_color_temp_kelvin": 5000,
            },
        ),
        # ESPHome remembers the temperature that cold and warm white were mixed for.
        (
            lamp(COLD_WARM, min_mireds=153.8, max_mireds=370.4),
            LightState(
                on=True,
                brightness=1.0,
                color_mode=COLD_WARM,
                color_temperature=1_000_000 / 2800,
                cold_white=0.1,
                warm_white=1.0,
            ),
            {"color_mode": "color_temp", "color_temp_kelvin": 2800},
        ),
        # Nobody has asked for one yet: the two whites tell.
        (
            lamp(COLD_WARM, min_mireds=200.0, max_mireds=400.0),
            LightState(
                on=True,
                brightness=1.0,
                color_mode=COLD_WARM,
                color_temperature=0.0,
                cold_white=1.0,
                warm_white=1.0,
            ),
            {"color_mode": "color_temp", "color_temp_kelvin": 3333},
        ),
        # `color_interlock`: a colour or the whites, one mode each.
        (
            lamp(RGB, COLD_WARM, min_mireds=200.0, max_mireds=400.0),
            LightState(
                on=True,
                brightness=1.0,
                color_mode=COLD_WARM,
                cold_white=0.0,
                warm_white=0.5,
            ),
            {"color_mode": "color_temp", "color_temp_kelvin": 2500},
        ),
        (
            lamp(COLD_WARM, min_mireds=200.0, max_mireds=400.0),
            LightState(on=True, brightness=1.0, color_mode=COLD_WARM),
            {"color_mode": "color_temp", "color_temp_kelvin": None},
        ),
        # A mode that the description does not have is shown as one that it has.
        (lamp(RGB), LightState(on=True, color_mode=COLD_WARM), {"color_mode": "rgb"}),
        (
            lamp(BRIGHTNESS, effects=("Rainbow",)),
            LightState(on=True, effect="Rainbow"),
            {"effect": "Rainbow", "effect_list": ["off", "Rainbow"]},
        ),
        (
            lamp(BRIGHTNESS, effects=("Rainbow",)),
            LightState(on=True, effect="None"),
            {"effect": "off"},
        ),
    ],
)
async def test_states_of_a_light(
    hass: HomeAssistant,
    hub: Hub,
    enrolled_device: Device,
    entity: EntityDescriptor,
    state: LightState,
    attributes: dict[str, Any],
) -> None:
    """What the device reports, in Home Assistant's units."""
    entity_id = await light_up(hass, hub, enrolled_device, entity)
    await enrolled_device.report(entity, state)
    await eventually(lambda: hass.states.is_state(entity_id, "on"))
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert attributes.items() <= shown.attributes.items()


async def test_a_light_without_a_state_is_unknown(
    hass: HomeAssistant, hub: Hub, enrolled_device: Device
) -> None:
    """A missing value stays missing."""
    entity = lamp(BRIGHTNESS)
    entity_id = await light_up(hass, hub, enrolled_device, entity)
    await enrolled_device.report(entity, LightState(on=True, brightness=1.0))
    await eventually(lambda: hass.states.is_state(entity_id, "on"))
    await enrolled_device.report(entity, LightState(brightness=1.0))
    await eventually(lambda: hass.states.is_state(entity_id, "unknown"))


@pytest.mark.parametrize(
    ("entity", "data", "expected"),
    [
        (lamp(ONOFF), {}, {"on": True}),
        (
            lamp(BRIGHTNESS),
            {"brightness": 51, "transition": 1.5},
            {
                "on": True,
                "brightness": 0.2,
                "color_mode": BRIGHTNESS,
                "transition": 1.5,
            },
        ),
        (lamp(BRIGHTNESS), {"flash": "short"}, {"on": True, "flash": 2.0}),
        (
            lamp(RGB),
            {"rgb_color": [128, 0, 0]},
            {
                "on": True,
                "rgb": (1.0, 0.0, 0.0),
                "color_brightness": 128 / 255,
                "color_mode": RGB,
            },
        ),
        (
            lamp(RGB),
            {"rgb_color": [0, 0, 0]},
            {
                "on": True,
                "rgb": (0.0, 0.0, 0.0),
                "color_brightness": 0.0,
                "color_mode": RGB,
            },
        ),
        (
            lamp(RGBW),
            {"rgbw_color": [0, 255, 0, 51]},
            {
                "on": True,
                "rgb": (0.0, 1.0, 0.0),
                "color_brightness": 1.0,
                "white": 0.2,
                "color_mode": RGBW,
            },
        ),
        (
            lamp(RGBWW),
            {"rgbww_color": [0, 0, 255, 51, 255]},
            {
                "on": True,
                "rgb": (0.0, 0.0, 1.0),
                "color_brightness": 1.0,
                "cold_white": 0.2,
                "warm_white": 1.0,
                "color_mode": RGBWW,
            },
        ),
        (
            lamp(RGBT, min_mireds=200.0, max_mireds=400.0),
            {"rgbww_color": [0, 0, 0, 255, 255]},
            {
                "on": True,
                "rgb": (0.0, 0.0, 0.0),
                "color_brightness": 0.0,
                "white": 1.0,
                "color_temperature": 300.0,
                "color_mode": RGBT,
            },
        ),
        (
            lamp(RGBT, min_mireds=200.0, max_mireds=400.0),
            {"rgbww_color": [255, 0, 0, 0, 0]},
            {
                "on": True,
                "rgb": (1.0, 0.0, 0.0),
                "color_brightness": 1.0,
                "white": 0.0,
                "color_mode": RGBT,
            },
        ),
        (
            lamp(TEMPERATURE, min_mireds=200.0, max_mireds=400.0),
            {"color_temp_kelvin": 4000},
            {"on": True, "color_temperature": 250.0, "color_mode": TEMPERATURE},
        ),
        (
            lamp(COLD_WARM, min_mireds=200.0, max_mireds=400.0),
            {"color_temp_kelvin": 2500},
            {
                "on": True,
                "color_temperature": 400.0,
                "cold_white": 0.0,
                "warm_white": 1.0,
                "color_mode": COLD_WARM,
            },
        ),
        (
            lamp(WHITE, RGB),
            {"white": 51},
            {"on": True, "white": 1.0, "brightness": 0.2, "color_mode": WHITE},
        ),
        (
            lamp(BRIGHTNESS, effects=("Rainbow",)),
            {"effect": "Rainbow"},
            {"on": True, "effect": "Rainbow"},
        ),
        (
            lamp(BRIGHTNESS, effects=("Rainbow",)),
            {"effect": "off"},
            {"on": True, "effect": "None"},
        ),
    ],
)
async def test_commands_to_a_light(
    hass: HomeAssistant,
    hub: Hub,
    enrolled_device: Device,
    entity: EntityDescriptor,
    data: dict[str, Any],
    expected: dict[str, Any],
) -> None:
    """What Home Assistant asks, in the device's units."""
    entity_id = await light_up(hass, hub, enrolled_device, entity)
    await hass.services.async_call(
        "light", "turn_on", {ATTR_ENTITY_ID: entity_id, **data}, blocking=True
    )
    (command,) = enrolled_device.driver.commands
    sent, wanted = command.args, light_command(**expected)
    assert sent.keys() == wanted.keys()
    for key, value in wanted.items():
        assert sent[key] == (value if isinstance(value, str) else pytest.approx(value))


async def test_turning_off(
    hass: HomeAssistant, hub: Hub, enrolled_device: Device
) -> None:
    """Slowly, if so asked."""
    entity_id = await light_up(hass, hub, enrolled_device, lamp(RGB))
    await hass.services.async_call(
        "light",
        "turn_off",
        {ATTR_ENTITY_ID: entity_id, "transition": 2},
        blocking=True,
    )
    (command,) = enrolled_device.driver.commands
    assert command.args == light_command(on=False, transition=2)


@pytest.mark.parametrize(
    ("entity", "features"),
    [
        (lamp(ONOFF), LightEntityFeature.FLASH),
        (lamp(RGB), LightEntityFeature.FLASH | LightEntityFeature.TRANSITION),
        (
            lamp(ONOFF, effects=("Blink",)),
            LightEntityFeature.FLASH | LightEntityFeature.EFFECT,
        ),
    ],
)
async def test_features_follow_the_description(
    hass: HomeAssistant,
    hub: Hub,
    enrolled_device: Device,
    entity: EntityDescriptor,
    features: LightEntityFeature,
) -> None:
    """A lamp that can only be on or off has nothing to fade."""
    entity_id = await light_up(hass, hub, enrolled_device, entity)
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.attributes["supported_features"] == features
