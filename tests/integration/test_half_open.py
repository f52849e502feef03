"""Whatever fails or is broken off in a set-up or a stop: nothing stays half open."""

import asyncio
from collections.abc import Callable, Iterator
import contextlib
from contextlib import contextmanager
import threading
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntries, ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.admission.store import BanStore
from custom_components.oceanremote.audit import log as audit_log
from custom_components.oceanremote.audit.log import AuditLog
from custom_components.oceanremote.audit.startup import async_open_audit
from custom_components.oceanremote.device.description_store import DescriptionStore
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.hub.security import Security
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.audit.record import Actor, AuditEvent, Outcome
from custom_components.oceanremote.transport.connect import DATA_HOST
from custom_components.oceanremote.vault import (
    Vault,
    default_key_path,
    file as vault_file,
    vault_path,
)
from custom_components.oceanremote.vault.writer import VaultWriter

from .runtime_support import Device, eventually, make_entry, only_coordinator

GOING_AWAY = 1001
PLACE = "custom_components.oceanremote"


async def set_up_again(hass: HomeAssistant, entry: MockConfigEntry) -> Hub:
    """Set the hub up, which needs everything that the last one held."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    hub: Hub = entry.runtime_data.hub
    assert hass.data[DATA_HOST] is hub
    return hub


@pytest.mark.parametrize(
    "broken",
    [
        (DescriptionStore, "async_close"),
        (BanStore, "async_close"),
        (AuditLog, "flush"),
        (VaultWriter, "_commit"),
    ],
)
async def test_a_step_of_the_stop_that_fails_is_the_only_one(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
    broken: tuple[type, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The hub unloads all the same, and its next set-up finds nothing open."""
    with patch.object(*broken, side_effect=RuntimeError("broken step")):
        assert await hass.config_entries.async_unload(hub_entry.entry_id)
    assert hub_entry.state is ConfigEntryState.NOT_LOADED
    assert await connected_device.wait_closed() == GOING_AWAY
    assert hub.vault.stopping
    assert "broken step" in caplog.text
    again = await set_up_again(hass, hub_entry)
    assert (await again.security.trail.log.verify()).intact


@pytest.mark.parametrize("error", [RuntimeError("broken"), asyncio.CancelledError()])
@pytest.mark.parametrize(
    "broken",
    [
        (Hub, "__init__"),
        (Hub, "async_start"),
        (Security, "async_start"),
        (ConfigEntries, "async_forward_entry_setups"),
        (f"{PLACE}.async_open_audit",),
        (f"{PLACE}.async_create_hub_device",),
        (f"{PLACE}.async_delete_vault_issue",),
    ],
)
async def test_a_step_of_the_set_up_that_fails_leaves_nothing_open(
    hass: HomeAssistant, broken: tuple[Any, ...], error: BaseException
) -> None:
    """Whether it fails or is broken off: the next set-up begins from nothing."""
    entry = await make_entry(hass, "Garden pump")
    patcher = patch if len(broken) == 1 else patch.object
    with (
        patcher(*broken, side_effect=error),
        # After a start that fails, a step of the stop does as well.
        patch.object(DescriptionStore, "async_close", side_effect=OSError("broken")),
        contextlib.suppress(asyncio.CancelledError),
    ):
        assert not await hass.config_entries.async_setup(entry.entry_id)
    assert DATA_HOST not in hass.data
    await hass.config_entries.async_unload(entry.entry_id)
    await set_up_again(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_platforms_of_a_set_up_that_fails_are_taken_back(
    hass: HomeAssistant,
) -> None:
    """Otherwise the next set-up would hear that each has already been set up."""
    entry = await make_entry(hass, "Garden pump")
    forward = ConfigEntries.async_forward_entry_setups

    async def fail_late(entries: ConfigEntries, *args: Any) -> None:
        await forward(entries, *args)
        raise RuntimeError("too late")

    with patch.object(ConfigEntries, "async_forward_entry_setups", fail_late):
        assert not await hass.config_entries.async_setup(entry.entry_id)
    assert {state.state for state in hass.states.async_all("sensor")} == {"unavailable"}
    await hass.config_entries.async_unload(entry.entry_id)
    await set_up_again(hass, entry)
    status = hass.states.get("sensor.garden_pump_status")
    assert status is not None
    assert status.state == "not_enrolled"
    await hass.config_entries.async_unload(entry.entry_id)


class SlowDisk:
    """Holds back every call of a blocking function until `let_go`; counts them."""

    def __init__(self, work: Callable[..., Any]) -> None:
        """Stand in front of `work`."""
        self.at_once = 0
        self.most_at_once = 0
        self.calls = 0
        self._work = work
        self._lock = threading.Lock()
        self._free = threading.Event()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Wait, then do the work."""
        with self._lock:
            self.calls += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            self._free.wait(10)
            return self._work(*args, **kwargs)
        finally:
            with self._lock:
                self.at_once -= 1

    def let_go(self) -> None:
        """Be fast from now on."""
        self._free.set()


@pytest.fixture
def slow_audit() -> Iterator[Callable[[], contextlib.AbstractContextManager[SlowDisk]]]:
    """Return a context in which the audit log lies on a disk that stands still."""
    disks: list[SlowDisk] = []

    @contextmanager
    def slow() -> Iterator[SlowDisk]:
        disk = SlowDisk(audit_log._write)
        disks.append(disk)
        with patch.object(audit_log, "_write", disk):
            try:
                yield disk
            finally:
                disk.let_go()

    yield slow
    for disk in disks:
        disk.let_go()


def event(number: int) -> AuditEvent:
    """Return something to write down."""
    return AuditEvent(
        float(number),
        AuditKind.SESSION,
        Outcome.DONE,
        Actor(device=f"device{number}"),
        {},
    )


async def test_a_stop_waits_for_the_writer_of_the_audit_log(
    hass: HomeAssistant,
    hub: Hub,
    slow_audit: Callable[[], contextlib.AbstractContextManager[SlowDisk]],
) -> None:
    """Home Assistant cancels the background task; its thread is still in the file."""
    log = hub.security.trail.log
    await log.flush()
    with slow_audit() as disk:
        log.append(event(1))
        await eventually(lambda: disk.at_once)
        stopping = hass.async_create_task(hass.async_stop(force=True))
        await asyncio.sleep(0.2)
        assert disk.most_at_once == 1
        disk.let_go()
        await stopping
        assert disk.most_at_once == 1
    files = log.opened.files
    again = await async_open_audit(hass, lambda: hub.vault.generation)
    assert again.opened.repaired == ""
    assert again.opened.cut == ""
    assert any("device1" in line for line in await again.read(20)), files
    await again.stop()


async def test_a_stop_waits_for_the_writer_of_the_vault(
    hass: HomeAssistant, hub: Hub
) -> None:
    """What was begun before the stop is on disk after it, and counts."""
    coordinator = only_coordinator(hub)
    disk = SlowDisk(vault_file.SealedFile.write)

    def write(*args: Any) -> None:
        disk(*args)

    with patch.object(vault_file.SealedFile, "write", write):
        issuing = asyncio.create_task(
            hub.async_issue_registration_token(coordinator.subentry_id)
        )
        await eventually(lambda: disk.at_once)
        stopping = hass.async_create_task(hass.async_stop(force=True))
        await asyncio.sleep(0.1)
        assert not stopping.done()
        disk.let_go()
        await stopping
        await issuing
    assert disk.most_at_once == 1
    again = await Vault.open(
        hass, vault_path(hass), default_key_path(hass), create=False
    )
    assert coordinator.enrolment_id in again.devices
    await again.stop()


async def test_a_caller_that_is_gone_lets_nobody_into_the_file(
    hub: Hub,
    slow_audit: Callable[[], contextlib.AbstractContextManager[SlowDisk]],
) -> None:
    """A browser that is closed cancels its request; the report's flush goes on."""
    log = hub.security.trail.log
    await log.flush()
    with slow_audit() as disk:
        log.append(event(1))
        first = asyncio.create_task(log.flush())
        await eventually(lambda: disk.at_once)
        first.cancel()
        second = asyncio.create_task(log.flush())
        await asyncio.sleep(0.1)
        assert disk.most_at_once == 1
        disk.let_go()
        await second
        with pytest.raises(asyncio.CancelledError):
            await first
        assert disk.most_at_once == 1
    assert (await log.verify()).intact
    assert sum("device1" in line for line in await log.read(20)) == 1


async def test_a_log_that_has_stopped_is_written_by_nobody(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    """A report of the old hub that comes late must not enter the next one's file."""
    old = hub.security.trail.log
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    new = (await set_up_again(hass, hub_entry)).security.trail.log
    new.append(event(2))
    await new.flush()
    old.append(event(1))
    for work in (old.flush, old.verify, lambda: old.read(10)):
        with pytest.raises(OSError, match="closed"):
            await work()
    new.append(event(3))
    assert (await new.verify()).intact


async def test_a_log_is_opened_once(hass: HomeAssistant, hub: Hub) -> None:
    """Two writers would break the chain."""
    with pytest.raises(OSError, match="already open"):
        await async_open_audit(hass, lambda: 0)
    assert (await hub.security.trail.log.verify()).intact


async def test_an_unload_that_is_broken_off_goes_to_its_end(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    """Who closes the browser while the hub reloads leaves no vault open for ever."""
    slow = asyncio.Event()

    async def close(store: DescriptionStore) -> None:
        await slow.wait()

    with patch.object(DescriptionStore, "async_close", close):
        unload = hass.async_create_task(
            hass.config_entries.async_unload(hub_entry.entry_id)
        )
        await eventually(lambda: not hub.accepting)
        unload.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await unload
        slow.set()
        await hass.async_block_till_done()
    assert hub.vault.stopping
    assert hub_entry.state is not ConfigEntryState.LOADED
    hub_entry.mock_state(hass, ConfigEntryState.NOT_LOADED)
    await set_up_again(hass, hub_entry)


async def test_a_vault_whose_opening_is_broken_off_is_free(hass: HomeAssistant) -> None:
    """But only when the thread that opens it has ended."""
    entry = await make_entry(hass, "Garden pump")
    from custom_components.oceanremote.vault import (
        default_key_path,
        file as vault_file,
        vault_path,
    )

    disk = SlowDisk(vault_file.open_or_create)
    with patch.object(vault_file, "open_or_create", disk):
        opening = asyncio.create_task(
            Vault.open(hass, vault_path(hass), default_key_path(hass), create=False)
        )
        await eventually(lambda: disk.at_once)
        opening.cancel()
        await asyncio.sleep(0.05)
        assert not opening.done()
        disk.let_go()
        with contextlib.suppress(asyncio.CancelledError):
            await opening
    await set_up_again(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
