"""The logbook names the device that has called an action."""

from homeassistant.components.logbook import LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.oceanremote.common.const import DOMAIN, EVENT_REQUEST
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.logbook import async_describe_events

from .support import PORCH, TURN_ON, Asking, allowed, permit


async def test_the_logbook_names_the_device(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    described = {}
    async_describe_events(
        hass, lambda domain, event, how: described.update({(domain, event): how})
    )
    fired = async_capture_events(hass, EVENT_REQUEST)
    await permit(hass, hub, allowed(hass, PORCH))
    await asking.ask(TURN_ON, data={"entity_id": PORCH})
    (event,) = fired
    assert described[DOMAIN, EVENT_REQUEST](event) == {
        LOGBOOK_ENTRY_NAME: "Garden pump",
        LOGBOOK_ENTRY_MESSAGE: f"called {TURN_ON}",
    }
    state = hass.states.get(PORCH)
    assert state is not None
    assert state.context.id == event.context.id
