"""One child process with a log that can be waited on."""

import asyncio
from collections.abc import Mapping
import contextlib
import os
from pathlib import Path
import re
import signal
import time

POLL_SECONDS = 0.05
STOP_SECONDS = 15.0
ANSI = re.compile(r"\x1b\[[0-9;]*m")


class ProcessFailed(Exception):
    """A child process ended, or never said what was waited for."""


class LoggedProcess:
    """A child process whose output goes to a file.

    The file is appended to across restarts, so that one log tells a device's or a
    hub's whole life.
    """

    def __init__(
        self,
        name: str,
        command: list[str],
        log: Path,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
    ) -> None:
        """Prepare a process; `environment` is added to this process's own."""
        self.name = name
        self.log_path = log
        self.environment = dict(environment or {})
        self._command = command
        self._directory = directory
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """Process id of the running process."""
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.returncode is None

    @property
    def return_code(self) -> int | None:
        """Exit code of a process that ended, negative for a signal."""
        return None if self._process is None else self._process.returncode

    async def start(self) -> None:
        """Start the process in a process group of its own."""
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        with self.log_path.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
                cwd=self._directory,
                env={**os.environ, **self.environment},
                start_new_session=True,
            )

    async def stop(self) -> None:
        """Ask the process to end; kill it when it has not after 15 s."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """End the process with SIGKILL."""
        await self._end(signal.SIGKILL)

    async def wait(self, timeout: float = 30.0) -> int:
        """Wait for the process to end by itself; return its exit code."""
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), timeout)

    async def _end(self, how: signal.Signals) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    def log(self, offset: int = 0) -> str:
        """Return the log from a byte offset on, without colours."""
        if not self.log_path.exists():
            return ""
        with self.log_path.open("rb") as file:
            file.seek(offset)
            return ANSI.sub("", file.read().decode(errors="replace"))

    def mark(self) -> int:
        """Return the current end of the log, for `wait_for_log`."""
        return self.log_path.stat().st_size if self.log_path.exists() else 0

    def complete_lines_end(self, offset: int) -> int:
        """Return the end of the last whole line after a byte offset."""
        data = self.log_path.read_bytes()[offset:]
        return offset + data.rfind(b"\n") + 1

    async def wait_for_log(
        self, pattern: str, *, since: int = 0, timeout: float = 30.0
    ) -> re.Match[str]:
        """Wait until a regular expression matches in the log.

        Raises ProcessFailed with the log's end when it does not within `timeout`, or
        when the process has ended without it.
        """
        deadline = time.monotonic() + timeout
        while True:
            ended = not self.running
            if match := re.search(pattern, self.log(since)):
                return match
            if ended or time.monotonic() > deadline:
                why = "ended" if ended else f"was silent for {timeout:.0f} s"
                tail = "\n".join(self.log(since).splitlines()[-40:])
                raise ProcessFailed(f"{self.name} {why}: no {pattern!r} in\n{tail}")
            await asyncio.sleep(POLL_SECONDS)
