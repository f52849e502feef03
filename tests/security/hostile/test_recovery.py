"""A hub that comes back from a backup: the whole of it, or its vault alone."""

from functools import partial
from pathlib import Path, PurePath
import shutil

from aiohttp.test_utils import TestClient
from homeassistant.components.backup.const import EXCLUDE_FROM_BACKUP
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.audit.startup import (
    anchor_path,
    async_wipe_audit,
    audit_directory,
)
from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.device.status import DeviceStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.files import file_name
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.vault import vault_path
from tests.integration.runtime_support import Device, eventually
from tests.integration.vault_support import make_board, register

from .attacker import thief
from .support import Restart, audited, unload

SUCCESSOR = bytes.fromhex("a0b1c2d3e4bb")


def keep(path: Path, name: str) -> Path:
    """Copy a file or folder aside."""
    aside = path.with_name(f"{path.name}.{name}")
    if path.is_dir():
        shutil.copytree(path, aside)
    else:
        shutil.copy(path, aside)
    return aside


async def vault_of_now(hass: HomeAssistant) -> Path:
    """Back the vault up."""
    return await hass.async_add_executor_job(keep, vault_path(hass), "old")


async def with_vault(hass: HomeAssistant, old: Path, restart: Restart) -> Hub:
    """Put a vault back that is older than the log; return the hub that finds it."""
    await hass.async_add_executor_job(shutil.copy, old, vault_path(hass))
    return await restart()


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
    old = await vault_of_now(hass)
    await hub.async_revoke(pump.subentry_id)
    await device.wait_closed()
    await unload(hass, hub_entry, device)
    restored = await with_vault(hass, old, restart)
    again = restored.coordinators[pump.subentry_id]
    assert again.status is DeviceStatus.REVOKED
    lamp_record = restored.vault.devices[lamp.enrolment_id]
    assert lamp_record.registration is None
    events = await audited(restored, AuditKind.RESTORED)
    assert [event.detail["what"].split()[0] for event in events] == [  # type: ignore[union-attr]
        "vault_behind",
        "revoked",
    ]
    # Judged once: the next start finds everything in its place.
    assert await hass.config_entries.async_reload(hub_entry.entry_id)
    later: Hub = hub_entry.runtime_data.hub
    assert len(await audited(later, AuditKind.RESTORED)) == 2


def is_in_backups(path: PurePath) -> bool:
    """Whether Home Assistant's backup contains a file of the configuration folder."""
    return not any(
        (PurePath("data") / path).full_match(f"data/{excluded}")
        for excluded in EXCLUDE_FROM_BACKUP
    )


def back_up(root: Path, backup: Path) -> None:
    """Copy what a backup of Home Assistant contains."""
    for path in root.rglob("*"):
        name = path.relative_to(root)
        if path.is_file() and is_in_backups(name):
            (backup / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, backup / name)


def put_back(root: Path, backup: Path, *, emptied: bool) -> None:
    """Replace the hub's files by those of a backup.

    Home Assistant itself empties the folder first; other ways of restoring do not.
    """
    for path in root.rglob("*oceanremote*"):
        if emptied and path.exists():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in backup.rglob("*"):
        name = path.relative_to(backup)
        if path.is_file() and "oceanremote" in str(name):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, root / name)


@pytest.mark.parametrize("emptied", [True, False])
async def test_a_whole_restore_makes_every_device_wait(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    device: Device,
    restart: Restart,
    tmp_path_factory: pytest.TempPathFactory,
    emptied: bool,
) -> None:
    """Vault and log are both old, so that a revocation is nowhere to be found."""
    pump = next(iter(hub.coordinators.values()))
    root, backup = Path(hass.config.path()), tmp_path_factory.mktemp("backup")
    await hub.security.trail.log.flush()
    await hass.async_add_executor_job(back_up, root, backup)
    await hub.async_revoke(pump.subentry_id)
    await device.wait_closed()
    await unload(hass, hub_entry, device)
    assert await hass.async_add_executor_job(anchor_path(hass).exists)
    run = partial(put_back, root, backup, emptied=emptied)
    await hass.async_add_executor_job(run)
    assert await hass.async_add_executor_job(anchor_path(hass).exists) is not emptied

    restored = await restart()
    (event,) = await audited(restored, AuditKind.RESTORED)
    assert event.detail["what"] == "both_behind"
    coordinator = restored.coordinators[pump.subentry_id]
    assert coordinator.status is DeviceStatus.WAITING_FOR_APPROVAL
    assert restored.vault.restore is not None
    assert not restored.vault.restore.log_survived
    report = await restored.security.trail.log.verify()
    assert [found.known for found in report.breaks] == [True]
    # An administrator decides once; the next start finds everything in its place.
    await restored.security.trust.async_approve(coordinator, None)
    assert await hass.config_entries.async_reload(hub_entry.entry_id)
    later: Hub = hub_entry.runtime_data.hub
    again = later.coordinators[pump.subentry_id]
    assert again.status is not DeviceStatus.WAITING_FOR_APPROVAL
    assert len(await audited(later, AuditKind.RESTORED)) == 1


async def test_a_device_that_waits_after_a_restore_counts_when_it_is_approved(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    device: Device,
    restart: Restart,
) -> None:
    await unload(hass, hub_entry, device)
    await hass.async_add_executor_job(anchor_path(hass).unlink)
    restored = await restart()
    coordinator = next(iter(restored.coordinators.values()))
    assert coordinator.status is DeviceStatus.WAITING_FOR_APPROVAL
    await device.connect()
    await eventually(lambda: coordinator.connected)
    assert not coordinator.available
    await restored.security.trust.async_approve(coordinator, None)
    assert coordinator.available


async def test_release_after_a_whole_restore_is_no_approval(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    device: Device,
    restart: Restart,
) -> None:
    pump = next(iter(hub.coordinators.values()))
    await hub.security.trust.async_quarantine(pump, None)
    await unload(hass, hub_entry, device)
    await hass.async_add_executor_job(anchor_path(hass).unlink)
    restored = await restart()
    coordinator = next(iter(restored.coordinators.values()))
    assert coordinator.status is DeviceStatus.QUARANTINED
    await restored.security.trust.async_release(coordinator, None)
    assert coordinator.status is DeviceStatus.WAITING_FOR_APPROVAL


async def test_an_anchor_that_backups_contain_is_no_witness(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    device: Device,
    restart: Restart,
) -> None:
    """It once lay beside the log: a backup of that time must not vouch for itself."""
    await unload(hass, hub_entry, device)
    old = audit_directory(hass) / "anchor.log"
    await hass.async_add_executor_job(anchor_path(hass).replace, old)
    restored = await restart()
    coordinator = next(iter(restored.coordinators.values()))
    assert coordinator.status is DeviceStatus.WAITING_FOR_APPROVAL
    assert not await hass.async_add_executor_job(old.exists)


def test_the_anchor_is_in_no_backup(hass: HomeAssistant) -> None:
    root = Path(hass.config.path())
    anchor = anchor_path(hass).relative_to(root)
    assert not is_in_backups(anchor)
    assert not is_in_backups(anchor.with_name(f"{anchor.name}.new"))
    assert is_in_backups(vault_path(hass).relative_to(root))
    assert is_in_backups(audit_directory(hass).relative_to(root) / file_name(1))


async def test_the_anchor_goes_with_the_hub(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    assert await hass.async_add_executor_job(anchor_path(hass).exists)
    await hass.config_entries.async_unload(hub_entry.entry_id)
    await async_wipe_audit(hass)
    assert not await hass.async_add_executor_job(anchor_path(hass).exists)


async def test_a_restored_vault_does_not_take_an_old_board_for_its_successor(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    server: TestClient,
    device: Device,
    restart: Restart,
) -> None:
    """Revoked, and another board registered in its place: only the log knows."""
    pump = next(iter(hub.coordinators.values()))
    old = await vault_of_now(hass)
    await hub.async_revoke(pump.subentry_id)
    await device.wait_closed()
    token, _ = await hub.async_issue_registration_token(pump.subentry_id)
    successor = thief(server, hub.vault.hub_key.public, SUCCESSOR, token=token)
    await successor.connect()
    await eventually(lambda: pump.available)
    await successor.hang_up()
    await unload(hass, hub_entry, device)
    restored = await with_vault(hass, old, restart)
    assert restored.coordinators[pump.subentry_id].status is DeviceStatus.REVOKED


@pytest.mark.parametrize("gap", ["revocation", "end", "oldest file"])
async def test_a_log_with_a_gap_since_the_backup_is_not_enough(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    device: Device,
    restart: Restart,
    gap: str,
) -> None:
    """Nobody can say what stood there: every device waits."""
    pump = next(iter(hub.coordinators.values()))
    old = await vault_of_now(hass)
    await hub.async_revoke(pump.subentry_id)
    await device.wait_closed()
    await unload(hass, hub_entry, device)
    path = audit_directory(hass) / file_name(1)

    def take_out() -> None:
        shutil.copy(old, vault_path(hass))
        lines = path.read_bytes().splitlines(keepends=True)
        (number,) = (
            number
            for number, line in enumerate(lines)
            if b'"what":"by an administrator"' in line
        )
        if gap == "revocation":
            path.write_bytes(b"".join(lines[:number] + lines[number + 1 :]))
        elif gap == "end":
            path.write_bytes(b"".join([*lines[:number], b"damage\n", b"damage\n"]))
        else:
            path.unlink()
            path.with_name(file_name(2)).write_bytes(b"".join(lines[number + 1 :]))

    await hass.async_add_executor_job(take_out)
    restored = await restart()
    assert (
        restored.coordinators[pump.subentry_id].status
        is DeviceStatus.WAITING_FOR_APPROVAL
    )


async def test_what_a_torn_log_still_proves_is_kept_out_by_itself(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    device: Device,
    restart: Restart,
) -> None:
    """Nobody is asked about a device that was revoked, only about the others."""
    pump, lamp = hub.coordinators.values()
    await register(hub.vault, lamp.enrolment_id, make_board())
    old = await vault_of_now(hass)
    await hub.async_revoke(pump.subentry_id)
    await hub.async_issue_registration_token(pump.subentry_id)
    await device.wait_closed()
    await unload(hass, hub_entry, device)
    path = audit_directory(hass) / file_name(1)

    def take_out() -> None:
        shutil.copy(old, vault_path(hass))
        lines = path.read_bytes().splitlines(keepends=True)
        last = max(n for n, line in enumerate(lines) if b"token_issued" in line)
        path.write_bytes(b"".join(lines[:last] + lines[last + 1 :]))

    await hass.async_add_executor_job(take_out)
    restored = await restart()
    assert restored.coordinators[pump.subentry_id].status is DeviceStatus.REVOKED
    assert [one.name for one in restored.security.restored.waiting()] == [lamp.name]
    restore = restored.vault.restore
    assert restore is not None
    assert restore.log_survived


async def test_a_restored_vault_does_not_take_a_replaced_board_back(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    server: TestClient,
    device: Device,
    restart: Restart,
) -> None:
    """Its tokens were void from the commit on: who comes with them is a copy."""
    pump = next(iter(hub.coordinators.values()))
    old = await vault_of_now(hass)
    token, _ = await hub.async_issue_registration_token(pump.subentry_id)
    mac = bytes.fromhex("a0b1c2d3e4aa")
    successor = thief(server, hub.vault.hub_key.public, mac, token=token)
    await successor.connect()
    await device.wait_closed()
    await successor.hang_up()
    await unload(hass, hub_entry, device)
    restored = await with_vault(hass, old, restart)
    assert restored.coordinators[pump.subentry_id].status is DeviceStatus.REVOKED
    (*_, event) = await audited(restored, AuditKind.RESTORED)
    assert "another registration" in str(event.detail["what"])


async def test_a_device_with_a_newer_token_comes_in_by_its_previous_one(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    device: Device,
    restart: Restart,
) -> None:
    """It has rotated its token since the backup; afterwards it has a newer one still."""
    pump = next(iter(hub.coordinators.values()))
    old = await vault_of_now(hass)
    await hub.security.trust.async_regenerate(pump, None)
    await eventually(lambda: pump.rotations == 1)
    await unload(hass, hub_entry, device)
    restored = await with_vault(hass, old, restart)
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
