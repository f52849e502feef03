"""Events that a device fires and tags that it scans."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.oceanremote.common.const import CONF_ACCOUNT, DOMAIN
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.permits import ANY_TAG, Permits
from custom_components.oceanremote.protocol import AnswerStatus, RequestKind

from ..runtime_support import only_coordinator
from .support import Asking, permit

EVENT = RequestKind.EVENT
TAG = RequestKind.TAG
DONE = AnswerStatus.DONE
REFUSED = AnswerStatus.NOT_ALLOWED


def _page(hass: HomeAssistant, hub: Hub) -> str:
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, only_coordinator(hub).subentry_id), hub.entry.entry_id
    )
    assert device is not None
    return device.id


async def test_a_listed_event_is_fired_in_the_devices_name(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    fired = async_capture_events(hass, "doorbell")
    assert (await asking.ask("doorbell", EVENT)).status is REFUSED
    text = "{{ n }}"
    await permit(
        hass,
        hub,
        Permits(events=frozenset({"doorbell"}), event_templates=frozenset({text})),
    )
    answer = await asking.ask(
        "doorbell",
        EVENT,
        data={"button": "left", "device_id": "another"},
        templates={"n": text},
        variables={"n": "2"},
    )
    assert answer.status is DONE
    (event,) = fired
    assert event.data == {"button": "left", "n": 2, "device_id": _page(hass, hub)}
    assert event.context.user_id == hub.entry.data[CONF_ACCOUNT]
    answer = await asking.ask("doorbell", EVENT, templates={"n": "{{ 1 }}"})
    assert answer.status is REFUSED


@pytest.mark.parametrize(
    "event",
    [
        "homeassistant_stop",
        "state_changed",
        "call_service",
        "tag_scanned",
        "entity_registry_updated",
        "automation_reloaded",
        "user_removed",
        "oceanremote_request",
    ],
)
async def test_no_event_of_home_assistant_is_fired_even_if_it_is_listed(
    hass: HomeAssistant, hub: Hub, asking: Asking, event: str
) -> None:
    await permit(hass, hub, Permits(events=frozenset({event})))
    fired = async_capture_events(hass, event)
    before = len(fired)
    assert (await asking.ask(event, EVENT)).status is REFUSED
    assert len(fired) == before


@pytest.mark.parametrize("listed", ["04-A1", ANY_TAG])
async def test_a_listed_tag_is_scanned_in_the_devices_name(
    hass: HomeAssistant, hub: Hub, asking: Asking, listed: str
) -> None:
    scanned = async_capture_events(hass, "tag_scanned")
    await permit(hass, hub, Permits(tags=frozenset({listed})))
    assert (await asking.ask("04-A1", TAG)).status is AnswerStatus.FAILED
    assert await async_setup_component(hass, "tag", {})
    assert (await asking.ask("04-A1", TAG)).status is DONE
    other = await asking.ask("04-B2", TAG)
    assert other.status is (DONE if listed == ANY_TAG else REFUSED)
    assert scanned[0].data["tag_id"] == "04-A1"
    assert scanned[0].data["device_id"] == _page(hass, hub)
    assert scanned[0].context.user_id == hub.entry.data[CONF_ACCOUNT]
