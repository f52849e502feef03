"""A recovery that is broken off at any of its writes lets nobody in, and is taken up."""

from collections.abc import Callable
from pathlib import Path
import shutil
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.audit import files as audit_disk
from custom_components.oceanremote.audit.startup import anchor_path, audit_directory
from custom_components.oceanremote.common import durable
from custom_components.oceanremote.device.status import DeviceStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.vault import vault_path
from tests.integration.runtime_support import Device

from .support import audited, unload


class DyingDisk:
    """Takes `writes` more writes; `after`: the one that fails is on disk all the same."""

    def __init__(self, writes: int, *, after: bool) -> None:
        """Die at the write that follows `writes` good ones."""
        self.left = writes
        self._after = after

    def patched(self, real: Callable[..., None]) -> Callable[..., None]:
        """Return a write that goes to this disk."""

        def write(*args: Any) -> None:
            self.left -= 1
            if self.left >= 0 or (self.left == -1 and self._after):
                real(*args)
            if self.left < 0:
                raise OSError("the disk died")

        return write


def files(hass: HomeAssistant) -> list[Path]:
    """Return everything that tells how far the hub had come."""
    return [vault_path(hass), audit_directory(hass), anchor_path(hass)]


def copy(sources: list[Path], targets: list[Path]) -> None:
    """Put files and folders in the place of others."""
    for source, target in zip(sources, targets, strict=True):
        if target.is_dir():
            shutil.rmtree(target)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("old", "expected"),
    [(1, DeviceStatus.REVOKED), (2, DeviceStatus.WAITING_FOR_APPROVAL)],
    ids=["vault", "vault_and_log"],
)
async def test_a_crash_at_any_write_of_a_recovery(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    device: Device,
    tmp_path_factory: pytest.TempPathFactory,
    old: int,
    expected: DeviceStatus,
    after: bool,
) -> None:
    """The vault alone came back, or the log with it; since then, a revocation."""
    run = hass.async_add_executor_job
    pump = next(iter(hub.coordinators.values()))
    folder = tmp_path_factory.mktemp("aside")
    backup = [folder / f"old{number}" for number in range(3)]
    scene = [folder / f"scene{number}" for number in range(3)]
    await hub.security.trail.log.flush()
    await run(copy, files(hass), backup)
    await hub.async_revoke(pump.subentry_id)
    await device.wait_closed()
    await unload(hass, hub_entry, device)
    await run(copy, backup[:old], files(hass)[:old])
    await run(copy, files(hass), scene)

    writes = 0
    while True:
        await run(copy, scene, files(hass))
        disk = DyingDisk(writes, after=after)
        with (
            patch.object(durable, "_write_new", disk.patched(durable._write_new)),
            patch.object(audit_disk, "_append", disk.patched(audit_disk._append)),
        ):
            await hass.config_entries.async_setup(hub_entry.entry_id)
            started = hub_entry.state is ConfigEntryState.LOADED
            if started:
                loaded: Hub = hub_entry.runtime_data.hub
                assert loaded.coordinators[pump.subentry_id].status is expected
        if started:
            break
        assert await hass.config_entries.async_unload(hub_entry.entry_id)
        assert await hass.config_entries.async_setup(hub_entry.entry_id)
        again: Hub = hub_entry.runtime_data.hub
        assert again.coordinators[pump.subentry_id].status is expected
        assert await audited(again, AuditKind.RESTORED)
        assert await hass.config_entries.async_unload(hub_entry.entry_id)
        writes += 1
    # The log, the vault, the log once more, the anchor.
    assert writes >= 3 if old == 2 else writes >= 4


async def test_an_empty_vault_goes_on_beyond_the_log(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    """Otherwise the first device of a restored, empty hub is taken for a restored one."""
    assert not hub.vault.devices
    beyond = hub.vault.generation + 1000
    await hass.config_entries.async_unload(hub_entry.entry_id)
    anchor = await hass.async_add_executor_job(
        audit_disk.open_log, audit_directory(hass), anchor_path(hass)
    )
    await hass.async_add_executor_job(
        audit_disk.write_anchor, anchor_path(hass), anchor.head, beyond
    )
    assert await hass.config_entries.async_setup(hub_entry.entry_id)
    again: Hub = hub_entry.runtime_data.hub
    assert again.vault.generation > beyond
