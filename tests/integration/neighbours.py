"""Two devices of one hub: one that does harm, and its healthy neighbour."""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import Domain, EntityDescriptor
from tests.support.device_driver import DeviceDriver

from .runtime_support import (
    MAC,
    OTHER_MAC,
    Device,
    describe,
    entity_id_of,
    eventually,
    has_told_all,
    make_entry,
)

RELAY = describe(Domain.SWITCH, "Relay")
LAMP = describe(
    Domain.LIGHT,
    "Lamp",
    color_modes=(1 | 2 | 8,),
    min_mireds=153.0,
    max_mireds=500.0,
)
DEPTH = describe(Domain.SENSOR, "Depth", unit="m")
HEALTHY = (RELAY, LAMP, DEPTH)


class Neighbours:
    """A hub with two boards that have registered: "Bad" and "Good"."""

    def __init__(
        self, hass: HomeAssistant, hub: Hub, bad: Device, good: Device
    ) -> None:
        """Join what `neighbours` has made."""
        self.hass = hass
        self.bad = bad
        self.good = good
        self._hub = hub

    @classmethod
    async def make(
        cls,
        hass: HomeAssistant,
        hass_client_no_auth: ClientSessionGenerator,
        bad: Iterable[EntityDescriptor] = (RELAY,),
    ) -> Neighbours:
        """Set up the hub and let both come online with their entities."""
        entry = await make_entry(hass, "Bad", "Good")
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        hub: Hub = entry.runtime_data.hub
        client = await hass_client_no_auth()
        devices = []
        for mac, entities, coordinator in zip(
            (MAC, OTHER_MAC),
            (tuple(bad), HEALTHY),
            hub.coordinators.values(),
            strict=True,
        ):
            token, _ = await hub.async_issue_registration_token(coordinator.subentry_id)
            driver = DeviceDriver(hub.vault.hub_key.public, token, mac, entities)
            devices.append(Device(client, driver))
        both = cls(hass, hub, *devices)
        for device, coordinator in zip(devices, hub.coordinators.values(), strict=True):
            await device.connect()
            await both._until_available(coordinator)
        await hass.async_block_till_done()
        return both

    async def _until_available(self, coordinator: DeviceCoordinator) -> None:
        await eventually(lambda: has_told_all(coordinator))

    @property
    def hub(self) -> Hub:
        """The hub as it is now: a restart makes another."""
        (entry,) = self.hass.config_entries.async_entries(DOMAIN)
        hub: Hub = entry.runtime_data.hub
        return hub

    def coordinator(self, name: str) -> DeviceCoordinator:
        """Return the coordinator of a device by its name."""
        (found,) = (c for c in self.hub.coordinators.values() if c.name == name)
        return found

    async def restart(self) -> None:
        """Load the hub anew, with both boards switched off meanwhile."""
        await self.bad.hang_up()
        await self.good.hang_up()
        await self.hass.async_block_till_done()
        (entry,) = self.hass.config_entries.async_entries(DOMAIN)
        await self.hass.config_entries.async_reload(entry.entry_id)
        await self.hass.async_block_till_done()

    async def reconnect(self, device: Device, *entities: EntityDescriptor) -> None:
        """Let a device come back, with another program if one is named."""
        await device.hang_up()
        await self.hass.async_block_till_done()
        if entities:
            device.driver.entities = entities
        await device.connect()
        await self._until_available(
            self.coordinator("Bad" if device is self.bad else "Good")
        )
        await self.hass.async_block_till_done()

    def state(self, name: str, entity: EntityDescriptor) -> str:
        """Return the state of an entity of a device; "missing" where there is none."""
        domain = entity.address.domain
        platform = "sensor" if domain is Domain.TEXT_SENSOR else domain.name.lower()
        tail = f"{domain.name.lower()}-0-{entity.object_id}"
        try:
            entity_id = entity_id_of(self.hass, platform, self.coordinator(name), tail)
        except AssertionError:
            return "missing"
        state = self.hass.states.get(entity_id)
        return "missing" if state is None else state.state

    async def assert_good_is_well(self) -> None:
        """Its link, entities, states and commands' way are as if it were alone."""
        assert self.coordinator("Good").available
        assert "missing" not in {self.state("Good", entity) for entity in HEALTHY}
        value = float(len(self.good.driver.events) + 1)
        await self.good.report(DEPTH, value)
        await eventually(lambda: self.state("Good", DEPTH) == str(value))

    async def close(self) -> None:
        """Hang both up and unload the hub."""
        await self.bad.hang_up()
        await self.good.hang_up()
        await self.hass.async_block_till_done()
        (entry,) = self.hass.config_entries.async_entries(DOMAIN)
        await self.hass.config_entries.async_unload(entry.entry_id)
