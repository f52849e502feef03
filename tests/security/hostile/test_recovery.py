"""A hub that comes back from a backup: the whole of it, or its vault alone."""

from collections.abc import Awaitable, Callable
from pathlib import Path
import shutil

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.const import DOMAIN, DeviceStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.kinds import AuditKind
from custom_components.oceanremote.security.startup import audit_directory
from custom_components.oceanremote.vault import vault_path
from tests.integration.runtime_support import Device, eventually

from .support import audited

type Restart = Callable[[], Awaitable[Hub]]


@pytest.fixture
def restart(hass: HomeAssistant, hub_entry: MockConfigEntry) -> Restart:
    """Return a way to load the hub again after it was unloaded."""

    async def load() -> Hub:
        assert await hass.config_entries.async_setup(hub_entry.entry_id)
        await hass.async_block_till_done()
        loaded: Hub = hub_entry.runtime_data
        return loaded

    return load


async def unload(hass: HomeAssistant, entry: MockConfigEntry, device: Device) -> None:
    """Stop the hub in good order."""
    await device.hang_up()
    assert await hass.config_entries.async_unload(entry.entry_id)


def keep(path: Path, name: str) -> Path:
    """Copy a file or folder aside."""
    aside = path.with_name(f"{path.name}.{name}")
    if path.is_dir():
        shutil.copytree(path, aside)
    else:
        shutil.copy(path, aside)
    return aside


async def test_an_honest_restart_is_no_restore(
    hass: HomeAssistant, hub_entry: MockConfigEntry, device: Device, restart: Restart
) -> None:
    await unload(hass, hub_entry, device)
    hub = await restart()
    assert not await audited(hub, AuditKind.RESTORED)
    await device.connect()
    coordinator = next(iter(hub.coordinators.values()))
    await eventually(lambda: coordinator.available)


async def test_a_restored_vault_forgets_no_revocation(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    device: Device,
    restart: Restart,
) -> None:
    """The log still knows: revoked again, and every open registration is void."""
    pump, lamp = hub.coordinators.values()
    await hub.async_issue_registration_token(lamp.subentry_id)
    old = await hass.async_add_executor_job(keep, vault_path(hass), "old")
    await hub.async_revoke(pump.subentry_id)
    await device.wait_closed()
    await unload(hass, hub_entry, device)
    await hass.async_add_executor_job(shutil.copy, old, vault_path(hass))

    restored = await restart()
    again = restored.coordinators[pump.subentry_id]
    assert again.status is DeviceStatus.REVOKED
    lamp_record = restored.vault.devices[lamp.device_id]
    assert lamp_record.registration is None
    events = await audited(restored, AuditKind.RESTORED)
    assert [event.detail["what"].split()[0] for event in events] == [  # type: ignore[union-attr]
        "revoked",
        "vault_behind",
    ]
    # Judged once: the next start finds everything in its place.
    assert await hass.config_entries.async_reload(hub_entry.entry_id)
    later: Hub = hub_entry.runtime_data
    assert len(await audited(later, AuditKind.RESTORED)) == 2


async def test_a_whole_restore_makes_every_device_wait(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    device: Device,
    restart: Restart,
) -> None:
    """Vault and log are both old; only the anchor, which backups leave out, is not."""
    directory = audit_directory(hass)
    await hub.security.audit.flush()
    old_vault = await hass.async_add_executor_job(keep, vault_path(hass), "old")
    old_log = await hass.async_add_executor_job(keep, directory, "old")
    await hub.async_issue_registration_token(list(hub.coordinators)[1])
    await unload(hass, hub_entry, device)

    def put_back() -> None:
        shutil.copy(old_vault, vault_path(hass))
        shutil.rmtree(directory)
        shutil.copytree(old_log, directory)
        (directory / "anchor.log").unlink()

    await hass.async_add_executor_job(put_back)
    restored = await restart()
    coordinator = next(iter(restored.coordinators.values()))
    assert coordinator.status is DeviceStatus.WAITING_FOR_APPROVAL
    await device.connect()
    await eventually(lambda: coordinator.connected)
    assert not coordinator.available
    await restored.office.trust.async_approve(coordinator, None)
    assert coordinator.available


async def test_a_device_with_a_newer_token_comes_in_by_its_previous_one(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    device: Device,
    restart: Restart,
) -> None:
    """It has rotated its token since the backup; afterwards it has a newer one still."""
    pump = next(iter(hub.coordinators.values()))
    old = await hass.async_add_executor_job(keep, vault_path(hass), "old")
    await hub.office.trust.async_regenerate(pump, None)
    await eventually(lambda: pump.rotations == 1)
    await unload(hass, hub_entry, device)
    await hass.async_add_executor_job(shutil.copy, old, vault_path(hass))
    restored = await restart()
    coordinator = next(iter(restored.coordinators.values()))
    await device.connect()
    await eventually(lambda: coordinator.available)


async def test_a_changed_log_is_kept_as_evidence_and_said(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    device: Device,
    restart: Restart,
) -> None:
    await unload(hass, hub_entry, device)
    path = audit_directory(hass) / "audit-000001.jsonl"

    def edit() -> bytes:
        data = path.read_bytes().replace(b'"session"', b'"sessiom"', 1)
        path.write_bytes(data)
        return data

    changed = await hass.async_add_executor_job(edit)
    restored = await restart()
    assert restored.entry.state is ConfigEntryState.LOADED
    answer = await hass.services.async_call(
        DOMAIN, "verify_audit", {}, blocking=True, return_response=True
    )
    assert answer is not None
    assert answer["intact"] is False
    assert await hass.async_add_executor_job(path.read_bytes) == changed
    assert await audited(restored, AuditKind.LOG_REPAIRED)


async def test_a_crash_in_the_middle_of_a_record_is_repaired(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    device: Device,
    restart: Restart,
) -> None:
    await unload(hass, hub_entry, device)
    path = audit_directory(hass) / "audit-000001.jsonl"

    def tear() -> None:
        with path.open("ab") as stream:
            stream.write(b'{"actor":{"addr')

    await hass.async_add_executor_job(tear)
    restored = await restart()
    answer = await hass.services.async_call(
        DOMAIN, "verify_audit", {}, blocking=True, return_response=True
    )
    assert answer is not None
    assert answer["intact"] is True
    (event,) = await audited(restored, AuditKind.LOG_REPAIRED)
    assert "15 bytes" in str(event.detail["what"])
