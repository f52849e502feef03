"""Sealed copies of the vault: made every day, and seven kept."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.vault import backups, vault_path
from custom_components.oceanremote.vault.errors import VaultDamaged

from .backup_support import KEPT, act, disk_is_full, forward, kept
from .http_support import audited
from .runtime_support import Device, only_coordinator


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
    record = hub.vault.devices[only_coordinator(hub).enrolment_id]
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
        patched.setattr(backups, "write_durably", disk_is_full)
        await forward(hass, freezer, hours=25)
    assert len(await kept(hass)) == 1
    outcomes = [record["outcome"] for record in await audited(hub, "backup")]
    assert outcomes == ["done", "failed"]
    await forward(hass, freezer, minutes=16)
    assert len(await kept(hass)) == 2


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
