"""Sealed copies of the vault: made every day, seven kept, and restored in earnest."""

from datetime import UTC, datetime, timedelta
import errno
import hashlib
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_fire_time_changed,
)

from custom_components.oceanremote.actions import security as security_actions
from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.trust import Standing
from custom_components.oceanremote.vault import (
    Vault,
    backups,
    default_key_path,
    vault_path,
)
from custom_components.oceanremote.vault.errors import VaultDamaged

from .flow_support import text_at
from .http_support import audited
from .runtime_support import Device, only_coordinator

KEPT = 7
ANSWERED = ("create_backup", "list_backups")


async def act(hass: HomeAssistant, action: str, **data: Any) -> Any:
    """Call an action as an automation does."""
    return await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=action in ANSWERED
    )


async def kept(hass: HomeAssistant) -> list[str]:
    """Return the copies that are there, oldest first."""
    directory = backups.backup_directory(hass)
    return await hass.async_add_executor_job(backups.names, directory)


def only_file(hass: HomeAssistant) -> Path:
    """Return the one copy."""
    (path,) = backups.backup_directory(hass).glob("*.sealed")
    return path


async def test_first_copy_is_made_at_once(hass: HomeAssistant, hub: Hub) -> None:
    """A hub that starts without any has one afterwards, audited."""
    (name,) = await kept(hass)
    assert datetime.now(UTC) - backups.made_at(name) < timedelta(minutes=5)
    assert [record["outcome"] for record in await audited(hub, "backup")] == ["done"]


async def test_copy_holds_no_secret_in_the_open(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """It is the sealed file; only the owner of the machine's account may read it."""
    name = (await act(hass, "create_backup"))["backup"]
    path = backups.backup_directory(hass) / f"{name}.sealed"
    data = path.read_bytes()
    record = hub.vault.devices[only_coordinator(hub).device_id]
    assert record.current is not None
    assert record.current.secret not in data
    assert hub.vault.hub_key.private not in data
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


async def test_listing_makes_and_drops_nothing(hass: HomeAssistant, hub: Hub) -> None:
    """Who looks for a name to restore must not lose the oldest copy for it."""
    before = await kept(hass)
    assert await act(hass, "list_backups") == {"kept": before}
    assert await kept(hass) == before


async def forward(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, **time: float
) -> None:
    """Let time pass for every clock of the hub."""
    freezer.tick(timedelta(**time))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_copy_a_day(
    hass: HomeAssistant, hub: Hub, freezer: FrozenDateTimeFactory
) -> None:
    """Made by the hub itself, when a day has gone, and not before."""
    await forward(hass, freezer, hours=23)
    assert len(await kept(hass)) == 1
    await forward(hass, freezer, hours=1, minutes=15)
    assert len(await kept(hass)) == 2
    await forward(hass, freezer, hours=23)
    assert len(await kept(hass)) == 2


async def test_copy_a_day_however_often_the_hub_is_restarted(
    hass: HomeAssistant, hub_entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    """The age of the newest copy decides, not the time since the start."""
    for _ in range(3 * 24 // 5 + 1):
        await forward(hass, freezer, hours=5)
        assert await hass.config_entries.async_reload(hub_entry.entry_id)
    made = [backups.made_at(name) for name in await kept(hass)]
    assert len(made) == 4
    for earlier, later in pairwise(made):
        assert timedelta(days=1) <= later - earlier <= timedelta(hours=29)


async def test_restart_just_before_a_copy_is_due_puts_it_off_by_minutes(
    hass: HomeAssistant, hub_entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    """Not by another day."""
    await forward(hass, freezer, hours=23, minutes=50)
    assert await hass.config_entries.async_reload(hub_entry.entry_id)
    assert len(await kept(hass)) == 1
    await forward(hass, freezer, minutes=16)
    assert len(await kept(hass)) == 2


async def test_copy_that_failed_is_made_up_for(
    hass: HomeAssistant,
    hub: Hub,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A disk that was full for an hour costs an hour, not a day."""
    with monkeypatch.context() as patched:
        patched.setattr(backups, "write_durably", _disk_is_full)
        await forward(hass, freezer, hours=25)
    assert len(await kept(hass)) == 1
    outcomes = [record["outcome"] for record in await audited(hub, "backup")]
    assert outcomes == ["done", "failed"]
    await forward(hass, freezer, minutes=16)
    assert len(await kept(hass)) == 2


def _disk_is_full(*args: object) -> None:
    raise OSError(errno.ENOSPC, "No space left")


async def test_copies_of_the_future_have_no_age(
    hass: HomeAssistant, hub_entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    """A clock that was ahead once makes neither no copy nor one at every start."""
    directory = backups.backup_directory(hass)
    head = backups.AuditHead()
    later = datetime.now(UTC) + timedelta(days=365)
    await hass.async_add_executor_job(
        backups.write, directory, vault_path(hass), head, later
    )
    for _ in range(2):
        await forward(hass, freezer, hours=1)
        assert await hass.config_entries.async_reload(hub_entry.entry_id)
        assert len(await kept(hass)) == 2
    await forward(hass, freezer, hours=23)
    assert len(await kept(hass)) == 3


def test_seven_are_kept(tmp_path: Path) -> None:
    """The oldest go first."""
    vault = tmp_path / "vault"
    vault.write_bytes(b"sealed")
    head = backups.AuditHead()
    start = datetime(2026, 1, 1, 3, tzinfo=UTC)
    made = [
        backups.write(tmp_path, vault, head, start + timedelta(days=day))
        for day in range(KEPT + 3)
    ]
    assert backups.names(tmp_path) == made[-KEPT:]
    assert backups.read(tmp_path, made[-1]) == (head, b"sealed")


def test_clock_that_was_ahead_costs_no_new_copy(tmp_path: Path) -> None:
    """Seven copies of next year do not push out today's."""
    vault = tmp_path / "vault"
    vault.write_bytes(b"sealed")
    today = datetime(2026, 1, 1, 3, tzinfo=UTC)
    for day in range(KEPT):
        backups.write(
            tmp_path, vault, backups.AuditHead(), today + timedelta(days=365 + day)
        )
    made = backups.write(tmp_path, vault, backups.AuditHead(), today)
    assert made in backups.names(tmp_path)
    assert len(backups.names(tmp_path)) == KEPT


@pytest.mark.parametrize(
    "name", ["../oceanremote", "/etc/passwd", "", "vault-20260101T030000", "trial"]
)
def test_only_what_lies_there_is_read(tmp_path: Path, name: str) -> None:
    """A name is looked up in the list, never made into a path."""
    with pytest.raises(VaultDamaged):
        backups.read(tmp_path, name)


@pytest.mark.parametrize("stray", ["vault-of-my-neighbour", "vault-20261399T000000"])
async def test_stray_file_does_not_keep_the_hub_from_starting(
    hass: HomeAssistant, hub_entry: MockConfigEntry, stray: str
) -> None:
    """What somebody else put there is neither a copy nor a reason to fail."""
    path = backups.backup_directory(hass) / f"{stray}.sealed"
    path.write_bytes(b"?")
    assert await hass.config_entries.async_reload(hub_entry.entry_id)
    assert hub_entry.state is ConfigEntryState.LOADED
    assert stray not in await kept(hass)
    assert path.exists()


async def test_restored_vault_has_the_devices_and_the_hubs_key(
    hass: HomeAssistant, hub: Hub, hub_entry: MockConfigEntry, connected_device: Device
) -> None:
    """The rehearsal: the board that was there comes back without being flashed."""
    device_id = only_coordinator(hub).device_id
    key = hub.vault.hub_key.public
    name = (await act(hass, "create_backup"))["backup"]
    await connected_device.hang_up()
    await act(hass, "restore_backup", backup=name)
    again: Hub = hub_entry.runtime_data.hub
    assert again is not hub
    assert hub_entry.state is ConfigEntryState.LOADED
    assert again.vault.hub_key.public == key
    assert again.vault.devices[device_id].standing is Standing.ACTIVE
    await connected_device.connect()
    assert only_coordinator(again).available
    assert any(
        record["detail"].get("what") == "restore"
        for record in await audited(again, "backup")
    )


async def test_restore_brings_no_revoked_device_back(
    hass: HomeAssistant, hub: Hub, hub_entry: MockConfigEntry, connected_device: Device
) -> None:
    """The copy is older than the revocation; the audit log is not."""
    coordinator = only_coordinator(hub)
    name = (await act(hass, "create_backup"))["backup"]
    await hub.async_revoke(coordinator.subentry_id)
    await connected_device.wait_closed()
    await act(hass, "restore_backup", backup=name)
    again: Hub = hub_entry.runtime_data.hub
    assert again.vault.devices[coordinator.device_id].standing is Standing.REVOKED
    assert await audited(again, "restored")


async def test_restore_lets_no_quarantined_device_act(
    hass: HomeAssistant, hub: Hub, hub_entry: MockConfigEntry, connected_device: Device
) -> None:
    """A suspicion is not forgotten with the days that are."""
    coordinator = only_coordinator(hub)
    name = (await act(hass, "create_backup"))["backup"]
    await hub.security.trust.async_quarantine(coordinator, None)
    await connected_device.hang_up()
    await act(hass, "restore_backup", backup=name)
    again: Hub = hub_entry.runtime_data.hub
    standing = again.vault.devices[coordinator.device_id].standing
    assert standing is Standing.QUARANTINED


async def test_restore_voids_registration_tokens(
    hass: HomeAssistant, hub: Hub, hub_entry: MockConfigEntry, enrolled_device: Device
) -> None:
    """A token of the copy's time may have been used, or read, since."""
    device_id = only_coordinator(hub).device_id
    name = (await act(hass, "create_backup"))["backup"]
    in_copy = hub.vault.devices[device_id].registration
    assert in_copy is not None
    await hub.async_issue_registration_token(only_coordinator(hub).subentry_id)
    await act(hass, "restore_backup", backup=name)
    again: Hub = hub_entry.runtime_data.hub
    await enrolled_device.dial()
    assert await enrolled_device.wait_closed() is not None
    assert not only_coordinator(again).available
    record = again.vault.devices.get(device_id)
    assert record is None or record.device_key is None


async def test_log_is_whole_after_a_restore(
    hass: HomeAssistant, hub: Hub, hub_entry: MockConfigEntry
) -> None:
    """The copy's head is still a part of it."""
    name = (await act(hass, "create_backup"))["backup"]
    head, _ = backups.read(backups.backup_directory(hass), name)
    assert head.seq > 0
    await act(hass, "restore_backup", backup=name)
    log = hub_entry.runtime_data.hub.security.trail.log
    report = await log.verify()
    assert report.intact
    assert report.head.seq > head.seq
    line = (await log.read(1000))[head.seq - 1]
    assert hashlib.sha256(line.rstrip("\n").encode()).hexdigest() == head.hash


async def test_full_disk_is_said(hass: HomeAssistant, hub: Hub) -> None:
    """Who asked for a copy must not believe that there is one."""
    before = await kept(hass)
    with (
        patch.object(backups, "write_durably", side_effect=OSError("disk full")),
        pytest.raises(HomeAssistantError) as caught,
    ):
        await act(hass, "create_backup")
    assert caught.value.translation_key == "backup_not_made"
    assert not isinstance(caught.value, ServiceValidationError)
    assert "disk full" in str(caught.value)
    assert await kept(hass) == before
    assert [record["outcome"] for record in await audited(hub, "backup")] == [
        "done",
        "failed",
    ]


async def test_full_disk_of_days_is_logged_once(
    hass: HomeAssistant, hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    """And once more when it is over."""
    backup = hub.security.backup
    backup.last = None
    caplog.set_level("INFO")
    with patch.object(backups, "write_durably", side_effect=OSError("disk full")):
        for _ in range(3):
            await backup._async_look(datetime.now(UTC))
    assert caplog.text.count("could not be backed up: disk full") == 1
    await backup._async_look(datetime.now(UTC))
    assert "The vault can be backed up again" in caplog.messages
    assert backup.last is not None


async def test_hub_that_does_not_start_after_a_restore_is_said(
    hass: HomeAssistant, hub: Hub, hub_entry: MockConfigEntry
) -> None:
    """The copy is in place; that nothing works is no success."""
    (name,) = await kept(hass)
    with (
        patch.object(Hub, "async_start", side_effect=RuntimeError("broken")),
        pytest.raises(HomeAssistantError) as caught,
    ):
        await act(hass, "restore_backup", backup=name)
    assert caught.value.translation_key == "hub_not_started"
    assert await hass.config_entries.async_reload(hub_entry.entry_id)


async def test_disk_that_takes_no_restored_vault_is_said(
    hass: HomeAssistant, hub: Hub, hub_entry: MockConfigEntry
) -> None:
    """Nothing has changed then, and the hub goes on."""
    (name,) = await kept(hass)
    before = vault_path(hass).read_bytes()
    with (
        patch.object(
            security_actions, "write_durably", side_effect=OSError("disk full")
        ),
        pytest.raises(HomeAssistantError) as caught,
    ):
        await act(hass, "restore_backup", backup=name)
    assert caught.value.translation_key == "storage_failed"
    assert not isinstance(caught.value, ServiceValidationError)
    assert vault_path(hass).read_bytes() == before
    assert hub_entry.state is ConfigEntryState.LOADED


async def test_copy_that_the_disk_does_not_give_back_is_said(
    hass: HomeAssistant, hub: Hub, hub_entry: MockConfigEntry
) -> None:
    """That is no fault of the caller."""
    (name,) = await kept(hass)
    with (
        patch.object(backups, "read", side_effect=OSError("bad sector")),
        pytest.raises(HomeAssistantError) as caught,
    ):
        await act(hass, "restore_backup", backup=name)
    assert caught.value.translation_key == "backup_unusable"
    assert not isinstance(caught.value, ServiceValidationError)
    assert hub_entry.runtime_data.hub is hub


@pytest.mark.parametrize("damage", ["cut", "flipped", "foreign", "empty"])
async def test_damaged_copy_changes_nothing(
    hass: HomeAssistant,
    hub: Hub,
    hub_entry: MockConfigEntry,
    connected_device: Device,
    damage: str,
) -> None:
    """It is opened with the key before anything is replaced; the hub goes on."""
    device_id = only_coordinator(hub).device_id
    path = only_file(hass)
    data = path.read_bytes()
    path.write_bytes(
        {
            "cut": data[:-1],
            "flipped": data[:-1] + bytes((data[-1] ^ 1,)),
            "foreign": b"?" * len(data),
            "empty": b"",
        }[damage]
    )
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, "restore_backup", backup=path.stem)
    assert refused.value.translation_key == "backup_unusable"
    assert refused.value.translation_placeholders is not None
    assert text_at("exceptions", "backup_unusable", "message").format(
        **refused.value.translation_placeholders
    )
    assert hub_entry.state is ConfigEntryState.LOADED
    again: Hub = hub_entry.runtime_data.hub
    assert again.vault.devices[device_id].standing is Standing.ACTIVE


async def test_copy_of_another_key_is_explained_and_loses_nothing(
    hass: HomeAssistant,
    hub: Hub,
    hub_entry: MockConfigEntry,
    connected_device: Device,
    tmp_path: Path,
) -> None:
    """The hub was set up anew meanwhile, or the key moved: nobody is cut off."""
    other = await Vault.open(
        hass, tmp_path / "other.vault", tmp_path / "other.key", create=True
    )
    await other.stop()
    directory = backups.backup_directory(hass)
    name = await hass.async_add_executor_job(
        backups.write,
        directory,
        tmp_path / "other.vault",
        backups.AuditHead(),
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    await hub.vault.flush()
    before = vault_path(hass).read_bytes()
    key = default_key_path(hass).read_bytes()
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, "restore_backup", backup=name)
    assert refused.value.translation_key == "backup_other_key"
    placeholders = refused.value.translation_placeholders
    assert placeholders == {"path": str(default_key_path(hass))}
    assert str(default_key_path(hass)) in text_at(
        "exceptions", "backup_other_key", "message"
    ).format(**placeholders)

    assert hub_entry.runtime_data.hub is hub
    assert only_coordinator(hub).available
    assert vault_path(hass).read_bytes() == before
    assert default_key_path(hass).read_bytes() == key
    assert name in await kept(hass)
    assert not (directory / "trial").exists()
    await connected_device.hang_up()
    await connected_device.connect()
    assert only_coordinator(hub).available


async def test_unknown_name_cuts_nobody_off(
    hass: HomeAssistant, hub: Hub, hub_entry: MockConfigEntry, connected_device: Device
) -> None:
    """A mistyped name is refused before the hub is stopped for it."""
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, "restore_backup", backup="vault-20200101T000000")
    assert caught.value.translation_key == "no_such_backup"
    assert hub_entry.runtime_data.hub is hub
    assert only_coordinator(hub).available


async def test_vault_that_is_open_is_never_replaced(
    hass: HomeAssistant,
    hub: Hub,
    hub_entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """If the hub cannot be stopped, there is no restore: it would be overwritten."""
    (name,) = await kept(hass)
    before = vault_path(hass).read_bytes()
    monkeypatch.setattr(
        hass.config_entries, "async_unload_platforms", _refuse_to_unload
    )
    with pytest.raises(ServiceValidationError):
        await act(hass, "restore_backup", backup=name)
    monkeypatch.undo()
    assert vault_path(hass).read_bytes() == before


async def _refuse_to_unload(*args: object) -> bool:
    return False


@pytest.mark.parametrize("action", [*ANSWERED, "restore_backup"])
async def test_only_administrators(
    hass: HomeAssistant, hub: Hub, hass_read_only_user: MockUser, action: str
) -> None:
    """Anybody else is refused, and that is audited."""
    (name,) = await kept(hass)
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            action,
            {"backup": name} if action == "restore_backup" else {},
            blocking=True,
            return_response=action in ANSWERED,
            context=Context(user_id=hass_read_only_user.id),
        )
    assert await kept(hass) == [name]
    (record,) = await audited(hub, "denied")
    assert record["actor"]["user"] == hass_read_only_user.id


async def test_copies_go_with_the_hub(
    hass: HomeAssistant, hub: Hub, hub_entry: MockConfigEntry
) -> None:
    """Who removes the hub leaves no secrets behind, sealed or not."""
    assert await kept(hass)
    await hass.config_entries.async_remove(hub_entry.entry_id)
    assert not backups.backup_directory(hass).exists()
