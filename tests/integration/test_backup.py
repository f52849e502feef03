"""Copies of the vault restored in earnest, and who may ask for it."""

from datetime import UTC, datetime
import hashlib
from pathlib import Path
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

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

from .backup_support import ANSWERED, act, kept, only_file
from .flow_support import text_at
from .http_support import audited
from .runtime_support import Device, only_coordinator


async def test_restored_vault_has_the_devices_and_the_hubs_key(
    hass: HomeAssistant, hub: Hub, hub_entry: MockConfigEntry, connected_device: Device
) -> None:
    """The rehearsal: the board that was there comes back without being flashed."""
    enrolment_id = only_coordinator(hub).enrolment_id
    key = hub.vault.hub_key.public
    name = (await act(hass, "create_backup"))["backup"]
    await connected_device.hang_up()
    await act(hass, "restore_backup", backup=name)
    again: Hub = hub_entry.runtime_data.hub
    assert again is not hub
    assert hub_entry.state is ConfigEntryState.LOADED
    assert again.vault.hub_key.public == key
    assert again.vault.devices[enrolment_id].standing is Standing.ACTIVE
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
    assert again.vault.devices[coordinator.enrolment_id].standing is Standing.REVOKED
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
    standing = again.vault.devices[coordinator.enrolment_id].standing
    assert standing is Standing.QUARANTINED


async def test_restore_voids_registration_tokens(
    hass: HomeAssistant, hub: Hub, hub_entry: MockConfigEntry, enrolled_device: Device
) -> None:
    """A token of the copy's time may have been used, or read, since."""
    enrolment_id = only_coordinator(hub).enrolment_id
    name = (await act(hass, "create_backup"))["backup"]
    in_copy = hub.vault.devices[enrolment_id].registration
    assert in_copy is not None
    await hub.async_issue_registration_token(only_coordinator(hub).subentry_id)
    await act(hass, "restore_backup", backup=name)
    again: Hub = hub_entry.runtime_data.hub
    await enrolled_device.dial()
    assert await enrolled_device.wait_closed() is not None
    assert not only_coordinator(again).available
    record = again.vault.devices.get(enrolment_id)
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
    enrolment_id = only_coordinator(hub).enrolment_id
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
    assert again.vault.devices[enrolment_id].standing is Standing.ACTIVE


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
