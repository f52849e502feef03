"""The audit log on disk: full disks, many files, storms, and stored bans that rot."""

import errno
from pathlib import Path
from unittest.mock import patch

from aiohttp.test_utils import TestClient
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.audit import files as audit_disk
from custom_components.oceanremote.audit.files import (
    LogFiles,
    open_log,
    read_lines,
    write_batch,
)
from custom_components.oceanremote.audit.log import MAX_QUEUED, AuditLog
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit import files as audit_files
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.audit.record import (
    MAX_LINE,
    Actor,
    AuditEvent,
    AuditHead,
    Outcome,
)

from .attacker import STRANGER, Client
from .support import audited


def event(kind: AuditKind = AuditKind.SESSION, **detail: str) -> AuditEvent:
    return AuditEvent(1000.0, kind, Outcome.DONE, Actor(), detail)


@pytest.fixture
async def log(hass: HomeAssistant, tmp_path: Path) -> AuditLog:
    """Return an empty log of its own."""
    anchor = tmp_path / "anchor"
    opened = await hass.async_add_executor_job(open_log, tmp_path / "log", anchor)
    return AuditLog(hass, opened, anchor, lambda: 7)


async def records(log: AuditLog) -> int:
    """Return how many records the log holds, and that every one of them holds."""
    report = await log.verify()
    assert report.intact
    return report.head.seq


def full_disk(*args: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


async def test_a_full_disk_loses_nothing_and_breaks_no_chain(
    hass: HomeAssistant, log: AuditLog, tmp_path: Path
) -> None:
    log.append(event())
    await log.flush()
    log.append(event(what="while the disk is full"))
    with patch.object(audit_disk, "_append", full_disk), pytest.raises(OSError):
        await log.flush()
    log.append(event(what="afterwards"))
    await log.flush()
    assert await records(log) == 3
    await log.stop()


async def test_a_half_written_batch_is_written_again_whole(
    hass: HomeAssistant, log: AuditLog
) -> None:
    log.append(event())
    await log.flush()

    def torn(descriptor: int, data: bytes) -> int:
        real_write(descriptor, bytes(data[:10]))
        raise OSError(errno.EIO, "Input/output error")

    real_write = audit_disk.os.write
    log.append(event(what="twice"))
    with patch.object(audit_disk.os, "write", torn), pytest.raises(OSError):
        await log.flush()
    await log.flush()
    assert await records(log) == 2
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
    assert await records(log) == MAX_QUEUED + 1
    await log.stop()


async def test_stopping_on_a_full_disk_says_so(
    hass: HomeAssistant, log: AuditLog, caplog: pytest.LogCaptureFixture
) -> None:
    log.append(event())
    with patch.object(audit_disk, "_append", full_disk):
        await log.stop()
    assert "1 audit records could not be written" in caplog.text


async def test_a_failed_write_is_tried_again(
    hass: HomeAssistant, log: AuditLog, caplog: pytest.LogCaptureFixture
) -> None:
    """And said once, however long the disk is full, and once more at its end."""
    caplog.set_level("INFO", "custom_components.oceanremote")
    log.append(event())
    with patch.object(audit_disk, "_append", full_disk):
        for _ in range(3):
            await log._async_flush_queued()
    assert caplog.text.count("cannot be written") == 1
    assert "written again" not in caplog.text
    await log._async_flush_queued()
    await log._async_flush_queued()
    assert caplog.text.count("The audit log can be written again") == 1
    assert log.head.seq == 1
    await log.stop()


def test_files_rotate_and_the_chain_goes_on(tmp_path: Path) -> None:
    opened = open_log(tmp_path, tmp_path / "anchor")
    files, head = opened.files, opened.head
    with (
        patch.object(audit_files, "must_rotate", lambda size, more: size > 0),
        patch.object(audit_files, "KEEP_FILES", 3),
    ):
        for _ in range(4):
            files, head = write_batch(files, head, [(event(), 1), (event(), 1)])
    names = [path.name for path in files.paths()]
    assert names == [f"audit-{index:06d}.jsonl" for index in (6, 7, 8)]
    again = open_log(tmp_path, tmp_path / "anchor")
    assert again.head == head
    assert again.files.index == 8
    assert not again.repaired


def test_a_crash_right_after_a_new_file_was_begun(tmp_path: Path) -> None:
    anchor = tmp_path / "anchor"
    opened = open_log(tmp_path, anchor)
    files, head = write_batch(opened.files, opened.head, [(event(), 1)])
    (tmp_path / "audit-000002.jsonl").touch()
    again = open_log(tmp_path, anchor)
    assert again.head == head
    assert again.files == LogFiles(tmp_path, 2, 0)
    assert not again.repaired
    assert open_log(tmp_path / "new", anchor).head == AuditHead()
    (tmp_path / "audit-000001.jsonl").write_text("")
    assert open_log(tmp_path, anchor).head == AuditHead()


def test_an_endless_line_is_not_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "audit-000001.jsonl"
    path.write_bytes(b"x" * 100_000)
    assert max(len(line) for line in read_lines([path])) == MAX_LINE + 1


async def test_a_hub_whose_log_cannot_be_opened_lets_nobody_in(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    await hass.config_entries.async_unload(hub_entry.entry_id)
    with patch(
        "custom_components.oceanremote.audit.startup.open_log", side_effect=OSError
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
    hub.log.note(AuditKind.COMMAND, "done", enrolment_id="pump")
    hub.log.note(
        AuditKind.COMMAND, "device_offline", enrolment_id="pump", user_id="anna"
    )
    hub.log.note(AuditKind.DESCRIPTION, "3 entities", enrolment_id="pump")
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
