"""A rain gauge that sleeps, for real but for the sleep: its program ends and is started.

What a person sees of it: it is asleep, its values stay, and a command waits for it.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .firmware import Device
from .flows import Enrolment
from .house import House

YAML = Path(__file__).parent / "yaml" / "sleep" / "rain-gauge.host.yaml"
MAC = "02:0C:EA:00:00:03"
NAME = "Rain gauge"
# As long as its YAML says.
SLEEP_SECONDS = 30.0
COMMANDED = r"(?i)command.*Heater.*ON"
PATIENCE = 60.0
_EVENT = "oceanremote_command"


@dataclass
class Sleeper:
    """An enrolled board that has slept once."""

    house: House
    enrolment: Enrolment
    device: Device
    entities: dict[str, str]

    @property
    def status(self) -> str:
        """The entity id of its status."""
        return self.entities["own-status"]

    async def wake(self) -> int:
        """Let its timer run out; return where its log was before."""
        mark = self.device.mark()
        await self.device.start()
        return mark

    async def until_asleep(self) -> None:
        """Wait until its program has ended and Home Assistant says that it sleeps."""
        await self.device.wait(PATIENCE)
        await self.house.client.wait_for_state(self.status, "asleep")

    async def call(self, action: str, unique: str) -> None:
        """Call an action on one of its entities."""
        await self.house.client.call(action, entity_id=self.entities[unique])

    async def state(self, unique: str) -> str | None:
        """Return the state of one of its entities."""
        return await self.house.client.state(self.entities[unique])


async def enrol_sleeper(house: House, name: str = NAME, mac: str = MAC) -> Sleeper:
    """Enroll a rain gauge; return it when it has gone to sleep with all told."""
    enrolment = await house.add_device(name)
    slug = name.lower().replace(" ", "-")
    device = await house.flash(slug, YAML, enrolment, mac=mac)
    await device.start()
    await device.wait(PATIENCE)
    wanted = {"own-status", "own-stay_awake", "sensor-0-rain", "switch-0-heater"}
    entities: dict[str, str] = {}
    async with asyncio.timeout(PATIENCE):
        while not entities.keys() >= wanted:
            await asyncio.sleep(0.1)
            entities = await house.entity_ids(enrolment.subentry_id)
    sleeper = Sleeper(house, enrolment, device, entities)
    await sleeper.until_asleep()
    return sleeper


@asynccontextmanager
async def outcomes(house: House) -> AsyncGenerator[list[dict[str, Any]]]:
    """Collect what is said of commands that wait."""
    said: list[dict[str, Any]] = []
    ready = asyncio.Event()

    async def listen() -> None:
        async for event in house.client.follow(
            "subscribe_events", subscribed=ready.set, event_type=_EVENT
        ):
            said.append(event["data"])  # noqa: PERF401 - each as it comes

    listening = asyncio.create_task(listen())
    try:
        await asyncio.wait_for(ready.wait(), PATIENCE)
        yield said
    finally:
        listening.cancel()
        await asyncio.wait([listening])


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait until something has become true."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what is said comes from another process
            await asyncio.sleep(0.05)


async def command_while_asleep(sleeper: Sleeper) -> int:
    """Switch its heater on while it sleeps; return how many commands have waited."""
    async with outcomes(sleeper.house) as said:
        await sleeper.call("switch.turn_on", "switch-0-heater")
        await eventually(lambda: [each["outcome"] for each in said] == ["waiting"])
        mark = await sleeper.wake()
        await sleeper.device.wait_for_log(COMMANDED, since=mark)
        await eventually(
            lambda: [each["outcome"] for each in said] == ["waiting", "done"]
        )
    await sleeper.until_asleep()
    return 1


async def keep_waking(sleeper: Sleeper, stopped: asyncio.Event) -> None:
    """Be its timer until the demo is stopped."""
    while not stopped.is_set():
        if not sleeper.device.running:
            try:
                await asyncio.wait_for(stopped.wait(), SLEEP_SECONDS)
            except TimeoutError:
                await sleeper.wake()
        await asyncio.sleep(0.5)
