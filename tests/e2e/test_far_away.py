"""A device on the line of a place far away: slow, lossy, cut in the middle, gone for hours.

The line has 200 ms, 32 kbit/s and 2 % losses in each direction (`lab.slow_line`).
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from lab.client import ApiError
from lab.firmware import Device
from lab.flows import Enrolment
from lab.house import House
from lab.network import HOST
from lab.proxy import Proxy
from lab.slow_line import SlowLine

YAML = Path(__file__).parent / "firmware" / "far.yaml"
LEVEL, RELAY, BEEP = "sensor-0-level", "switch-0-relay", "button-0-beep"
SESSION, PRESSED = r"far: session", "far: beep"
# For what takes seconds on this line; this machine is busy as well.
PATIENCE = 90.0
AWAY_HOURS = 4
CUTS = 9

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(900),
]


@dataclass
class Far:
    """A device behind the line, with its entities."""

    house: House
    proxy: Proxy
    enrolment: Enrolment
    device: Device
    entities: dict[str, str]

    async def press(self) -> None:
        """Press its button, as a person does; raises ApiError."""
        await self.house.client.call("button.press", entity_id=self.entities[BEEP])

    async def level(self) -> float:
        """What Home Assistant shows of its sensor."""
        state = await self.house.client.wait_for_state(
            self.entities[LEVEL], _is_number, PATIENCE
        )
        return float(state)

    async def cut(self) -> int:
        """Cut the line; return where the device's log was before."""
        mark = self.device.mark()
        self.proxy.cut()
        await self.device.wait_for_log(
            "far: disconnected", since=mark, timeout=PATIENCE
        )
        return mark

    async def back(self, mark: int) -> None:
        """Wait for the session after a cut."""
        await self.device.wait_for_log(SESSION, since=mark, timeout=PATIENCE)


def _is_number(state: str | None) -> bool:
    return state not in (None, "unavailable", "unknown")


async def _enrol(house: House, name: str, mac: str, *, cuts: int = 0) -> Far:
    """Enrol over the slow line, which breaks `cuts` times before there is a session."""
    proxy = Proxy(house.home_assistant.port, line=SlowLine())
    await proxy.start()
    enrolment = await house.add_device(name)
    url = f"ws://{HOST}:{proxy.port}"
    device = await house.flash(name, YAML, enrolment, mac=mac, url=url)
    device.keep_own_clock()
    await device.start()
    for number in range(cuts):
        # HELLO, INIT, ACCEPT and the token: each crosses the line in some 300 ms.
        connections = proxy.connections
        while proxy.connections == connections:  # noqa: ASYNC110 - it is no event
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.8 + 0.35 * number)
        proxy.cut()
    await device.wait_for_log(SESSION, timeout=PATIENCE)
    entities: dict[str, str] = {}
    async with asyncio.timeout(PATIENCE):
        while not {LEVEL, RELAY, BEEP} <= entities.keys():
            await asyncio.sleep(0.1)
            entities = await house.entity_ids(enrolment.subentry_id)
    await house.client.wait_for_state(entities[RELAY], "off", PATIENCE)
    return Far(house, proxy, enrolment, device, entities)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def far_house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house whose clock is hours behind, until it is told otherwise."""
    house = House(tmp_path_factory.mktemp("far"))
    house.home_assistant.shift_clock(-AWAY_HOURS)
    try:
        await house.build()
        yield house
    finally:
        await house.tear_down()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def far(far_house: House) -> AsyncIterator[Far]:
    """A device that has registered although its line broke again and again."""
    far = await _enrol(far_house, "far", "02:00:00:0C:FA:01", cuts=5)
    yield far
    await far.device.stop()
    await far.proxy.stop()


async def test_it_registers_once_however_often_the_line_breaks(far: Far) -> None:
    assert far.proxy.connections > 5
    assert far.device.log().count("far: registered") <= 1
    devices = await far.house.client.command("config/device_registry/list")
    ours = [d for d in devices if d["name"] == "far"]
    assert len(ours) == 1


async def test_it_obeys_and_tells_states_and_logs(far: Far) -> None:
    client = far.house.client
    device_id = await far.house.registry_id(far.enrolment.subentry_id)
    lines: list[str] = []

    async def follow() -> None:
        async for event in client.follow(
            "oceanremote/logs/follow", device_id=device_id, level="debug"
        ):
            lines.append(event["text"])  # noqa: PERF401 - each as it comes

    following = asyncio.create_task(follow())
    try:
        before, mark = await far.level(), far.device.mark()
        for _ in range(10):
            await far.press()
        assert far.device.log(mark).count(PRESSED) == 10
        for on in (True, False):
            action = "switch.turn_on" if on else "switch.turn_off"
            await client.call(action, entity_id=far.entities[RELAY])
            state = "on" if on else "off"
            await client.wait_for_state(far.entities[RELAY], state, PATIENCE)
        await client.wait_for_state(
            far.entities[LEVEL], lambda s: _is_number(s) and float(s or 0) > before
        )
        # And its log goes on over a cut.
        await far.back(await far.cut())
        lines.clear()
        async with asyncio.timeout(PATIENCE):
            while not any(PRESSED in line for line in lines):
                await far.press()
    finally:
        following.cancel()


async def test_a_cut_command_is_obeyed_at_most_once_and_never_later(far: Far) -> None:
    outcomes = {"done": 0, "unknown": 0}
    began = far.device.mark()
    for number in range(CUTS):
        pressing = asyncio.create_task(far.press())
        # From before it has left until after its result is back.
        await asyncio.sleep(0.05 + 0.08 * number)
        mark = await far.cut()
        try:
            await pressing
            outcomes["done"] += 1
        except ApiError:
            outcomes["unknown"] += 1
        late = far.device.mark()
        await far.back(mark)
        await asyncio.sleep(1)
        assert PRESSED not in far.device.log(late)
        await far.house.client.wait_for_state(far.entities[RELAY], "off", PATIENCE)
    pressed = far.device.log(began).count(PRESSED)
    assert outcomes["done"] <= pressed <= CUTS
    assert outcomes["unknown"] > 0


async def test_states_are_those_of_now_after_each_cut(far: Far) -> None:
    for number in range(3):
        before = await far.level()
        await asyncio.sleep(0.1 * number)
        await far.back(await far.cut())
        assert await far.level() > before


async def test_hours_of_readings_reach_the_statistics_once(far: Far) -> None:
    """The network is gone for hours, then back, and cut while the device tells them."""
    house, hub = far.house, far.house.home_assistant
    gone_at = await far.level()
    far.proxy.vanish()
    far.proxy.cut()
    await house.client.wait_for_state(far.entities[LEVEL], "unavailable", PATIENCE)
    await hub.stop()
    for _ in range(AWAY_HOURS):
        far.device.pass_time(3600)
        await asyncio.sleep(1.5)
    hub.shift_clock(0)
    await house.restart()
    mark = far.device.mark()
    far.proxy.come_back()
    for _ in range(2):
        told = await far.device.wait_for_log(
            r"'Level': (\d+) readings to tell, 0 lost", since=mark, timeout=PATIENCE
        )
        assert int(told[1]) > 100
        await asyncio.sleep(1)
        mark = await far.cut()
    report = await _report(far)
    assert report["lost"] == 0
    rows = await _hours(far)
    # Those between the one in which it went and the one in which it came back.
    assert len(rows) >= AWAY_HOURS - 1
    assert [row["start"] for row in rows] == sorted({row["start"] for row in rows})
    away = rows[-(AWAY_HOURS - 1) :]
    for before, after in pairwise(away):
        assert gone_at < before["min"] <= before["mean"] <= before["max"]
        assert before["max"] < after["max"]
        assert before["mean"] < after["mean"]
    # And it is there as ever.
    mark = far.device.mark()
    await far.press()
    assert far.device.log(mark).count(PRESSED) == 1


async def _report(far: Far) -> dict[str, Any]:
    """Wait until all hours that can be are delivered; return what is said of them."""
    device_id = await far.house.registry_id(far.enrolment.subentry_id)
    async with asyncio.timeout(2 * PATIENCE):
        while True:
            answer = await far.house.client.call(
                "oceanremote.get_backfill_report",
                {"device_id": device_id},
                response=True,
            )
            for report in answer["sensors"].values():
                if report["hours"] >= AWAY_HOURS - 1:
                    return dict(report)
            await asyncio.sleep(0.5)


async def _hours(far: Far) -> list[dict[str, Any]]:
    rows = await far.house.client.command(
        "recorder/statistics_during_period",
        start_time=datetime.fromtimestamp(0, UTC).isoformat(),
        statistic_ids=[far.entities[LEVEL]],
        period="hour",
    )
    return list(rows[far.entities[LEVEL]])
