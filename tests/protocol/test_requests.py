"""What a device asks: each request answered once, imports, and the time."""

import pytest

from custom_components.oceanremote.protocol import (
    Answer,
    AnswerStatus,
    CloseReason,
    CommandCompleted,
    CommandStatus,
    Import,
    Imported,
    ImportReceived,
    ImportStatus,
    LocalProtocolError,
    Request,
    RequestKind,
    RequestParts,
    RequestReceived,
)
from custom_components.oceanremote.protocol.limits import (
    MAX_OUTSTANDING_REQUESTS,
    MAX_RESPONSE_TEXT,
)
from tests.support.commands import switch_command
from tests.support.device import AnswerReceived, ImportedReceived, TimeReceived
from tests.support.message_samples import PUMP
from tests.support.world import HUB_TIME, World

PARTS = RequestParts(
    data=(("entity_id", "light.porch"),),
    templates=(("brightness", "{{ level }}"),),
    variables=(("level", "12"),),
    wants_response=True,
    response_template="{{ response }}",
)


def _ask(world: World) -> int:
    asked = world.device.send_request(
        RequestKind.ACTION, "light.turn_on", PARTS, world.now
    )
    world.pump()
    return asked


def _answers(world: World) -> list[Answer]:
    return [event.answer for event in world.device_said(AnswerReceived)]


def test_a_request_arrives_whole_and_is_answered_once(world: World) -> None:
    assert _ask(world) == 1
    asked = Request(1, RequestKind.ACTION, "light.turn_on", PARTS)
    assert world.hub_said(RequestReceived) == [RequestReceived(asked)]
    answer = Answer(1, AnswerStatus.DONE, "", "{}")
    world.hub.answer(answer, world.now)
    world.pump()
    assert _answers(world) == [answer]
    with pytest.raises(LocalProtocolError, match="no such request"):
        world.hub.answer(answer, world.now)


def test_answers_come_in_any_order_and_ids_count_across_epochs(world: World) -> None:
    asked = [_ask(world), _ask(world)]
    world.hub.rotate(world.now)
    world.pump()
    asked.append(_ask(world))
    assert asked == [1, 2, 3]
    for request_id in reversed(asked):
        world.hub.answer(Answer(request_id, AnswerStatus.NOT_ALLOWED), world.now)
    world.pump()
    assert [answer.request_id for answer in _answers(world)] == [3, 2, 1]


@pytest.mark.parametrize("request_id", [1, 2])
def test_a_request_id_is_never_used_twice(world: World, request_id: int) -> None:
    _ask(world)
    _ask(world)
    again = Request(request_id, RequestKind.TAG, "a")
    world.device._send_in_session(again, world.now)
    world.pump()
    assert world.hub_end.reason is CloseReason.UNEXPECTED_MESSAGE
    assert len(world.hub_said(RequestReceived)) == 2


def test_requests_without_an_answer_are_bounded_on_both_sides(world: World) -> None:
    for _ in range(MAX_OUTSTANDING_REQUESTS):
        _ask(world)
    with pytest.raises(LocalProtocolError, match="too many"):
        _ask(world)
    ninth = Request(MAX_OUTSTANDING_REQUESTS + 1, RequestKind.TAG, "a")
    world.device._send_in_session(ninth, world.now)
    world.pump()
    assert world.hub_end.reason is CloseReason.UNEXPECTED_MESSAGE
    assert len(world.hub_said(RequestReceived)) == MAX_OUTSTANDING_REQUESTS


@pytest.mark.parametrize(
    "size", [1024, MAX_RESPONSE_TEXT + 1], ids=["for the device", "at all"]
)
def test_a_response_that_is_too_large_is_a_failure(world: World, size: int) -> None:
    epoch = world.hub._link._epochs.sending
    assert epoch is not None
    epoch.peer_limit = 1024 if size == 1024 else 8192
    world.hub.answer(Answer(_ask(world), AnswerStatus.DONE, "", "x" * size), world.now)
    world.pump()
    assert _answers(world) == [Answer(1, AnswerStatus.FAILED, "response too large")]


def test_a_reason_is_cut_at_a_character(world: World) -> None:
    world.hub.answer(Answer(_ask(world), AnswerStatus.FAILED, "x" + "ä" * 64), 1000)
    world.pump()
    assert _answers(world) == [Answer(1, AnswerStatus.FAILED, "x" + "ä" * 31)]


def test_an_answer_waits_for_the_welcome_of_a_new_epoch(world: World) -> None:
    _ask(world)
    world.hub.rotate(world.now)
    world.collect()
    while world.hub.epoch == 2:
        if world.to_device:
            world.carry_to_device()
        else:
            events = world.hub.receive(world.to_hub.popleft(), world.now)
            world.collect()
    world.hub.answer(Answer(1, AnswerStatus.DONE), world.now)
    with pytest.raises(LocalProtocolError, match="welcomed"):
        world.hub.send_imported(Imported(0, ImportStatus.ABSENT), world.now)
    assert world.hub.frames_to_send() == []
    world.own_hub(events)
    world.pump()
    assert _answers(world) == [Answer(1, AnswerStatus.DONE)]
    assert not world.device.closed


def test_an_answer_that_nobody_awaits_ends_the_link(world: World) -> None:
    world.hub._link.send(Answer(1, AnswerStatus.DONE), world.now)
    world.pump()
    assert world.device_end.reason is CloseReason.UNEXPECTED_MESSAGE


def test_a_device_sees_what_it_imports(world: World) -> None:
    wanted = Import(63, "climate.hall", "current_temperature")
    world.device.send_import(wanted, world.now)
    world.pump()
    assert world.hub_said(ImportReceived) == [ImportReceived(wanted)]
    for told in (
        Imported(63, ImportStatus.VALUE, "21.5"),
        Imported(63, ImportStatus.ABSENT),
    ):
        world.hub.send_imported(told, world.now)
        world.pump()
        assert world.device_said(ImportedReceived)[-1].imported == told


@pytest.mark.parametrize("zone", ["", "CET-1CEST,M3.5.0,M10.5.0/3"])
def test_the_time_comes_with_its_zone(world: World, zone: str) -> None:
    world.hub.send_time(world.now, zone)
    world.pump()
    told = TimeReceived(int(HUB_TIME * 1000), zone)
    assert world.device_said(TimeReceived) == [told]


def test_a_result_may_carry_a_response(world: World) -> None:
    world.answer = None
    world.hub.send_command(PUMP, switch_command(True), 5, world.now)
    world.pump()
    response = (("level", 21.5), ("mode", "eco"))
    world.device.send_result(1, CommandStatus.DONE, "", world.now, response)
    world.pump()
    done = CommandCompleted(1, CommandStatus.DONE, "", response)
    assert world.hub_said(CommandCompleted) == [done]
