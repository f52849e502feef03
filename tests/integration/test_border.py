"""What Home Assistant cannot hold is refused for that entity, by name, and kept nowhere."""

from collections.abc import AsyncGenerator, Iterable
from dataclasses import replace
from http import HTTPStatus
import logging
from typing import Any

from homeassistant.components.light import ATTR_MAX_COLOR_TEMP_KELVIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.json import json_bytes
from homeassistant.setup import async_setup_component
from homeassistant.util.json import json_loads
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.device.border import MAX_NUMBER, Refusal, refusal_of
from custom_components.oceanremote.diagnostics import async_get_device_diagnostics
from custom_components.oceanremote.protocol import Domain, EntityDescriptor, StateClass
from tests.support.descriptors import changed

from .neighbours import DEPTH, HEALTHY, LAMP, RELAY, Neighbours
from .runtime_support import describe, entity_id_of, eventually

TEMPERATURE = 1 | 2 | 8
VANE = describe(
    Domain.SENSOR,
    "Wind direction",
    state_class=StateClass.MEASUREMENT_ANGLE,
    unit="deg",
)


def light(**changes: Any) -> EntityDescriptor:
    """Return a light with a colour temperature."""
    return changed(LAMP, object_id="broken", name="Broken", **changes)


BROKEN: list[tuple[EntityDescriptor, Refusal]] = [
    (VANE, Refusal.STATE_CLASS_UNIT),
    (light(min_mireds=5e-324), Refusal.COLOR_TEMPERATURE),
    (light(min_mireds=1e-300), Refusal.COLOR_TEMPERATURE),
    (light(min_mireds=-1.0), Refusal.COLOR_TEMPERATURE),
    (light(max_mireds=1e300), Refusal.COLOR_TEMPERATURE),
    (light(min_mireds=500.0, max_mireds=153.0), Refusal.COLOR_TEMPERATURE),
    (describe(Domain.NUMBER, "N", min_value=2.0, max_value=1.0), Refusal.LIMITS),
    (describe(Domain.NUMBER, "N", min_value=101.0), Refusal.LIMITS),
    (describe(Domain.NUMBER, "N", max_value=1e308), Refusal.LIMITS),
    (describe(Domain.NUMBER, "N", min_value=-1e308), Refusal.LIMITS),
    (describe(Domain.NUMBER, "N", step=-0.5), Refusal.STEP),
    (describe(Domain.NUMBER, "N", step=1e308), Refusal.STEP),
    (describe(Domain.SELECT, "S", options=("a", "b" * 256)), Refusal.LONG_OPTION),
    (describe(Domain.SENSOR, "S", unit="m\n2026 ERROR forged"), Refusal.CONTROL),
    (describe(Domain.SENSOR, "S\x1b[2J"), Refusal.CONTROL),
    (describe(Domain.SENSOR, "S\x85"), Refusal.CONTROL),
    (describe(Domain.SENSOR, "S\u202e"), Refusal.CONTROL),
    (describe(Domain.SENSOR, "S", icon="mdi:\u2066"), Refusal.CONTROL),
    (describe(Domain.SENSOR, "S", device_class="a\x00"), Refusal.CONTROL),
    (describe(Domain.SELECT, "S", options=("a", "b\r")), Refusal.CONTROL),
    (light(effects=("a\tb",)), Refusal.CONTROL),
]

FINE: list[EntityDescriptor] = [
    replace(VANE, unit="°"),
    describe(Domain.SENSOR, "S", device_class="timestamp", unit="deg"),
    describe(Domain.SENSOR, "S", device_class="power", unit="bananas"),
    describe(
        Domain.SENSOR,
        "S",
        device_class="power",
        unit="W",
        state_class=StateClass.TOTAL_INCREASING,
    ),
    describe(Domain.NUMBER, "N"),
    describe(Domain.NUMBER, "N", min_value=-MAX_NUMBER, max_value=MAX_NUMBER),
    describe(Domain.NUMBER, "N", min_value=1.0, max_value=1.0, step=0.0),
    describe(Domain.SELECT, "S", options=("ü" * 255, "👩‍🚒")),
    describe(Domain.TEXT_SENSOR, "Feuchte 💧"),
    light(min_mireds=1.0, max_mireds=1e6),
    light(min_mireds=0.0, max_mireds=0.0),
    # Nobody reads the temperatures of a light that has none.
    light(color_modes=(1 | 2,), min_mireds=5e-324),
]


@pytest.fixture
async def neighbours(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> AsyncGenerator[Neighbours]:
    """Return a hub with two devices, online."""
    assert await async_setup_component(hass, "api", {})
    both = await Neighbours.make(hass, hass_client_no_auth)
    yield both
    await both.close()


def saved_registry(hass: HomeAssistant) -> Any:
    """Return what the entity registry would write to disk now."""
    return json_loads(json_bytes(er.async_get(hass)._data_to_save()))


# -- the rules --------------------------------------------------------------


@pytest.mark.parametrize(("descriptor", "refusal"), BROKEN)
def test_what_cannot_be_held_is_refused(
    descriptor: EntityDescriptor, refusal: Refusal
) -> None:
    """For a named reason."""
    assert refusal_of(descriptor) is refusal


@pytest.mark.parametrize("descriptor", FINE)
def test_what_can_be_held_is_not_refused(descriptor: EntityDescriptor) -> None:
    """Even where Home Assistant would have liked something else: it shows it."""
    assert refusal_of(descriptor) is None


# -- in Home Assistant ------------------------------------------------------


@pytest.mark.parametrize("broken", [VANE, *(light for light, _ in BROKEN[1:6])])
async def test_an_entity_beyond_the_border_harms_nobody(
    hass: HomeAssistant,
    neighbours: Neighbours,
    hass_client: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
    broken: EntityDescriptor,
) -> None:
    """Its device works without it, and so does everybody else, after a restart too."""
    for _ in range(2):
        await neighbours.reconnect(neighbours.bad, broken, RELAY)
    await neighbours.bad.report(RELAY, value=True)
    await eventually(lambda: neighbours.state("Bad", RELAY) == "on")
    assert neighbours.state("Bad", broken) == "missing"
    said = [
        line for line in caplog.messages if f"Bad: {broken.name} is left out" in line
    ]
    assert len(said) == 1
    await neighbours.assert_good_is_well()
    await neighbours.restart()
    assert "missing" not in {neighbours.state("Good", entity) for entity in HEALTHY}
    for device in (neighbours.good, neighbours.bad):
        await neighbours.reconnect(device)
    await neighbours.assert_good_is_well()
    assert saved_registry(hass)
    answer = await (await hass_client()).get("/api/states")
    assert answer.status == HTTPStatus.OK
    assert await answer.json()
    assert "Traceback" not in caplog.text


async def test_what_can_be_held_is_shown(neighbours: Neighbours) -> None:
    """With what Home Assistant makes of it, as under its own ESPHome integration."""
    bananas, extreme = FINE[2], FINE[5]
    await neighbours.reconnect(neighbours.bad, bananas, extreme, light(min_mireds=1.0))
    for entity in (bananas, extreme):
        await neighbours.bad.report(entity, 1.5)
        await eventually(lambda entity=entity: neighbours.state("Bad", entity) == "1.5")
    state = neighbours.hass.states.get(
        entity_id_of(
            neighbours.hass,
            "light",
            neighbours.coordinator("Bad"),
            "light-0-broken",
        )
    )
    assert state is not None
    assert state.attributes[ATTR_MAX_COLOR_TEMP_KELVIN] == 1_000_000


async def test_who_is_left_out_is_seen_on_the_page(
    hass: HomeAssistant,
    neighbours: Neighbours,
) -> None:
    """How many, which, and why; until the firmware is mended."""
    left_out = entity_id_of(
        hass, "sensor", neighbours.coordinator("Bad"), "own-left_out"
    )
    assert hass.states.is_state(left_out, "0")
    await neighbours.reconnect(neighbours.bad, VANE, light(min_mireds=1e-300), RELAY)
    shown = hass.states.get(left_out)
    assert shown is not None
    assert shown.state == "2"
    assert set(shown.attributes["entities"]) == {"Wind direction", "Broken"}
    coordinator = neighbours.coordinator("Bad")
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, coordinator.subentry_id), neighbours.hub.entry.entry_id
    )
    assert device is not None
    told = await async_get_device_diagnostics(hass, neighbours.hub.entry, device)
    assert told["left_out"] == [
        {"kind": "sensor", "reason": Refusal.STATE_CLASS_UNIT},
        {"kind": "light", "reason": Refusal.COLOR_TEMPERATURE},
    ]
    await neighbours.reconnect(neighbours.bad, replace(VANE, unit="°"), RELAY)
    assert hass.states.is_state(left_out, "0")
    assert neighbours.state("Bad", VANE) != "missing"


async def test_an_entity_that_is_refused_later_keeps_its_place(
    hass: HomeAssistant, neighbours: Neighbours
) -> None:
    """Unavailable, with all that a person has set, until it can be shown again."""
    good_vane = replace(VANE, unit="°")
    await neighbours.reconnect(neighbours.bad, good_vane, RELAY)
    coordinator = neighbours.coordinator("Bad")
    entity_id = entity_id_of(hass, "sensor", coordinator, "sensor-0-wind_direction")
    await neighbours.bad.report(good_vane, 90.0)
    await eventually(lambda: hass.states.is_state(entity_id, "90.0"))
    er.async_get(hass).async_update_entity(entity_id, name="My vane")
    await neighbours.reconnect(neighbours.bad, VANE, RELAY)
    assert hass.states.is_state(entity_id, "unavailable")
    await neighbours.reconnect(neighbours.bad, good_vane, RELAY)
    await neighbours.bad.report(good_vane, 91.0)
    await eventually(lambda: hass.states.is_state(entity_id, "91.0"))
    entry = er.async_get(hass).async_get(entity_id)
    assert entry is not None
    assert entry.name == "My vane"


async def test_a_bad_state_does_not_remove_its_entity(
    hass: HomeAssistant, neighbours: Neighbours
) -> None:
    """It is unknown where it cannot be shown; what comes next is shown."""
    use = describe(
        Domain.SENSOR, "Use", device_class="energy_distance", unit="kWh/100km"
    )
    await neighbours.reconnect(neighbours.bad, use, RELAY)
    coordinator = neighbours.coordinator("Bad")
    entity_id = entity_id_of(hass, "sensor", coordinator, "sensor-0-use")
    # Home Assistant divides by the value.
    er.async_get(hass).async_update_entity_options(
        entity_id, "sensor", {"unit_of_measurement": "km/kWh"}
    )
    await hass.async_block_till_done()
    await neighbours.bad.report(use, 0.0)
    await neighbours.bad.report(RELAY, value=True)
    await eventually(lambda: neighbours.state("Bad", RELAY) == "on")
    assert hass.states.is_state(entity_id, "unknown")
    await neighbours.bad.report(use, 20.0)
    await eventually(lambda: hass.states.is_state(entity_id, "5.0"))
    await neighbours.restart()
    await neighbours.reconnect(neighbours.bad)
    await neighbours.bad.report(use, 0.0)
    await eventually(lambda: neighbours.state("Bad", use) == "unknown")
    await neighbours.bad.report(use, 20.0)
    await eventually(lambda: neighbours.state("Bad", use) == "5.0")


async def test_an_entity_whose_first_state_is_bad_is_there(
    hass: HomeAssistant, neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Home Assistant takes an entity away whose first state it cannot write."""
    use = describe(
        Domain.SENSOR, "Use", device_class="energy_distance", unit="kWh/100km"
    )
    coordinator = neighbours.coordinator("Bad")
    er.async_get(hass).async_get_or_create(
        "sensor",
        DOMAIN,
        f"{coordinator.subentry_id}-sensor-0-use",
        config_entry=neighbours.hub.entry,
        config_subentry_id=coordinator.subentry_id,
        get_initial_options=lambda: {"sensor": {"unit_of_measurement": "km/kWh"}},
    )
    cache = coordinator.cache
    adopt = cache.set_descriptors

    def adopt_with_state(descriptors: Iterable[EntityDescriptor]) -> None:
        adopt(descriptors)
        cache._states[use.address] = 0.0

    monkeypatch.setattr(cache, "set_descriptors", adopt_with_state)
    await neighbours.reconnect(neighbours.bad, use, RELAY)
    assert neighbours.state("Bad", use) == "unknown"
    await neighbours.bad.report(use, 20.0)
    await eventually(lambda: neighbours.state("Bad", use) == "5.0")


async def test_a_number_beyond_all_devices_is_unknown(neighbours: Neighbours) -> None:
    """No 32 bits hold it; converted to another unit it would be infinite."""
    sensor = describe(Domain.SENSOR, "Big", device_class="temperature", unit="°C")
    await neighbours.reconnect(neighbours.bad, sensor, RELAY)
    await neighbours.bad.report(sensor, 1.0)
    await eventually(lambda: neighbours.state("Bad", sensor) == "1.0")
    await neighbours.bad.report(sensor, 1e300)
    await eventually(lambda: neighbours.state("Bad", sensor) == "unknown")


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("a\tb\nc", "a\tb\nc"),
        ("a\x00b\x1b[2J\x7f\x85", "a\ufffdb\ufffd[2J\ufffd\ufffd"),
        ("\u202eabc\u2066", "\ufffdabc\ufffd"),
        ("👩‍🚒 שלום", "👩‍🚒 שלום"),
    ],
)
async def test_controls_in_a_state_are_shown_as_such(
    neighbours: Neighbours, sent: str, shown: str
) -> None:
    """Tab and newline stay: a state is a text that people read."""
    text = describe(Domain.TEXT_SENSOR, "Text")
    await neighbours.reconnect(neighbours.bad, text)
    await neighbours.bad.report(text, sent)
    await eventually(lambda: neighbours.state("Bad", text) == shown)


async def test_what_a_board_says_of_itself_is_one_line(
    hass: HomeAssistant, neighbours: Neighbours
) -> None:
    """Model and version on the device's page."""
    driver = neighbours.bad.driver
    driver.facts = replace(
        driver.facts, board="esp\n2026 ERROR", project_version="1\x1b[2J\u202e"
    )
    await neighbours.reconnect(neighbours.bad)
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, neighbours.coordinator("Bad").subentry_id),
        neighbours.hub.entry.entry_id,
    )
    assert device is not None
    for said in (device.model, device.model_id, device.sw_version):
        assert (said or "").isprintable()


async def test_no_text_of_a_device_makes_a_line_in_the_log(
    neighbours: Neighbours, caplog: pytest.LogCaptureFixture
) -> None:
    """Not through a warning of Home Assistant's either, which names units."""
    caplog.set_level(logging.DEBUG)
    forged = "\n2026-11-26 12:00:00 ERROR (MainThread) [forged] all is lost"
    sensors = [
        describe(Domain.SENSOR, "Unit", device_class="power", unit=f"W{forged}"),
        describe(Domain.SENSOR, f"Name{forged}"),
        describe(Domain.TEXT_SENSOR, "Text"),
    ]
    await neighbours.reconnect(neighbours.bad, *sensors, RELAY)
    await neighbours.bad.report(sensors[2], f"W{forged}")
    await eventually(lambda: "forged" in neighbours.state("Bad", sensors[2]))
    ours = [
        record
        for record in caplog.records
        if record.name.startswith(("custom_components", "homeassistant.components"))
    ]
    assert ours
    assert not [record for record in ours if forged in record.getMessage()]


async def test_the_stored_description_is_held_to_the_border_too(
    hass: HomeAssistant, neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another version of Home Assistant may hold less than the one that stored it."""
    await neighbours.reconnect(neighbours.bad, DEPTH, RELAY)
    real = refusal_of

    def stricter(descriptor: EntityDescriptor) -> Refusal | None:
        if descriptor.object_id == DEPTH.object_id:
            return Refusal.STATE_CLASS_UNIT
        return real(descriptor)

    monkeypatch.setattr(
        "custom_components.oceanremote.device.left_out.refusal_of", stricter
    )
    await neighbours.restart()
    assert neighbours.state("Bad", RELAY) != "missing"
    assert neighbours.state("Bad", DEPTH) == "unavailable"
    assert len(neighbours.coordinator("Bad").left_out) == 1
