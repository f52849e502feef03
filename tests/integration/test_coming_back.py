"""A device that comes back: nothing is written that it has not just said."""

from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
import pytest

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import Domain

from .runtime_support import (
    FLOW,
    PUMP,
    Device,
    describe,
    entity_id_of,
    eventually,
    only_coordinator,
)
from .test_entities import redescribe

BEEP = describe(Domain.BUTTON, "Beep")


class Writes:
    """What is written to the state machine, by entity id."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Listen from now on."""
        self._all: list[tuple[str, str]] = []
        hass.bus.async_listen(EVENT_STATE_CHANGED, self._note)

    def take(self, entity_id: str) -> list[str]:
        """Return the states of one entity since the last time, oldest first."""
        found = [state for name, state in self._all if name == entity_id]
        self._all = [entry for entry in self._all if entry[0] != entity_id]
        return found

    @callback
    def _note(self, event: Event[EventStateChangedData]) -> None:
        if (state := event.data["new_state"]) is not None:
            self._all.append((event.data["entity_id"], state.state))


@pytest.fixture
def writes(hass: HomeAssistant) -> Writes:
    """Return what is written from now on."""
    return Writes(hass)


async def went_away_on(
    hass: HomeAssistant, hub: Hub, device: Device, writes: Writes
) -> str:
    """Let the device hang up with its relay on; return the relay's entity id."""
    relay = entity_id_of(hass, "switch", only_coordinator(hub), "switch-0-pump")
    await device.report(PUMP, value=True)
    await eventually(lambda: hass.states.is_state(relay, "on"))
    await device.hang_up()
    await eventually(lambda: hass.states.is_state(relay, STATE_UNAVAILABLE))
    writes.take(relay)
    return relay


async def test_a_relay_that_fell_meanwhile_is_written_once(
    hass: HomeAssistant, hub: Hub, connected_device: Device, writes: Writes
) -> None:
    """Not "on" first: automations would act on what is no more."""
    relay = await went_away_on(hass, hub, connected_device, writes)
    connected_device.driver.states[PUMP.address] = False
    await connected_device.connect()
    await eventually(lambda: hass.states.is_state(relay, "off"))
    await hass.async_block_till_done()
    assert writes.take(relay) == ["off"]


async def test_the_same_state_is_written_once_too(
    hass: HomeAssistant, hub: Hub, connected_device: Device, writes: Writes
) -> None:
    relay = await went_away_on(hass, hub, connected_device, writes)
    await connected_device.connect()
    await eventually(lambda: hass.states.is_state(relay, "on"))
    await hass.async_block_till_done()
    assert writes.take(relay) == ["on"]


async def test_an_entity_is_there_with_its_first_state_or_with_the_last_of_all(
    hass: HomeAssistant, hub: Hub, connected_device: Device, writes: Writes
) -> None:
    """Whoever has said nothing by then has nothing to say; a button never had."""
    await redescribe(hass, connected_device, PUMP, FLOW, BEEP)
    coordinator = only_coordinator(hub)
    relay = entity_id_of(hass, "switch", coordinator, "switch-0-pump")
    flow = entity_id_of(hass, "sensor", coordinator, "sensor-0-flow")
    button = entity_id_of(hass, "button", coordinator, "button-0-beep")
    await connected_device.report(FLOW, value=7.0)
    await eventually(lambda: hass.states.is_state(flow, "7.0"))
    await connected_device.hang_up()
    driver = connected_device.driver
    driver.states.clear()
    driver.tells_all = False
    for entity in (relay, flow, button):
        writes.take(entity)
    await connected_device.connect()
    await eventually(lambda: not hass.states.is_state(button, STATE_UNAVAILABLE))
    await connected_device.report(PUMP, value=True)
    await eventually(lambda: hass.states.is_state(relay, "on"))
    assert hass.states.is_state(flow, STATE_UNAVAILABLE)
    await connected_device.send(driver.tell_complete())
    await eventually(lambda: hass.states.is_state(flow, STATE_UNKNOWN))
    await hass.async_block_till_done()
    assert writes.take(flow) == [STATE_UNKNOWN]
    assert writes.take(relay) == ["on"]
    assert writes.take(button) == [STATE_UNKNOWN]


async def test_a_rotation_writes_nothing(
    hass: HomeAssistant, hub: Hub, connected_device: Device, writes: Writes
) -> None:
    """Keys change; what is known does not."""
    coordinator = only_coordinator(hub)
    relay = entity_id_of(hass, "switch", coordinator, "switch-0-pump")
    flow = entity_id_of(hass, "sensor", coordinator, "sensor-0-flow")
    await connected_device.report(PUMP, value=True)
    await eventually(lambda: hass.states.is_state(relay, "on"))
    writes.take(relay)
    await coordinator.async_renew()
    assert coordinator.rotations == 1
    await hass.async_block_till_done()
    assert writes.take(relay) == writes.take(flow) == []
    await connected_device.report(PUMP, value=False)
    await eventually(lambda: hass.states.is_state(relay, "off"))
    assert writes.take(relay) == ["off"]


async def test_a_new_program_tells_the_states_anew(
    hass: HomeAssistant, hub: Hub, connected_device: Device, writes: Writes
) -> None:
    """Behind its description; nothing of the old program shows again."""
    relay = await went_away_on(hass, hub, connected_device, writes)
    connected_device.driver.states[PUMP.address] = False
    await redescribe(hass, connected_device, PUMP, FLOW, BEEP)
    await eventually(lambda: hass.states.is_state(relay, "off"))
    await hass.async_block_till_done()
    assert writes.take(relay) == ["off"]


async def test_a_released_device_shows_what_it_says_then(
    hass: HomeAssistant, hub: Hub, connected_device: Device, writes: Writes
) -> None:
    """What was said before or during the quarantine is nobody's state now."""
    coordinator = only_coordinator(hub)
    relay = entity_id_of(hass, "switch", coordinator, "switch-0-pump")
    await connected_device.report(PUMP, value=True)
    await eventually(lambda: hass.states.is_state(relay, "on"))
    trust = hub.security.trust
    await trust.async_quarantine(coordinator, None)
    await eventually(lambda: hass.states.is_state(relay, STATE_UNAVAILABLE))
    writes.take(relay)
    await connected_device.report(PUMP, value=False)
    await trust.async_release(coordinator, None)
    await eventually(lambda: hass.states.is_state(relay, "off"))
    await hass.async_block_till_done()
    assert writes.take(relay) == ["off"]
