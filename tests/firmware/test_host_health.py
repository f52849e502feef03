"""A board's own health: told while it is asked for, after a crash, without a session."""

from collections.abc import AsyncIterator
import functools
from pathlib import Path
import signal

import pytest
import pytest_asyncio

from custom_components.oceanremote.protocol import (
    DeviceFacts,
    HealthReceived,
    LastLines,
    LastLinesReceived,
    SessionProved,
    StatesCompleted,
)
from custom_components.oceanremote.protocol.domains import Domain
from lab.firmware import BUILDS, Device, compile_firmware
from lab.network import free_ports
from tests.support.exclusive import exclusive

from .bench_hub import BenchHub
from .small_device import small_yaml_for

pytestmark = pytest.mark.xdist_group("health")

FAILING = """\
  reboot_timeout: 30s
  last_lines_size: 256

button:
  - platform: template
    name: Fall
    on_press:
      - logger.log: {level: WARN, format: "Falling\\x1b[31m apart"}
      - lambda: abort();
  - platform: template
    name: Stumble
    on_press:
      - logger.log: {level: ERROR, format: "Stumbling"}
      - lambda: __builtin_trap();
  - platform: template
    name: Babble
    on_press:
      - lambda: |-
          for (int i = 0; i < 5000; i++)
            ESP_LOGV("babble", "Line %d", i);
          ESP_LOGI("babble", "That was all");
"""
BUILD = "health"


@functools.cache
def _port() -> int:
    """Return one port for all, so that the program is compiled once."""
    (port,) = free_ports(1)
    return port


@pytest_asyncio.fixture
async def failing(idle_hub: BenchHub, tmp_path: Path) -> AsyncIterator[Device]:
    """A device that falls when told to, and knows no hub that listens yet."""
    idle_hub.port = _port()
    configuration = BUILDS / f"{BUILD}.yaml"
    with exclusive(BUILDS / f"{BUILD}.text"):
        text = small_yaml_for(idle_hub, FAILING)
        configuration.write_text(text.replace("logger:", "logger: {level: VERBOSE}"))
        program = await compile_firmware(configuration)
    device = Device(BUILD, program, tmp_path)
    yield device
    await device.stop()


async def _ready(hub: BenchHub, since: int = 0) -> DeviceFacts:
    """Wait for a session that has told its states; return what the device says."""
    session = await hub.wait_for(SessionProved, since)
    await hub.wait_for(StatesCompleted, since)
    return session.ready.facts


async def _press(hub: BenchHub, object_id: str) -> None:
    await hub.act(
        lambda connection, now: connection.send_command(
            hub.address(Domain.BUTTON, object_id), {}, 5.0, now
        )
    )


async def _crash_told(hub: BenchHub, since: int) -> LastLines:
    return (await hub.wait_for(LastLinesReceived, since)).crash


async def test_a_board_tells_its_health_and_its_crashes(
    idle_hub: BenchHub, failing: Device
) -> None:
    """One life, because to compile takes longer than all of it."""
    hub, device = idle_hub, failing
    await hub.start(hub.port)
    await device.start()
    facts = await _ready(hub)
    assert facts.reports_health
    assert facts.reset_reason == "Power on"

    # Asked every second, it tells at once and again; then no more.
    await hub.act(lambda connection, now: connection.report_health(1, now))
    first = (await hub.wait_for(HealthReceived)).health
    again = (await hub.wait_for(HealthReceived, len(hub.events))).health
    assert first.uptime <= again.uptime < 600
    assert first.longest_loop is not None
    assert first.wifi_signal is None
    assert first.free_heap is None
    await hub.act(lambda connection, now: connection.report_health(0, now))

    # What it logs in a loop stays within its bound, and it falls with its last words.
    await _press(hub, "babble")
    await device.wait_for_log("That was all")
    mark = len(hub.events)
    await _press(hub, "fall")
    assert await device.wait() == -signal.SIGABRT
    await device.start()
    assert (await _ready(hub, mark)).reset_reason == "Crash"
    crash = await _crash_told(hub, mark)
    assert crash.reset_reason == "Crash"
    assert any("Falling" in line.text and line.level == 2 for line in crash.lines)
    assert sum(4 + len(f"{line.tag}{line.text}".encode()) for line in crash.lines) < 256

    # By a fault, and by a hand from outside.
    mark = len(hub.events)
    await _press(hub, "stumble")
    assert await device.wait() == -signal.SIGILL
    await device.start()
    await _ready(hub, mark)
    assert (await _crash_told(hub, mark)).lines[-1].text == "Stumbling"
    logged = device.mark()
    await _press(hub, "babble")
    await device.wait_for_log("That was all", since=logged)
    mark = len(hub.events)
    await device.kill()
    await device.start()
    await _ready(hub, mark)
    killed = await _crash_told(hub, mark)
    assert killed.lines
    assert not any("Stumbling" in line.text for line in killed.lines)

    # Once per boot, and never after a stop that was planned.
    mark = len(hub.events)
    await hub.drop()
    await _ready(hub, mark)
    stopped = len(hub.events)
    await device.stop()
    await device.start()
    assert (await _ready(hub, stopped)).reset_reason == "Restart"
    # What is told comes before the second report.
    await hub.act(lambda connection, now: connection.report_health(1, now))
    await hub.wait_for(HealthReceived, stopped)
    await hub.wait_for(HealthReceived, len(hub.events))
    assert not [e for e in hub.events[mark:] if isinstance(e, LastLinesReceived)]


async def test_a_board_without_a_session_restarts(
    idle_hub: BenchHub, failing: Device
) -> None:
    failing.hasten(10)
    await failing.start()
    assert await failing.wait() == 0
    assert "No session for 30 s: restarting" in failing.log()
    await idle_hub.start(idle_hub.port)
    failing.hasten(1)
    await failing.start()
    assert (await _ready(idle_hub)).reset_reason == "Restart"
