"""Commands: once, in time, and never an outcome that nobody knows of."""

import math

import pytest

from custom_components.oceanremote.protocol import (
    CloseReason,
    CommandCompleted,
    CommandDeadline,
    CommandStatus,
    Domain,
    EntityAddress,
    HubConnection,
    LocalProtocolError,
    messages as m,
)
from custom_components.oceanremote.protocol.limits import MAX_OUTSTANDING_COMMANDS
from tests.support.commands import (
    button_command,
    light_command,
    number_command,
    select_command,
    switch_command,
)
from tests.support.device import CommandExpired, CommandReceived
from tests.support.message_samples import FLOW, LAMP, LEVEL, MODE, PUMP, RESTART
from tests.support.world import World


def test_every_domain_can_be_commanded(world: World) -> None:
    sent = [
        (PUMP, switch_command(True)),
        (RESTART, button_command()),
        (LEVEL, number_command(21.5)),
        (MODE, select_command("eco")),
        (LAMP, light_command(on=True, rgb=(1.0, 0.5, 0.0), transition=0.25)),
    ]
    for address, args in sent:
        world.hub.send_command(address, args, 5, world.now)
    world.pump()
    received = world.device_said(CommandReceived)
    assert [(event.address, event.args) for event in received] == sent
    done = [CommandCompleted(n + 1, CommandStatus.DONE, "") for n in range(len(sent))]
    assert world.hub_said(CommandCompleted) == done


@pytest.mark.parametrize("wanted", [False, True])
@pytest.mark.parametrize("known", [False, True])
def test_commands_pass_where_the_caller_has_the_description(
    monkeypatch: pytest.MonkeyPatch, wanted: bool, known: bool
) -> None:
    """It may want it all the same, or not want what it does not have."""
    world = World()
    world.connect()
    hub = world.hub
    accepted: list[bool] = []

    def welcome(want_description: bool, now: float) -> None:
        HubConnection.welcome(hub, wanted, now, known=known)
        accepted.append(hub.accepts_commands)

    monkeypatch.setattr(hub, "welcome", welcome)
    world.pump()
    assert accepted == [known]
    assert hub.accepts_commands is (known or wanted)


def test_a_refusal_comes_with_its_reason(world: World) -> None:
    world.answer = None
    command = world.hub.send_command(PUMP, switch_command(True), 5, world.now)
    world.pump()
    world.device.send_result(command, CommandStatus.REFUSED, "interlocked", world.now)
    world.pump()
    assert world.hub_said(CommandCompleted) == [
        CommandCompleted(command, CommandStatus.REFUSED, "interlocked")
    ]


def test_a_command_held_back_is_dead_on_arrival(world: World) -> None:
    command = world.hub.send_command(PUMP, switch_command(True), 5, world.now)
    world.collect()
    world.now += 5
    world.carry_to_device()
    assert world.device_said(CommandExpired) == [CommandExpired(command)]
    assert world.device_said(CommandReceived) == []
    assert list(world.carried[-1][1][:1]) == [5]


def test_a_slow_handshake_errs_to_dead() -> None:
    world = World()
    world.connect()
    world.carry_to_device()
    # INIT is four seconds under way: the device's clock runs, the hub's does not.
    world.now += 4
    world.pump()
    world.register()
    world.connect()
    world.carry_to_device()
    world.now += 4
    world.pump()
    world.hub.send_command(PUMP, switch_command(True), 3, world.now)
    world.pump()
    assert len(world.device_said(CommandExpired)) == 1
    assert world.hub_said(CommandCompleted)[-1].status is CommandStatus.EXPIRED


def test_a_deadline_without_an_answer_leaves_the_outcome_unknown(world: World) -> None:
    world.answer = None
    command = world.hub.send_command(PUMP, switch_command(True), 5, world.now)
    assert world.hub.next_deadline() == world.now + 5
    world.now += 5
    assert world.hub.handle_timer(world.now) == [CommandDeadline(command)]
    assert world.hub.handle_timer(world.now) == []


def test_an_answer_after_the_deadline_changes_nothing(world: World) -> None:
    world.answer = None
    command = world.hub.send_command(PUMP, switch_command(True), 5, world.now)
    world.pump()
    world.now += 6
    world.device.send_result(command, CommandStatus.DONE, "", world.now)
    world.pump()
    assert world.hub_said(CommandDeadline) == [CommandDeadline(command)]
    assert world.hub_said(CommandCompleted) == []
    assert not world.hub.closed


def test_an_answer_after_the_deadline_comes_once_as_well(world: World) -> None:
    world.answer = None
    command = world.hub.send_command(PUMP, switch_command(True), 5, world.now)
    world.pump()
    world.now += 6
    for _ in range(2):
        world.device._send(m.Result(command, CommandStatus.DONE), world.now)
    world.pump()
    assert world.hub_end.reason is CloseReason.UNEXPECTED_MESSAGE


def test_a_deadline_never_outlives_the_session(world: World) -> None:
    world.now += 3590
    world.hub.send_command(PUMP, switch_command(True), 60, world.now)
    assert world.hub.next_deadline() is not None
    world.now += 10
    events = world.hub.handle_timer(world.now)
    assert events[0] == CommandDeadline(1)


@pytest.mark.parametrize("command_id", [0, 1, 2])
def test_a_result_without_its_command_ends_the_link(
    world: World, command_id: int
) -> None:
    world.hub.send_command(PUMP, switch_command(True), 5, world.now)
    world.pump()
    if command_id == 0:
        pytest.raises(LocalProtocolError, world.device.send_result, 1, 0, "", 0.0)
        return
    world.device._send(m.Result(command_id, CommandStatus.DONE), world.now)
    world.pump()
    assert world.hub_end.reason is CloseReason.UNEXPECTED_MESSAGE


def test_a_device_answers_a_command_once(world: World) -> None:
    world.hub.send_command(PUMP, switch_command(True), 5, world.now)
    world.pump()
    with pytest.raises(LocalProtocolError):
        world.device.send_result(1, CommandStatus.DONE, "", world.now)


@pytest.mark.parametrize("command_id", [1, 2])
def test_a_command_id_is_never_used_twice(world: World, command_id: int) -> None:
    for _ in range(2):
        world.hub.send_command(PUMP, switch_command(True), 5, world.now)
    world.pump()
    world.hub._link.send(m.Command(command_id, 10**6, PUMP, {1: True}), world.now)
    world.pump()
    assert world.device_end.reason is CloseReason.UNEXPECTED_MESSAGE
    assert len(world.device_said(CommandReceived)) == 2


def test_commands_without_an_answer_are_bounded(world: World) -> None:
    world.answer = None
    for _ in range(MAX_OUTSTANDING_COMMANDS):
        world.hub.send_command(PUMP, switch_command(True), 5, world.now)
    with pytest.raises(LocalProtocolError, match="too many"):
        world.hub.send_command(PUMP, switch_command(True), 5, world.now)
    world.now += 6
    world.hub.handle_timer(world.now)
    with pytest.raises(LocalProtocolError, match="too many"):
        world.hub.send_command(PUMP, switch_command(True), 5, world.now)


@pytest.mark.parametrize(
    ("address", "args"),
    [
        (PUMP, {}),
        (PUMP, {1: 1}),
        (PUMP, {1: True, 2: True}),
        (RESTART, {1: True}),
        (LEVEL, {1: 21}),
        (LEVEL, number_command(math.nan)),
        (LEVEL, number_command(-math.inf)),
        (MODE, {1: "x" * 256}),
        (MODE, {1: "\ud800"}),
        (LAMP, light_command(brightness=math.nan)),
        (LAMP, light_command(color_temperature=math.inf)),
        (LAMP, {2: 1.5}),
        (FLOW, {1: 1.0}),
        (EntityAddress(Domain.BINARY_SENSOR, 0, 1), {1: True}),
    ],
)
def test_arguments_must_fit_the_domain(
    world: World, address: EntityAddress, args: dict[int, object]
) -> None:
    with pytest.raises(LocalProtocolError):
        world.hub.send_command(address, args, 5, world.now)
    assert world.hub.frames_to_send() == []


@pytest.mark.parametrize("timeout", [0.0, -1.0])
def test_a_command_needs_time(world: World, timeout: float) -> None:
    with pytest.raises(LocalProtocolError):
        world.hub.send_command(PUMP, switch_command(True), timeout, world.now)


def test_a_command_that_is_not_sent_uses_no_id(world: World) -> None:
    epoch = world.hub._link._epochs.sending
    assert epoch is not None
    epoch.peer_limit = 30
    with pytest.raises(LocalProtocolError, match="exceeds"):
        world.hub.send_command(PUMP, switch_command(True), 5, world.now)
    epoch.peer_limit = 1024
    assert world.hub.send_command(PUMP, switch_command(True), 5, world.now) == 1
