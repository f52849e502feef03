"""What the end-to-end tests do again and again."""

import asyncio
from dataclasses import dataclass

from lab.firmware import Device
from lab.flows import Enrolment
from lab.house import House

from .conftest import BENCH

REGISTERED = r"bench: registered"
SESSION = r"bench: session"


@dataclass
class Enrolled:
    """A bench device that runs and has a session."""

    house: House
    enrolment: Enrolment
    device: Device
    entities: dict[str, str]

    def entity(self, unique: str) -> str:
        """Return the entity id of a device's entity, by the end of its unique id."""
        return self.entities[unique]

    async def set_relay(self, on: bool) -> None:
        """Switch the relay, as a person does."""
        relay = self.entity("switch-0-relay")
        # Home Assistant tells an entity that is not available nothing, and says nothing.
        await self.house.client.wait_for_state(relay, lambda it: it in ("on", "off"))
        action = "switch.turn_on" if on else "switch.turn_off"
        await self.house.client.call(action, entity_id=relay)


async def prepare(
    house: House,
    name: str,
    mac: str,
    url: str | None = None,
    *,
    same_board_as: str | None = None,
) -> tuple[Enrolment, Device]:
    """Add a device in the user interface and compile its firmware; do not start it."""
    enrolment = await house.add_device(name)
    device = await house.flash(
        name, BENCH, enrolment, mac=mac, url=url, same_board_as=same_board_as
    )
    return enrolment, device


async def enrol(house: House, name: str, mac: str, url: str | None = None) -> Enrolled:
    """Bring a bench device all the way to a session with its entities."""
    enrolment, device = await prepare(house, name, mac, url)
    await device.start()
    await device.wait_for_log(REGISTERED)
    await device.wait_for_log(SESSION)
    entities = await wait_for_relay(house, enrolment)
    return Enrolled(house, enrolment, device, entities)


async def wait_for_relay(house: House, enrolment: Enrolment) -> dict[str, str]:
    """Wait for the description and the first states; return the entities."""
    entities: dict[str, str] = {}
    while "switch-0-relay" not in entities:
        entities = await house.entity_ids(enrolment.subentry_id)
    await house.client.wait_for_state(entities["switch-0-relay"], "off")
    # Platforms that nobody has needed before are loaded one after the other.
    before: dict[str, str] = {}
    while before != entities:
        before = entities
        await asyncio.sleep(0.5)
        entities = await house.entity_ids(enrolment.subentry_id)
    return entities


async def audit_text(house: House) -> str:
    """Return the latest records of the audit log."""
    answer = await house.client.call(
        "oceanremote.export_audit", {"limit": 50}, response=True
    )
    return str(answer)
