"""A device that asks, a list to judge it by, and things of Home Assistant to ask for."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component

from custom_components.oceanremote.common.const import CONF_PERMITS
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.permits import Permits, PermittedAction
from custom_components.oceanremote.protocol import (
    Answer,
    Import,
    Imported,
    RequestKind,
    RequestParts,
)
from custom_components.oceanremote.requests.targets import async_key_of

from ..runtime_support import Device, only_coordinator

PORCH = "input_boolean.porch"
GATE = "input_boolean.gate"
TURN_ON = "input_boolean.turn_on"


async def set_up_house(hass: HomeAssistant) -> None:
    """Set up two switches that a device may or may not have."""
    assert await async_setup_component(
        hass, "input_boolean", {"input_boolean": {"porch": None, "gate": None}}
    )
    await hass.async_block_till_done()


def permits_of(hub: Hub) -> Permits:
    """Return the list of the only device."""
    subentry = hub.entry.subentries[only_coordinator(hub).subentry_id]
    return Permits.from_data(subentry.data.get(CONF_PERMITS, {}))


def allowed(
    hass: HomeAssistant, *entities: str, action: str = TURN_ON, templates: Any = ()
) -> Permits:
    """Return a list that allows one action."""
    row = PermittedAction(
        frozenset(async_key_of(hass, entity) for entity in entities),
        frozenset(templates),
    )
    return Permits(actions=MappingProxyType({action: row}))


def readable(hass: HomeAssistant, *entities: str) -> Permits:
    """Return a list that allows reading."""
    return Permits(read=frozenset(async_key_of(hass, each) for each in entities))


async def permit(hass: HomeAssistant, hub: Hub, permits: Permits) -> None:
    """Give the only device a list, as its page does."""
    subentry = hub.entry.subentries[only_coordinator(hub).subentry_id]
    data = {**subentry.data, CONF_PERMITS: permits.as_data()}
    hass.config_entries.async_update_subentry(hub.entry, subentry, data=data)
    await hass.async_block_till_done()


@dataclass
class Asking:
    """A device that asks and waits."""

    device: Device

    async def begin(
        self, name: str, kind: RequestKind = RequestKind.ACTION, **parts: Any
    ) -> int:
        """Ask and return the request's id."""
        asked, frames = self.device.driver.ask(
            kind,
            name,
            RequestParts(
                data=tuple(parts.get("data", {}).items()),
                templates=tuple(parts.get("templates", {}).items()),
                variables=tuple(parts.get("variables", {}).items()),
                wants_response=parts.get("wants_response", False),
                response_template=parts.get("response_template"),
            ),
        )
        await self.device.send(frames)
        return asked

    async def answer(self, asked: int) -> Answer:
        """Wait for the answer to a request."""
        await self.device.until(lambda: asked in self.device.driver.answers)
        return self.device.driver.answers[asked]

    async def ask(
        self, name: str, kind: RequestKind = RequestKind.ACTION, **parts: Any
    ) -> Answer:
        """Ask and return the answer."""
        return await self.answer(await self.begin(name, kind, **parts))

    async def want(self, slot: int, entity_id: str, attribute: str = "") -> None:
        """Import an entity."""
        await self.device.send(
            self.device.driver.want(Import(slot, entity_id, attribute))
        )

    async def sees(self, told: Imported) -> None:
        """Wait until the latest that was told of a slot is this."""
        await self.device.until(
            lambda: self.told(told.slot)[-1:] == [told],
        )

    def told(self, slot: int) -> list[Imported]:
        """Return all that was told of a slot."""
        return [each for each in self.device.driver.imported if each.slot == slot]


def is_on(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether a switch is on."""
    state = hass.states.get(entity_id)
    assert state is not None
    return state.state == "on"


def place(hass: HomeAssistant, entity_id: str, **where: Any) -> None:
    """Give an entity an area or labels."""
    er.async_get(hass).async_update_entity(entity_id, **where)
