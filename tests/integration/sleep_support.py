"""A board that sleeps, and whoever listens to what becomes of commands to it."""

from dataclasses import replace
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Context, Event, HomeAssistant
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.oceanremote.common.const import CONF_WAITING, EVENT_COMMAND
from custom_components.oceanremote.device.waiting_rules import WaitingRules
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import GoodbyeReason
from tests.support.device_driver import FACTS

from .runtime_support import (
    PUMP,
    Device,
    come_online,
    entity_id_of,
    eventually,
    only_coordinator,
)

SLEEPS = replace(FACTS, sleeps=True)


async def fall_asleep(hub: Hub, device: Device, seconds: int = 600) -> None:
    """Say goodbye for a sleep, and wait until the hub has closed the link."""
    await device.send(device.driver.goodbye(seconds, GoodbyeReason.SLEEP))
    await device.wait_closed()
    await eventually(lambda: not only_coordinator(hub).connected)
    await hub.hass.async_block_till_done()


async def wake_up(hub: Hub, device: Device) -> None:
    """Dial again, tell all, and take what has waited."""
    coordinator = only_coordinator(hub)
    await come_online(hub.hass, device, coordinator)
    # What is known from before its sleep is current until it says otherwise.
    await eventually(lambda: not coordinator.cache._doubted)
    await hub.hass.async_block_till_done()


async def sleeper(hub: Hub, device: Device) -> Device:
    """Return a board, online, that is one of those that sleep; its pump is on."""
    device.driver.facts = SLEEPS
    device.driver.states.setdefault(PUMP.address, True)
    await come_online(hub.hass, device, only_coordinator(hub))
    return device


def pump_of(hub: Hub) -> str:
    """Return the entity id of the pump."""
    return entity_id_of(hub.hass, "switch", only_coordinator(hub), "switch-0-pump")


def allow(hass: HomeAssistant, hub: Hub, **rules: Any) -> None:
    """Choose what waits for the one device."""
    entry: ConfigEntry = hub.entry
    subentry = entry.subentries[only_coordinator(hub).subentry_id]
    hass.config_entries.async_update_subentry(
        entry,
        subentry,
        data={**subentry.data, CONF_WAITING: WaitingRules(**rules).as_data()},
    )


async def call(
    hass: HomeAssistant,
    action: str,
    entity_id: str,
    context: Context | None = None,
    **data: Any,
) -> None:
    """Call an action on an entity, and wait for its end."""
    domain, _, service = action.partition(".")
    await hass.services.async_call(
        domain,
        service,
        {ATTR_ENTITY_ID: entity_id, **data},
        blocking=True,
        context=context,
    )


class Outcomes:
    """The events about commands that have waited."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Listen from now on."""
        self._hass = hass
        self.events: list[Event] = async_capture_events(hass, EVENT_COMMAND)

    @property
    def all(self) -> list[str]:
        """What was said, oldest first."""
        return [event.data["outcome"] for event in self.events]

    async def until(self, *expected: str) -> None:
        """Wait until exactly that was said."""
        await eventually(lambda: len(self.all) >= len(expected))
        await self._hass.async_block_till_done()
        assert self.all == list(expected), [each.data for each in self.events]
