"""The log's files, changed while the hub was stopped: found, and never forgotten."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.audit import files as audit_disk
from custom_components.oceanremote.audit.files import (
    open_log,
    write_anchor,
    write_batch,
)
from custom_components.oceanremote.audit.startup import audit_directory
from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.files import file_name
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.audit.record import (
    Actor,
    AuditEvent,
    AuditHead,
    Outcome,
    append,
    head_at,
    parse_line,
)
from custom_components.oceanremote.report import async_report
from tests.integration.runtime_support import Device

from .support import Restart, audited, unload

type Lines = list[bytes]
type Change = Callable[[Lines], Lines]


async def verified(hass: HomeAssistant) -> dict[str, Any]:
    """Return what the action says."""
    answer = await hass.services.async_call(
        DOMAIN, "verify_audit", {}, blocking=True, return_response=True
    )
    assert answer is not None
    return answer


async def change_lines(hass: HomeAssistant, change: Change) -> None:
    """Rewrite the first file of the log."""
    path = audit_directory(hass) / file_name(1)

    def rewrite() -> None:
        path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))

    await hass.async_add_executor_job(rewrite)


def event(**detail: str) -> AuditEvent:
    return AuditEvent(1000.0, AuditKind.SESSION, Outcome.DONE, Actor(), detail)


def refilled(lines: Lines) -> Lines:
    """Cut the end off, and write as many records in its place."""
    kept = [line.decode() for line in lines[:-3]]
    head = head_at(parse_line(kept[-1], 0), kept[-1])
    for number in range(3):
        line, head = append(head, event(what=f"forged {number}"), head.generation)
        kept.append(line)
    return [line.encode() for line in kept]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda lines: lines[3:], "record 4 follows record 0"),
        (lambda lines: lines[:-4], "were written, the log went to"),
        (refilled, "is not the one that was written"),
        (lambda lines: [], "were written, the log went to 0"),
    ],
    ids=["front", "end", "refilled", "everything"],
)
async def test_a_cut_is_reported_after_every_later_start(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    device: Device,
    restart: Restart,
    change: Change,
    reason: str,
) -> None:
    await unload(hass, hub_entry, device)
    await change_lines(hass, change)
    for _ in range(3):
        restarted = await restart()
        answer = await verified(hass)
        assert answer["intact"] is False
        (found,) = answer["breaks"]
        assert reason in found["reason"]
        assert found["known"] is (reason != "record 4 follows record 0")
        assert len(await audited(restarted, AuditKind.LOG_REPAIRED)) == 1
        report = await async_report(restarted)
        (level,) = (
            finding["level"]
            for finding in report["findings"]
            if "the audit log" in finding["because"]
        )
        assert level == ("partly" if found["known"] else "not_met")
        assert await hass.config_entries.async_unload(hub_entry.entry_id)


async def test_a_deleted_log_is_reported_for_ever(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    device: Device,
    restart: Restart,
) -> None:
    await unload(hass, hub_entry, device)
    path = audit_directory(hass) / file_name(1)
    await hass.async_add_executor_job(path.unlink)
    for _ in range(2):
        await restart()
        (found,) = (await verified(hass))["breaks"]
        assert found["known"] is True
        assert await hass.config_entries.async_unload(hub_entry.entry_id)


async def test_behind_old_damage_later_edits_are_found(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    device: Device,
    restart: Restart,
) -> None:
    """The log goes on in a new file, from the last sound record of the damaged one."""
    await unload(hass, hub_entry, device)
    await change_lines(hass, lambda lines: [*lines[:2], b"damage\n", *lines[3:]])
    await restart()
    (damage,) = (await verified(hass))["breaks"]
    assert (damage["file"], damage["line"]) == (file_name(1), 3)
    second = audit_directory(hass) / file_name(2)

    def edit() -> None:
        lines = second.read_bytes().splitlines(keepends=True)
        lines[0] = lines[0].replace(b"log_repaired", b"log_rewashed")
        second.write_bytes(b"".join(lines))

    await hass.async_add_executor_job(edit)
    breaks = (await verified(hass))["breaks"]
    assert [(found["file"], found["line"]) for found in breaks] == [
        (file_name(1), 3),
        (file_name(2), 2),
    ]


def start(directory: Path, anchor: Path, events: int) -> AuditHead:
    """Open a log, write a batch and the anchor, as a hub does."""
    opened = open_log(directory, anchor)
    assert not opened.repaired
    assert not opened.cut
    batch = [(event(what=str(number)), 1) for number in range(events)]
    _, head = write_batch(opened.files, opened.head, batch)
    write_anchor(anchor, head, 1)
    return head


@pytest.fixture
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a file hold two records."""
    monkeypatch.setattr(
        audit_disk.audit_files, "must_rotate", lambda size, line: size + line > 600
    )


@pytest.mark.usefixtures("small_files")
def test_a_cut_at_any_record_of_any_file_is_found_at_the_next_start(
    tmp_path: Path,
) -> None:
    anchor = tmp_path / "anchor"
    head = start(tmp_path, anchor, 10)
    paths = audit_disk.LogFiles(tmp_path).paths()
    assert len(paths) > 3
    whole = {path: path.read_bytes().splitlines(keepends=True) for path in paths}
    for number, cut in enumerate(paths):
        for kept in range(len(whole[cut])):
            for path in paths[number:]:
                path.unlink(missing_ok=True)
            cut.write_bytes(b"".join(whole[cut][:kept]))
            opened = open_log(tmp_path, anchor)
            assert f"records up to {head.seq} were written" in opened.cut
            for path, lines in whole.items():
                path.write_bytes(b"".join(lines))
    assert not open_log(tmp_path, anchor).cut


@pytest.mark.usefixtures("small_files")
def test_a_crash_before_the_anchor_is_no_cut(tmp_path: Path) -> None:
    """The batch may have gone over several files."""
    anchor = tmp_path / "anchor"
    start(tmp_path, anchor, 4)
    opened = open_log(tmp_path, anchor)
    _, head = write_batch(opened.files, opened.head, [(event(), 1)] * 12)
    again = open_log(tmp_path, anchor)
    assert (again.head, again.cut, again.repaired) == (head, "", "")


@pytest.mark.usefixtures("small_files")
def test_a_damaged_end_goes_on_from_the_last_sound_record(tmp_path: Path) -> None:
    anchor = tmp_path / "anchor"
    head = start(tmp_path, anchor, 7)
    last = audit_disk.LogFiles(tmp_path).paths()[-1]
    sound = last.read_bytes()
    last.write_bytes(b"damage\n" * len(sound.splitlines()))
    opened = open_log(tmp_path, anchor)
    assert "the line is no JSON" in opened.repaired
    assert f"records up to {head.seq} were written" in opened.cut
    assert 0 < opened.head.seq < head.seq
    for path in audit_disk.LogFiles(tmp_path).paths():
        path.write_bytes(b"damage\n")
    assert open_log(tmp_path, anchor).head == AuditHead()


def test_a_damaged_anchor_vouches_for_nothing(tmp_path: Path) -> None:
    anchor = tmp_path / "anchor"
    start(tmp_path, anchor, 1)
    for data in (b"", b"{}", b"[]", b'{"vault_generation":1,"head":{}}'):
        anchor.write_bytes(data)
        assert open_log(tmp_path, anchor).anchor is None
