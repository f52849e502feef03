"""A device on a real WebSocket to a test Home Assistant, and the entities it brings."""

import asyncio
import base64
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType
from aiohttp.test_utils import TestClient
from homeassistant.config_entries import ConfigSubentry, ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.oceanremote.admission.return_tickets import HEADER
from custom_components.oceanremote.audit.record import SecurityRecord
from custom_components.oceanremote.common.const import (
    CONF_BOARD,
    CONF_ENROLMENT_ID,
    CONF_URLS,
    CONNECT_PATH,
    DOMAIN,
    SUBENTRY_DEVICE,
)
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.protocol import (
    Domain,
    EntityAddress,
    EntityDescriptor,
    KeyPair,
    RegistrationToken,
)
from custom_components.oceanremote.protocol.domains import StateValue
from custom_components.oceanremote.vault import Vault, default_key_path, vault_path
from tests.support import descriptors
from tests.support.device_driver import DeviceDriver

PATIENCE = 10.0
MAC = bytes.fromhex("a0b1c2d3e4f5")
OTHER_MAC = bytes.fromhex("a0b1c2d3e4f6")


def describe(domain: Domain, name: str, **props: object) -> EntityDescriptor:
    """Return a descriptor whose key and object id follow from its name."""
    object_id = name.lower().replace(" ", "_")
    key = int.from_bytes(object_id.encode()[-4:])
    return descriptors.describe(
        address=EntityAddress(domain, 0, key), object_id=object_id, name=name, **props
    )


PUMP = describe(Domain.SWITCH, "Pump")
FLOW = describe(Domain.SENSOR, "Flow", unit="L/min", accuracy_decimals=1)


class Device:
    """A `DeviceDriver` that dials, in the background, until it hangs up."""

    def __init__(self, client: TestClient, driver: DeviceDriver) -> None:
        """Own a driver; `dial` begins a link."""
        self.driver = driver
        self.close_code: int | None = None
        self._client = client
        self._socket: ClientWebSocketResponse | None = None
        self._task: asyncio.Task[None] | None = None

    async def dial(self) -> None:
        """Open a link and answer whatever comes."""
        self.driver.connect()
        self.close_code = None
        self._socket = await self._client.ws_connect(
            CONNECT_PATH, headers=self._shown()
        )
        await self.send(self.driver.connection.frames_to_send())
        self._task = asyncio.create_task(self._pump(self._socket))

    async def dial_half_open(self) -> list[bytes]:
        """Open a link up to the hub's ACCEPT; return the proof, held back."""
        self.driver.connect()
        self.close_code = None
        self._socket = await self._client.ws_connect(
            CONNECT_PATH, headers=self._shown()
        )
        frames = self.driver.connection.frames_to_send()
        for _ in ("HELLO", "ACCEPT"):
            await self.send(frames)
            frames = self.driver.receive(await self._socket.receive_bytes())
        self._task = asyncio.create_task(self._pump(self._socket))
        return frames

    def _shown(self) -> dict[str, str]:
        if not self.driver.ticket:
            return {}
        text = base64.urlsafe_b64encode(self.driver.ticket).rstrip(b"=").decode()
        return {HEADER: text}

    async def connect(self) -> None:
        """Dial and wait for the hub's welcome."""
        await self.dial()
        await self.until(lambda: self.welcomed)

    @property
    def welcomed(self) -> bool:
        """Whether the hub has welcomed the present epoch."""
        return self.driver.connection.welcomed

    async def send(self, frames: Iterable[bytes]) -> None:
        """Send frames as they are."""
        assert self._socket is not None
        for frame in frames:
            await self._socket.send_bytes(frame)

    async def send_at_once(self, frames: Iterable[bytes]) -> None:
        """Send frames so that they wait at the hub one behind the other."""
        assert self._socket is not None
        await asyncio.gather(*map(self._socket.send_bytes, frames))

    async def send_text(self, text: str) -> None:
        """Send what no device sends."""
        assert self._socket is not None
        await self._socket.send_str(text)

    async def report(self, descriptor: EntityDescriptor, value: StateValue) -> None:
        """Report a state."""
        await self.send(self.driver.report(descriptor.address, value))

    async def hang_up(self) -> None:
        """Close the link as a device does that is switched off in good order."""
        if self._socket is not None:
            await self._socket.close()
        if self._task is not None:
            await self._task

    async def fall_silent(self) -> None:
        """Neither read nor answer any more, and leave the line open."""
        task, self._task = self._task, None
        assert task is not None
        task.cancel()
        await asyncio.wait([task])

    async def wait_closed(self) -> int | None:
        """Wait for the end of the link; return the close code."""
        assert self._task is not None
        async with asyncio.timeout(PATIENCE):
            await self._task
        return self.close_code

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something has become true; a link's end does not stop it."""
        await eventually(condition)

    async def _pump(self, socket: ClientWebSocketResponse) -> None:
        while True:
            message = await socket.receive()
            if message.type is not WSMsgType.BINARY:
                self.close_code = socket.close_code
                return
            frames = self.driver.receive(message.data)
            if socket.closed:
                return
            await self.send(frames)


def another_board(device: Device, **stolen: Any) -> Device:
    """Return another board whose flash holds only the device's YAML.

    `stolen` replaces fields of its identity: registration, key, mac, token, generation.
    """
    flash = device.driver.flash.identity
    assert flash.registration is not None
    driver = DeviceDriver(
        flash.hub_public, flash.registration, flash.mac, device.driver.entities
    )
    driver.flash.identity = replace(driver.flash.identity, **stolen)
    driver.connect()
    return Device(device._client, driver)


def flash_copy(device: Device, *, ahead: int = 0, **changed: Any) -> Device:
    """Return another board with the device's whole flash, `ahead` in its counter."""
    copy = another_board(device)
    copy.driver.flash.identity = replace(device.driver.flash.identity, **changed)
    copy.driver.flash.counter = device.driver.flash.counter + ahead
    return copy


def flash_again(device: Device, token: RegistrationToken, **changes: KeyPair) -> None:
    """Give the board another YAML: it registers anew with the key that it has."""
    flash = device.driver.flash
    flash.identity = replace(
        flash.identity,
        registration=token,
        generation=0,
        token=None,
        previous_token=None,
        **changes,
    )


async def eventually(condition: Callable[[], object]) -> None:
    """Wait until something has become true."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - the condition is anybody's
            await asyncio.sleep(0.005)


def device_subentry(number: int, title: str) -> ConfigSubentryData:
    """Return what "Add device" creates."""
    return ConfigSubentryData(
        data={CONF_ENROLMENT_ID: f"enrolment{number}", CONF_BOARD: "host"},
        subentry_type=SUBENTRY_DEVICE,
        title=title,
        unique_id=None,
    )


def make_subentry(number: int, title: str) -> ConfigSubentry:
    """Return the same as an object, to add to a loaded entry."""
    data = device_subentry(number, title)
    return ConfigSubentry(
        data=MappingProxyType(data["data"]),
        subentry_type=data["subentry_type"],
        title=title,
        unique_id=None,
    )


async def make_entry(hass: HomeAssistant, *titles: str) -> MockConfigEntry:
    """Return the hub's config entry with devices of these names, its vault made."""
    vault = await Vault.open(
        hass, vault_path(hass), default_key_path(hass), create=True
    )
    await vault.stop()
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="OceanRemote",
        data={CONF_URLS: ["ws://127.0.0.1:8123"]},
        subentries_data=[
            device_subentry(number, title) for number, title in enumerate(titles)
        ],
    )
    entry.add_to_hass(hass)
    return entry


async def load(hass: HomeAssistant, entry: MockConfigEntry) -> Hub:
    """Set an entry up, whether or not it was loaded before; return its hub."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    hub: Hub = entry.runtime_data.hub
    return hub


@asynccontextmanager
async def loaded(
    hass: HomeAssistant, entry: MockConfigEntry
) -> AsyncGenerator[MockConfigEntry]:
    """Keep an entry's hub loaded as long as a test needs it."""
    await load(hass, entry)
    # As Home Assistant's own server: platforms that bring pages may come later.
    hass.http.app._router.freeze = lambda: None  # type: ignore[method-assign]
    yield entry
    known = hass.config_entries.async_get_entry(entry.entry_id)
    if known is not None and known.state.recoverable:
        await hass.config_entries.async_unload(entry.entry_id)


async def come_online(
    hass: HomeAssistant, device: Device, coordinator: DeviceCoordinator
) -> Device:
    """Let a board dial until it has told all; return it."""
    await device.connect()
    await eventually(lambda: has_told_all(coordinator))
    await hass.async_block_till_done()
    return device


def only_coordinator(hub: Hub) -> DeviceCoordinator:
    """Return the one device's coordinator."""
    (coordinator,) = hub.coordinators.values()
    return coordinator


def has_told_all(coordinator: DeviceCoordinator) -> bool:
    """Return whether a device is there and every entity of it, too."""
    return coordinator.available and all(
        coordinator.cache.is_current(descriptor.address)
        for descriptor in coordinator.cache.descriptors.values()
    )


async def report(
    hub: Hub, device: Device, entity: EntityDescriptor, said: StateValue
) -> None:
    """Have an entity of the one device say something, and wait until it is known."""
    await device.report(entity, said)
    states = only_coordinator(hub).cache.states
    await eventually(lambda: states.get(entity.address, ...) == said)


def entity_id_of(
    hass: HomeAssistant, platform: str, coordinator: DeviceCoordinator, tail: str
) -> str:
    """Return the entity id behind `{subentry}-{tail}`."""
    found = er.async_get(hass).async_get_entity_id(
        platform, DOMAIN, f"{coordinator.subentry_id}-{tail}"
    )
    assert found is not None
    return found


def state_of(
    hass: HomeAssistant, platform: str, coordinator: DeviceCoordinator, tail: str
) -> str:
    """Return the state of the entity behind `{subentry}-{tail}`."""
    state = hass.states.get(entity_id_of(hass, platform, coordinator, tail))
    assert state is not None
    return state.state


class Records:
    """What the hub has recorded, for tests that look for a reason."""

    def __init__(self, hub: Hub) -> None:
        """Listen from now on."""
        self.all: list[SecurityRecord] = []
        self.stop = hub.log.listen(self.all.append)

    def of(self, kind: AuditKind) -> list[SecurityRecord]:
        """Return the records of one kind."""
        return [record for record in self.all if record.kind is kind]


class Skew:
    """Makes the hub's monotonic clock run ahead, and its links look at it."""

    def __init__(self, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take over the clock of one hub."""
        self._hub = hub
        self._seconds = 0.0
        monkeypatch.setattr(hub, "now", self.now)

    def now(self) -> float:
        """Return the hub's time."""
        return self._hub.hass.loop.time() + self._seconds

    async def forward(self, seconds: float) -> None:
        """Let time pass for every timer of the hub.

        Timers know the loop's own time only, so they fire by the sum of all skews.
        """
        self._seconds += seconds
        async_fire_time_changed(
            self._hub.hass, dt_util.utcnow() + timedelta(seconds=self._seconds)
        )
        await self._hub.hass.async_block_till_done()
