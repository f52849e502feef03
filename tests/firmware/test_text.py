"""Texts: what one may be travels up, what is asked of it down, and the rest is refused."""

from typing import Any

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandStatus,
    Domain,
)
from custom_components.oceanremote.protocol.domains.text import TextMode, TextProperties
from lab.firmware import Device

from .bench_hub import BenchHub
from .texts import SAID, SECRET


async def _asked(hub: BenchHub, text: str, args: dict[int, Any]) -> CommandCompleted:
    result = await hub.command(hub.address(Domain.TEXT, text), args)
    assert isinstance(result, CommandCompleted)
    return result


async def test_a_text_is_described_told_and_commanded(
    workbench_hub: BenchHub, workbench_device: Device
) -> None:
    await workbench_hub.wait_for_state(Domain.TEXT, "told", lambda state: state == SAID)

    def properties(text: str) -> Any:
        return workbench_hub.entities[Domain.TEXT, text].properties

    assert properties("motto") == properties("told") == TextProperties()
    assert properties("patterned") == TextProperties(pattern="ü" * 255)
    assert properties("code") == TextProperties(
        min_length=4, max_length=20, pattern="[A-Za-z0-9-]+", mode=TextMode.PASSWORD
    )
    assert workbench_hub.states[workbench_hub.address(Domain.TEXT, "motto")] == "calm"
    assert workbench_hub.states[workbench_hub.address(Domain.TEXT, "code")] is None

    for text, value in (
        ("motto", "à la bonne heure"),
        ("motto", "💡" * 63),
        ("motto", ""),
        ("code", SECRET),
    ):
        result = await _asked(workbench_hub, text, {1: value})
        assert (result.status, result.reason) == (CommandStatus.DONE, "")
        await workbench_hub.wait_for_state(Domain.TEXT, text, value.__eq__)
    await workbench_device.wait_for_log("Motto: changed")
    await workbench_device.wait_for_log("Code: set")
    await workbench_device.wait_for_log(f"Command text 'Code' -> {len(SECRET)} bytes")
    assert SECRET not in workbench_device.log()

    for text, value, reason in (
        ("code", "abc", "text too short"),
        ("code", "x" * 21, "text too long"),
        ("code", "ü" * 11, "text too long"),
        ("motto", "💡" * 64, "text too long"),
    ):
        result = await _asked(workbench_hub, text, {1: value})
        assert (result.status, result.reason) == (CommandStatus.REFUSED, reason)
    assert workbench_hub.states[workbench_hub.address(Domain.TEXT, "code")] == SECRET
