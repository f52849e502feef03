"""ESPHome Device Builder as a process, and a person's hands on its page."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import aiohttp

from .firmware import COMPILE_SECONDS, with_local_components
from .network import HOST, free_ports
from .paths import DEVICE_BUILDER
from .process import LoggedProcess

START_SECONDS = 90.0
READY = "Device Builder ready"


class BuilderError(Exception):
    """Device Builder refused a command, or one of its jobs failed."""


class DeviceBuilder(LoggedProcess):
    """Device Builder with a folder of configurations, empty at first.

    Its page is one WebSocket on which it sends commands; so is this.
    """

    def __init__(self, directory: Path) -> None:
        """Prepare it; its files all lie under `directory`."""
        self.configurations = directory / "device-builder"
        self.configurations.mkdir(parents=True)
        self.port, helpers = free_ports(2)
        super().__init__(
            "Device Builder",
            [
                str(DEVICE_BUILDER),
                str(self.configurations),
                *("--host", HOST, "--port", str(self.port)),
                # Where other Device Builders may ask this one to compile.
                *("--remote-build-host", HOST, "--remote-build-port", str(helpers)),
            ],
            directory / "device-builder.log",
        )

    async def start(self) -> None:
        """Start it and wait until it answers."""
        await super().start()
        await self.wait_for_log(READY, timeout=START_SECONDS)

    async def save(self, configuration: str, yaml: str) -> None:
        """Write a configuration as its editor does, with this repository's component."""
        await self.command(
            "devices/update_config",
            configuration=configuration,
            content=with_local_components(yaml),
        )

    async def create(self, name: str, yaml: str) -> str:
        """Make a new device of a YAML; return the configuration's file name."""
        answer = await self.command(
            "devices/create", name=name, file_content=with_local_components(yaml)
        )
        return str(answer["configuration"])

    async def compile(self, configuration: str) -> Path:
        """Compile a configuration; return the program of a host device."""
        job = await self.command("firmware/compile", configuration=configuration)
        await self._follow(job["job_id"])
        (program,) = self.configurations.glob(".esphome/build/*/.pioenvs/*/program")
        return program

    async def install(self, configuration: str, address: str) -> str:
        """Press *Install* with an address of one's own; return what the upload says."""
        job = await self.command(
            "firmware/install", configuration=configuration, port=address
        )
        await self._follow(job["job_id"])
        (upload,) = [
            each
            for each in await self.command("firmware/get_jobs")
            if each.get("depends_on") == job["job_id"]
        ]
        return await self._follow(upload["job_id"])

    async def line_of_logs(self, configuration: str, address: str, words: str) -> str:
        """Press *Logs* with an address of one's own; return the first line with words.

        Raises BuilderError where the log ends without it.
        """
        told: list[str] = []
        events = self._stream("devices/logs", configuration=configuration, port=address)
        async with aclosing(events):
            async for message in events:
                if message.get("event") != "output":
                    break
                told.append(message["data"])
                if words in told[-1]:
                    return told[-1]
        raise BuilderError("\n".join(told))

    async def command(self, name: str, /, **arguments: Any) -> Any:
        """Send a command; return its result.

        Raises BuilderError where it is refused.
        """
        async for message in self._stream(name, **arguments):
            if "event" not in message:
                # A result of nothing is left out.
                return message.get("result")
        raise BuilderError(f"no answer to {name}")

    async def _follow(self, job_id: str) -> str:
        """Wait for the end of a job; return its output."""
        output: list[str] = []
        async for message in self._stream("firmware/follow_job", job_id=job_id):
            if message.get("event") == "output":
                output.append(message["data"])
            elif message.get("event") == "result":
                text = "".join(output)
                if message["data"]["status"] != "completed":
                    raise BuilderError(f"{message['data']}\n{text[-6000:]}")
                return text
        raise BuilderError(f"no end of job {job_id}")

    async def _stream(
        self, name: str, /, **arguments: Any
    ) -> AsyncGenerator[dict[str, Any]]:
        """Send a command on a connection of its own; give what comes of it."""
        message_id = "1"
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"http://{HOST}:{self.port}/ws") as socket,
        ):
            await socket.receive_json()
            await socket.send_json(
                {"command": name, "message_id": message_id, "args": arguments}
            )
            while True:
                message = await socket.receive_json(timeout=COMPILE_SECONDS)
                if message.get("message_id") != message_id:
                    continue
                if "error_code" in message:
                    raise BuilderError(f"{name}: {message}")
                yield message
