"""The log is verified and read as it was at one moment, while it goes on."""

import asyncio
from pathlib import Path
import threading
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
import pytest

from custom_components.oceanremote.audit import log as audit_log
from custom_components.oceanremote.audit.files import LogFiles, OpenLog, open_log
from custom_components.oceanremote.audit.log import MAX_QUEUED, AuditLog
from custom_components.oceanremote.policy.audit import files as audit_files
from custom_components.oceanremote.policy.audit.files import file_name
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.audit.record import Actor, AuditEvent, Outcome

EVENT = AuditEvent(1000.0, AuditKind.SESSION, Outcome.DONE, Actor(), {})
PATIENCE = 20.0


def limit(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Begin new files at another size."""
    monkeypatch.setattr(
        audit_files, "must_rotate", lambda present, line: present + line > size
    )


@pytest.fixture
async def log(
    hass: HomeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AuditLog:
    """Return a log of three files with two records each."""
    monkeypatch.setattr(audit_files, "KEEP_FILES", 3)
    limit(monkeypatch, 600)
    anchor = tmp_path / "anchor"
    opened = await hass.async_add_executor_job(open_log, tmp_path / "log", anchor)
    made = AuditLog(hass, opened, anchor, lambda: 7)
    for _ in range(6):
        made.append(EVENT)
    await made.flush()
    return made


class Slow:
    """Stands in for the check of a file, and stops before the first one."""

    def __init__(self) -> None:
        """Nothing has been checked so far."""
        self.reached = threading.Event()
        self.go_on = threading.Event()
        self._real = audit_log._check

    def __call__(self, *args: Any) -> None:
        """Check a file once it is allowed."""
        self.reached.set()
        assert self.go_on.wait(PATIENCE)
        self._real(*args)


async def test_no_record_is_lost_while_the_log_is_verified(
    hass: HomeAssistant,
    log: AuditLog,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """More events than the queue holds, and rotation takes the oldest file away."""
    limit(monkeypatch, 200_000)
    slow = Slow()
    with patch.object(audit_log, "_check", slow):
        verifying = hass.async_create_task(log.verify())
        assert await hass.async_add_executor_job(slow.reached.wait, PATIENCE)
        async with asyncio.timeout(PATIENCE):
            for _ in range(3):
                for _ in range(MAX_QUEUED // 2):
                    log.append(EVENT)
                await log.flush()
        oldest = tmp_path / "log" / file_name(1)
        assert not await hass.async_add_executor_job(oldest.exists)
        slow.go_on.set()
        report = await verifying
    assert report.intact
    assert report.head.seq == 6
    assert log.head.seq == 6 + 3 * (MAX_QUEUED // 2)
    await log.stop()


async def test_what_is_being_written_is_not_read(
    log: AuditLog, hass: HomeAssistant, tmp_path: Path
) -> None:
    def read() -> list[str]:
        paths = LogFiles(tmp_path / "log").paths()
        size = paths[-1].stat().st_size
        with paths[-1].open("ab") as stream:
            stream.write(b'{"half a record')
        opened = OpenLog(LogFiles(tmp_path / "log", len(paths), size))
        try:
            return list(opened.lines(len(paths) - 1))
        finally:
            opened.close()

    assert all(line.endswith("}\n") for line in await hass.async_add_executor_job(read))
    await log.stop()


async def test_a_file_that_cannot_be_opened_is_said(
    log: AuditLog, tmp_path: Path, hass: HomeAssistant
) -> None:
    path = tmp_path / "log" / file_name(2)
    await hass.async_add_executor_job(path.unlink)
    await hass.async_add_executor_job(path.mkdir)
    with pytest.raises(OSError, match="directory"):
        await log.verify()
    await log.stop()
