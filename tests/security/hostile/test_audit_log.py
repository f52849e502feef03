"""The audit log on disk: full disks, many files, storms, and stored bans that rot."""

import errno
from pathlib import Path
from unittest.mock import patch

from aiohttp.test_utils import TestClient
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.const import RecordKind
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy import audit_files
from custom_components.oceanremote.policy.audit import (
    Actor,
    AuditEvent,
    AuditHead,
    Outcome,
)
from custom_components.oceanremote.policy.kinds import AuditKind
from custom_components.oceanremote.security import audit_log
from custom_components.oceanremote.security.audit_events import (
    PER_WINDOW,
    StrangerDigest,
)
from custom_components.oceanremote.security.audit_log import (
    MAX_QUEUED,
    AuditLog,
    LogFiles,
    open_log,
    verify_files,
    write_batch,
)

from .attacker import STRANGER, Client
from .support import audited


def event(kind: AuditKind = AuditKind.SESSION, **detail: str) -> AuditEvent:
    return AuditEvent(1000.0, kind, Outcome.DONE, Actor(), detail)


@pytest.fixture
async def log(hass: HomeAssistant, tmp_path: Path) -> AuditLog:
    """Return an empty log of its own."""
    opened = await hass.async_add_executor_job(open_log, tmp_path / "log")
    return AuditLog(hass, opened, lambda: 7)


def full_disk(*args: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


async def test_a_full_disk_loses_nothing_and_breaks_no_chain(
    hass: HomeAssistant, log: AuditLog, tmp_path: Path
) -> None:
    log.append(event())
    await log.flush()
    log.append(event(what="while the disk is full"))
    with patch.object(audit_log, "_append", full_disk), pytest.raises(OSError):
        await log.flush()
    log.append(event(what="afterwards"))
    await log.flush()
    assert (await log.verify()).seq == 3
    await log.stop()


async def test_a_half_written_batch_is_written_again_whole(
    hass: HomeAssistant, log: AuditLog
) -> None:
    log.append(event())
    await log.flush()

    def torn(descriptor: int, data: bytes) -> int:
        real_write(descriptor, bytes(data[:10]))
        raise OSError(errno.EIO, "Input/output error")

    real_write = audit_log.os.write
    log.append(event(what="twice"))
    with patch.object(audit_log.os, "write", torn), pytest.raises(OSError):
        await log.flush()
    await log.flush()
    assert (await log.verify()).seq == 2
    await log.stop()


async def test_more_than_the_queue_holds_is_counted(
    hass: HomeAssistant, log: AuditLog
) -> None:
    for _ in range(MAX_QUEUED + 5):
        log.append(event())
    await log.flush()
    await log.flush()
    last = (await log.read(1))[0]
    assert '"lost":5' in last
    assert (await log.verify()).seq == MAX_QUEUED + 1
    await log.stop()


async def test_stopping_on_a_full_disk_says_so(
    hass: HomeAssistant, log: AuditLog, caplog: pytest.LogCaptureFixture
) -> None:
    log.append(event())
    with patch.object(audit_log, "_append", full_disk):
        await log.stop()
    assert "1 audit records could not be written" in caplog.text


async def test_a_failed_write_is_tried_again(
    hass: HomeAssistant, log: AuditLog, caplog: pytest.LogCaptureFixture
) -> None:
    log.append(event())
    with patch.object(audit_log, "_append", full_disk):
        await log._async_flush_queued()
    assert "cannot be written" in caplog.text
    await log._async_flush_queued()
    assert log.head.seq == 1
    await log.stop()


def test_files_rotate_and_the_chain_goes_on(tmp_path: Path) -> None:
    opened = open_log(tmp_path)
    files, head = opened.files, opened.head
    with (
        patch.object(audit_files, "must_rotate", lambda size, more: size > 0),
        patch.object(audit_files, "KEEP_FILES", 3),
    ):
        for _ in range(4):
            files, head = write_batch(files, head, [event(), event()], 1)
    names = [path.name for path in files.paths()]
    assert names[-1] == "audit-000008.jsonl"
    assert verify_files(files.paths(), head) == head
    again = open_log(tmp_path)
    assert again.head == head
    assert again.files.index == 8
    assert not again.repaired


def test_a_crash_right_after_a_new_file_was_begun(tmp_path: Path) -> None:
    opened = open_log(tmp_path)
    files, head = write_batch(opened.files, opened.head, [event()], 1)
    (tmp_path / "audit-000002.jsonl").touch()
    again = open_log(tmp_path)
    assert again.head == head
    assert again.files == LogFiles(tmp_path, 2, 0)
    assert verify_files([], AuditHead()) == AuditHead()
    assert open_log(tmp_path / "new").head == AuditHead()
    (tmp_path / "audit-000001.jsonl").write_text("")
    assert open_log(tmp_path).head == AuditHead()


def test_a_storm_is_written_down_as_a_count() -> None:
    digest = StrangerDigest()
    refused = AuditEvent(1.0, AuditKind.REFUSED, Outcome.REFUSED, Actor(), {})
    written = [kept for _ in range(1000) for kept in digest.offer(refused, 0.0)]
    assert len(written) == PER_WINDOW
    (count,) = digest.close(61.0, 61.0)
    assert count.detail["count"] == 1000 - PER_WINDOW
    assert digest.close(200.0, 200.0) == []
    assert digest.offer(refused, 300.0) == [refused]
    for _ in range(PER_WINDOW):
        digest.offer(refused, 300.0)
    assert [kept.detail.get("count") for kept in digest.offer(refused, 400.0)] == [
        1,
        None,
    ]
    of_device = AuditEvent(
        1.0, AuditKind.REFUSED, Outcome.REFUSED, Actor(device="pump"), {}
    )
    assert digest.offer(of_device, 400.0) == [of_device]


async def test_a_hub_whose_log_cannot_be_opened_lets_nobody_in(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    await hass.config_entries.async_unload(hub_entry.entry_id)
    with patch(
        "custom_components.oceanremote.security.startup.open_log", side_effect=OSError
    ):
        await hass.config_entries.async_setup(hub_entry.entry_id)
    assert hub_entry.state is ConfigEntryState.SETUP_RETRY


async def test_unreadable_bans_are_replaced_and_said(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    hass_storage: dict[str, object],
    caplog: pytest.LogCaptureFixture,
) -> None:
    await hass.config_entries.async_unload(hub_entry.entry_id)
    hass_storage["oceanremote.bans"] = {
        "version": 1,
        "key": "oceanremote.bans",
        "data": {"bans": {"format": 99}, "proved": {"format": 1, "addresses": []}},
    }
    await hass.config_entries.async_setup(hub_entry.entry_id)
    assert hub_entry.state is ConfigEntryState.LOADED
    assert "Stored bans were unreadable" in caplog.text


async def test_commands_of_people_are_kept_those_of_automations_not(hub: Hub) -> None:
    hub.log.note(RecordKind.COMMAND, "done", device_id="pump")
    hub.log.note(RecordKind.COMMAND, "device_offline", device_id="pump", user_id="anna")
    hub.log.note(RecordKind.DESCRIPTION, "3 entities", device_id="pump")
    (kept,) = await audited(hub, AuditKind.COMMAND)
    assert kept.actor.user == "anna"
    assert kept.outcome is Outcome.FAILED


async def test_bans_can_be_handed_to_home_assistant(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, server: TestClient
) -> None:
    options = {**hub_entry.options, "security": {"escalate_bans": True}}
    hass.config_entries.async_update_entry(hub_entry, options=options)
    await hass.async_block_till_done()
    with patch(
        "homeassistant.components.http.ban.IpBanManager.async_add_ban"
    ) as add_ban:
        await Client(server, STRANGER).get("/.env")
        await hass.async_block_till_done(wait_background_tasks=True)
    (call,) = add_ban.await_args_list
    assert str(call.args[0]) == STRANGER
