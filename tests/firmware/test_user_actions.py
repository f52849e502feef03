"""Actions that the YAML defines: called with what they take, answered with what they say."""

import asyncio
from typing import Any

import pytest

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandStatus,
    DescriptionReceived,
    EntityAddress,
    SessionProved,
)
from custom_components.oceanremote.protocol.user_actions import (
    ACTION_DOMAIN,
    Argument,
    ArgumentType,
    ResponseKind,
)
from lab.firmware import Device

from .bench_hub import BenchHub

DONE = (CommandStatus.DONE, "", ())
PLAY: list[Any] = [
    *(True, -3, 440.5, "süß"),
    *([True, False], [1, -2], [1.5, 2.0], ["a", "b"]),
]


@pytest.fixture(autouse=True)
def any_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the bench say what a hub would not: wrong arguments, too."""
    monkeypatch.setattr(
        "custom_components.oceanremote.protocol.hub_commands.read_args",
        lambda domain, args: args,
    )


def _address(name: str) -> EntityAddress:
    """Return what the board calls an action: FNV-1 of its name."""
    key = 2166136261
    for byte in name.encode():
        key = (key * 16777619 & 0xFFFFFFFF) ^ byte
    return EntityAddress(ACTION_DOMAIN, 0, key)  # type: ignore[arg-type]


async def _call(
    hub: BenchHub, name: str, *values: Any, wants: bool | None = None
) -> tuple[CommandStatus, str, tuple[tuple[str, Any], ...]]:
    args: dict[int, Any] = {1: list(values)}
    if wants is not None:
        args[2] = wants
    result = await hub.command(_address(name), args)
    assert isinstance(result, CommandCompleted)
    return result.status, result.reason, result.data


async def test_actions_are_described_with_all_that_they_take(
    asking_hub: BenchHub, asker: Device
) -> None:
    received = await asking_hub.wait_for(DescriptionReceived)
    actions = {action.name: action for action in received.description.actions}
    assert {name: action.response for name, action in actions.items()} == {
        "play": ResponseKind.NONE,
        "measure": ResponseKind.OPTIONAL,
        "whole": ResponseKind.ONLY,
        "check": ResponseKind.STATUS,
        "rest": ResponseKind.OPTIONAL,
        "linger": ResponseKind.STATUS,
    }
    play = actions["play"]
    assert play.description == "Plays a tune"
    assert play.key == _address("play").key
    assert play.arguments[2] == Argument("pitch", ArgumentType.REAL, "In hertz")
    assert [argument.type for argument in play.arguments] == list(ArgumentType)
    assert received.description.skipped == ()


async def test_arguments_of_every_type_outlive_the_message(
    asking_hub: BenchHub, asker: Device
) -> None:
    assert await _call(asking_hub, "play", *PLAY) == DONE
    await asking_hub.act(lambda connection, now: connection.send_ping(now))
    await asker.wait_for_log("Play: 1 -3 440.50 süß")
    await asker.wait_for_log("Play: 2 -2 1.5 b")
    # A whole number is a number.
    assert await _call(asking_hub, "play", *PLAY[:2], 440, *PLAY[3:]) == DONE
    await asker.wait_for_log("Play: 1 -3 440.00 süß")


async def test_what_an_action_responds(asking_hub: BenchHub, asker: Device) -> None:
    status, reason, data = await _call(asking_hub, "measure", 1.5, wants=True)
    assert (status, reason) == (CommandStatus.DONE, "")
    assert data == (("level", 21.5), ("unit", "cm"), ("ready", True), ("count", 3))
    assert await _call(asking_hub, "measure", 1.5, wants=False) == DONE
    assert await _call(asking_hub, "measure", 1.5) == DONE
    assert await _call(asking_hub, "whole", wants=True) == (
        CommandStatus.DONE,
        "",
        (("text", "done"), ("number", -5)),
    )
    # After a delay, and of two that run at once each its own.
    both = await asyncio.gather(
        _call(asking_hub, "check", True), _call(asking_hub, "check", False)
    )
    assert both == [DONE, (CommandStatus.REFUSED, "out of order", ())]


async def test_a_response_that_is_too_long_is_said_to_be(
    asking_hub: BenchHub, asker: Device
) -> None:
    fits = await _call(asking_hub, "rest", 255, wants=True)
    assert fits == (CommandStatus.DONE, "", (("text", "x" * 255),))
    too_long = await _call(asking_hub, "rest", 256, wants=True)
    assert too_long[0] is CommandStatus.REFUSED
    assert "too long" in too_long[1]


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("play", PLAY[:-1], "malformed arguments"),
        ("play", [*PLAY, 1], "malformed arguments"),
        ("play", [1, *PLAY[1:]], "malformed arguments"),
        ("play", [*PLAY[:7], [1, 2]], "malformed arguments"),
        ("play", [*PLAY[:7], "a"], "malformed arguments"),
        ("unheard", [], "unknown entity"),
    ],
)
async def test_what_an_action_cannot_take_is_refused_and_the_link_lives(
    name: str, values: list[Any], reason: str, asking_hub: BenchHub, asker: Device
) -> None:
    refused = await _call(asking_hub, name, *values)
    assert refused == (CommandStatus.REFUSED, reason, ())
    assert await _call(asking_hub, "play", *PLAY) == DONE


async def test_eight_calls_run_and_what_ends_late_answers_nobody(
    asking_hub: BenchHub, asker: Device
) -> None:
    calls = [asyncio.create_task(_call(asking_hub, "linger")) for _ in range(8)]
    await asyncio.sleep(0.5)
    ninth = await _call(asking_hub, "linger")
    assert ninth == (CommandStatus.REFUSED, "too many calls are running", ())
    since = len(asking_hub.events)
    await asking_hub.drop()
    await asking_hub.wait_for(SessionProved, since)
    # On the new link the hub's numbers begin again: nothing old may answer them.
    await asyncio.sleep(0.5)
    fresh = asyncio.create_task(_call(asking_hub, "linger"))
    await asker.wait_for_log("Nobody waits for the response of call 8")
    assert not fresh.done()
    assert await fresh == DONE
    for call in calls:
        call.cancel()
