"""Actions of a device's owner: described behind the entities, called as commands."""

from typing import Any

import pytest

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandStatus,
    LocalProtocolError,
    SkipReason,
    cbor,
    encode_description,
    parse_description,
)
from custom_components.oceanremote.protocol.user_actions import (
    Argument,
    ArgumentType,
    ResponseKind,
    UserAction,
    UserActionCall,
)
from tests.support.cddl import fits
from tests.support.device import CallReceived
from tests.support.message_samples import ENTITIES
from tests.support.world import World

WATER = UserAction(
    key=1,
    name="water",
    arguments=tuple(Argument(kind.name.lower(), kind) for kind in ArgumentType),
    response=ResponseKind.OPTIONAL,
    description="Waters the garden",
)
STOP = UserAction(key=2, name="stop")


def test_actions_stand_behind_the_entities() -> None:
    for action in (WATER, STOP):
        assert fits("descriptor", cbor.encode(action.items()))
    described = parse_description(encode_description(ENTITIES, [WATER, STOP]))
    assert described.entities == ENTITIES
    assert described.actions == (WATER, STOP)
    assert not described.skipped


def _descriptor(properties: dict[int, Any], key: int = 5) -> bytes:
    return cbor.encode([26, 0, key, "a", "a", properties])


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({160: [["a", 8]]}, SkipReason.NEWER),
        ({161: 4}, SkipReason.NEWER),
        ({160: [["a", 0], ["a", 1]]}, SkipReason.MALFORMED),
        ({160: [["a"]]}, SkipReason.MALFORMED),
        ({160: [["a", 0, "", ""]]}, SkipReason.MALFORMED),
        ({160: [["a", 0]] * 17}, SkipReason.MALFORMED),
        ({160: 1}, SkipReason.MALFORMED),
        ({161: -1}, SkipReason.MALFORMED),
        ({162: "x" * 256}, SkipReason.MALFORMED),
        ([], SkipReason.MALFORMED),
    ],
)
def test_an_action_that_is_not_understood_costs_itself_alone(
    properties: dict[int, Any], reason: SkipReason
) -> None:
    data = encode_description(ENTITIES, [STOP]) + _descriptor(properties)
    described = parse_description(data)
    assert described.actions == (STOP,)
    assert [skipped.reason for skipped in described.skipped] == [reason]


def test_a_key_counts_once_and_unknown_properties_are_skipped() -> None:
    data = _descriptor({160: [["a", 3, "says"]], 163: "newer"}, 2)
    described = parse_description(data + cbor.encode(STOP.items()))
    (action,) = described.actions
    assert action.arguments == (Argument("a", ArgumentType.TEXT, "says"),)
    assert described.skipped[0].reason is SkipReason.TWICE


def test_a_call_is_a_command(world: World) -> None:
    values = (True, -5, 0.1, "x", [True], [1, 2], [0.5], ["a", "b"])
    sent = world.hub.call_action(1, values, wants_response=True, timeout=5, now=1010)
    world.pump()
    (received,) = world.device_said(CallReceived)
    assert received.call == UserActionCall(sent, 5000, 1, values, True) or (
        received.call.values == values and received.call.wants_response
    )
    response = (("litres", 2.5),)
    world.device.send_result(sent, CommandStatus.DONE, "", world.now, response)
    world.pump()
    done = CommandCompleted(sent, CommandStatus.DONE, "", response)
    assert world.hub_said(CommandCompleted) == [done]


@pytest.mark.parametrize(
    "value", [2**31, float("nan"), None, "x" * 1025, [1, "a"], [[1]], [1] * 65, {}]
)
def test_a_value_must_be_one_that_a_device_holds(world: World, value: Any) -> None:
    with pytest.raises(LocalProtocolError):
        world.hub.call_action(1, (value,), wants_response=False, timeout=5, now=1010)
    assert world.hub.frames_to_send() == []


def test_a_call_needs_time_and_a_description(world: World) -> None:
    with pytest.raises(LocalProtocolError, match="time"):
        world.hub.call_action(1, (), wants_response=False, timeout=0, now=1010)
    world.hub.close(world.now)
    with pytest.raises(LocalProtocolError, match="agreed"):
        world.hub.call_action(1, (), wants_response=False, timeout=5, now=1010)
