"""Permanent tokens that grow old are replaced without anybody asking for it."""

from collections.abc import Callable
from dataclasses import replace
import time

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy import renewal
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.vault.errors import VaultWriteError
from custom_components.oceanremote.vault.records import DeviceRecord
from tests.security.hostile.support import audited
from tests.support.device_driver import FACTS

from .runtime_support import Device, come_online, eventually, load, only_coordinator

DAY = 86_400

type Wait = Callable[[float], None]


@pytest.fixture
def pump(hub: Hub) -> DeviceCoordinator:
    """Return the coordinator of the device."""
    return only_coordinator(hub)


@pytest.fixture
def days_later(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Wait:
    """Return a way to set the hub's wall clock, in days from now."""
    real = time.time

    def set_clock(days: float) -> None:
        monkeypatch.setattr(time, "time", lambda: real() + days * DAY)
        monkeypatch.setattr(hub.vault, "_wall_clock", time.time)

    return set_clock


def record_of(pump: DeviceCoordinator) -> DeviceRecord:
    """Return what the vault holds of it."""
    assert pump.record is not None
    return pump.record


def generation(pump: DeviceCoordinator) -> int:
    """Return the generation of the current token, which is the only one."""
    record = record_of(pump)
    assert record.current is not None
    return record.current.generation if record.previous is None else 0


async def renewed_by_itself(hub: Hub) -> int:
    """Return how often the log says so."""
    events = await audited(hub, AuditKind.TOKEN_ROTATED)
    return str([event.detail["what"] for event in events]).count("renewed by itself")


def choose(hass: HomeAssistant, entry: MockConfigEntry, days: int) -> None:
    """Choose after how many days."""
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, "security": {"renew_tokens_after": days}}
    )


async def come_back(device: Device) -> None:
    """Dial again."""
    await device.hang_up()
    await device.connect()


async def test_an_old_token_is_renewed_when_the_device_comes_back(
    hub: Hub, pump: DeviceCoordinator, connected_device: Device, days_later: Wait
) -> None:
    old = connected_device.driver.flash.identity
    days_later(31)
    await come_back(connected_device)
    await eventually(lambda: generation(pump) == 2)
    new = connected_device.driver.flash.identity
    assert (new.generation, new.previous_token) == (2, old.token)
    assert new.token != old.token
    assert await renewed_by_itself(hub) == 1
    # It is young now, and the device keeps its session.
    await pump.async_renew()
    await come_back(connected_device)
    await eventually(lambda: pump.available)
    assert generation(pump) == 2
    assert await renewed_by_itself(hub) == 1


async def test_who_stays_connected_is_asked_at_a_rotation(
    pump: DeviceCoordinator, connected_device: Device, days_later: Wait
) -> None:
    """No session is longer than a day, so nothing else has to look."""
    link = pump.link
    days_later(31)
    await pump.async_renew()
    await eventually(lambda: generation(pump) == 2)
    assert pump.link is link


async def test_a_young_token_stays(
    hub: Hub, pump: DeviceCoordinator, connected_device: Device, days_later: Wait
) -> None:
    days_later(30 * (1 - renewal.SPREAD) - 1)
    before = hub.vault.generation
    await pump.async_renew()
    assert generation(pump) == 1
    assert hub.vault.generation == before


@pytest.mark.parametrize(("days", "passed", "expected"), [(0, 4000, 1), (5, 6, 2)])
async def test_the_owner_chooses_after_how_many_days(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    pump: DeviceCoordinator,
    connected_device: Device,
    days_later: Wait,
    days: int,
    passed: int,
    expected: int,
) -> None:
    """0 is never."""
    choose(hass, hub_entry, days)
    await hass.async_block_till_done()
    days_later(passed)
    await come_back(connected_device)
    await eventually(lambda: pump.available)
    await eventually(lambda: generation(pump) == expected)


@pytest.mark.parametrize("facts", [{"small_store": True}, {"safe_mode": True}])
async def test_a_board_that_should_not_write_is_spared(
    hass: HomeAssistant,
    hub: Hub,
    pump: DeviceCoordinator,
    enrolled_device: Device,
    days_later: Wait,
    facts: dict[str, bool],
) -> None:
    """One sector for everything, or a program that did not start."""
    await come_online(hass, enrolled_device, pump)
    enrolled_device.driver.facts = replace(FACTS, **facts)
    days_later(31)
    await come_back(enrolled_device)
    await eventually(lambda: pump.connected)
    await hass.async_block_till_done()
    assert generation(pump) == 1
    assert not await renewed_by_itself(hub)


async def test_a_quarantined_device_waits_for_its_release(
    hub: Hub, pump: DeviceCoordinator, connected_device: Device, days_later: Wait
) -> None:
    """Of two holders one would lock the other out."""
    await hub.security.trust.async_quarantine(pump, None)
    days_later(31)
    await come_back(connected_device)
    await eventually(lambda: pump.connected)
    assert generation(pump) == 1
    # The release itself begins a new session.
    await hub.security.trust.async_release(pump, None)
    await come_back(connected_device)
    await eventually(lambda: generation(pump) == 2)


async def test_a_device_that_waits_for_approval_waits_for_this_too(
    hub: Hub, pump: DeviceCoordinator, enrolled_device: Device, days_later: Wait
) -> None:
    hub.vault.approval_required = True
    await enrolled_device.connect()
    await eventually(lambda: pump.connected)
    days_later(31)
    await come_back(enrolled_device)
    await eventually(lambda: pump.connected)
    assert generation(pump) == 1


@pytest.mark.parametrize("stored", [False, True])
async def test_a_power_cut_of_the_device(
    hub: Hub,
    pump: DeviceCoordinator,
    connected_device: Device,
    days_later: Wait,
    monkeypatch: pytest.MonkeyPatch,
    stored: bool,
) -> None:
    """Before the token is in flash, or after: it gets in, and has the same one."""
    before = connected_device.driver.flash.identity
    days_later(31)
    await connected_device.hang_up()
    await connected_device.dial()
    connection = connected_device.driver.connection
    monkeypatch.setattr(connection, "confirm_stored", lambda now: None)
    identity = connected_device.driver.flash
    await eventually(lambda: identity.identity.generation == 2)
    await connected_device.hang_up()
    token = connected_device.driver.flash.identity.token
    if not stored:
        connected_device.driver.flash.identity = before
    await connected_device.connect()
    await eventually(lambda: generation(pump) == 2)
    assert connected_device.driver.flash.identity.token == token
    assert await renewed_by_itself(hub) == 1


async def test_a_power_cut_of_the_hub(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    pump: DeviceCoordinator,
    connected_device: Device,
    days_later: Wait,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The token is on disk, and the device has never heard of it."""
    days_later(31)
    await connected_device.hang_up()
    await connected_device.dial()
    monkeypatch.setattr(
        connected_device.driver.connection, "confirm_stored", lambda now: None
    )
    await eventually(lambda: record_of(pump).previous is not None)
    issued = record_of(pump).current
    await connected_device.fall_silent()
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    restarted = await load(hass, hub_entry)
    pump = only_coordinator(restarted)
    assert record_of(pump).current == issued
    await connected_device.connect()
    await eventually(lambda: generation(pump) == 2)
    assert issued is not None
    assert connected_device.driver.flash.identity.token == issued.secret


async def test_a_full_disk_ends_no_session(
    hub: Hub,
    pump: DeviceCoordinator,
    connected_device: Device,
    days_later: Wait,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is said once; a day later it is tried again."""

    async def fail(*_: object) -> None:
        raise VaultWriteError("no space")

    days_later(31)
    with monkeypatch.context() as patch:
        patch.setattr(hub.vault, "rotate_token", fail)
        for _ in range(3):
            await come_back(connected_device)
            await eventually(lambda: pump.available)
    assert len(await audited(hub, AuditKind.STORAGE)) == 1
    assert generation(pump) == 1


async def test_a_clock_in_2100_and_back_renews_once(
    hub: Hub, pump: DeviceCoordinator, connected_device: Device, days_later: Wait
) -> None:
    """The token of 2100 is put down to the clock, until a day has passed by itself."""
    days_later(27_000)
    await come_back(connected_device)
    await eventually(lambda: generation(pump) == 2)
    for days in (0, -20_000, 27_100, 0):
        days_later(days)
        await come_back(connected_device)
        await eventually(lambda: pump.available)
        assert generation(pump) == 2
    assert await renewed_by_itself(hub) == 1
    trust = hub.security.trust
    trust._renewals = renewal.Renewals(hub.now() - renewal.PAUSE)
    await come_back(connected_device)
    await eventually(lambda: generation(pump) == 3)
