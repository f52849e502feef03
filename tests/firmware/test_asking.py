"""What a device asks of Home Assistant: its time, its states, and to do things."""

from custom_components.oceanremote.protocol import (
    Answer,
    AnswerStatus,
    Domain,
    Imported,
    ImportReceived,
    ImportStatus,
    Request,
    RequestKind,
    RequestReceived,
    SessionProved,
)
from lab.firmware import Device

from .asking_device import press
from .bench_hub import BenchHub

DAY = 86400.0


async def _asked(hub: BenchHub, name: str, since: int = 0) -> Request:
    event = await hub.wait_for(
        RequestReceived, since, lambda event: event.request.name == name
    )
    return event.request


async def _answer(
    hub: BenchHub,
    request: Request,
    status: AnswerStatus = AnswerStatus.DONE,
    reason: str = "",
    response: str | None = None,
) -> None:
    answer = Answer(request.request_id, status, reason, response)
    await hub.act(lambda connection, now: connection.answer(answer, now))


async def test_the_clock_is_the_hubs_in_its_zone(
    asking_hub: BenchHub, asker: Device
) -> None:
    session = await asking_hub.wait_for(SessionProved)
    assert session.ready.facts.keeps_time
    # The 20th of July 2033, 10:00 UTC.
    asking_hub.wall_clock = lambda: 2005466400.0
    zone = "CET-1CEST,M3.5.0,M10.5.0/3"
    await asking_hub.act(lambda connection, now: connection.send_time(now, zone))
    await asker.wait_for_log("Clock: 2033-07-20 12:00")
    # Half a year later without a word of the zone, which stays.
    asking_hub.wall_clock = lambda: 2005466400.0 + 180 * DAY
    await asking_hub.act(lambda connection, now: connection.send_time(now))
    await asker.wait_for_log("Clock: 2034-01-16 11:00")
    # One that nobody understands changes nothing but the time.
    asking_hub.wall_clock = lambda: 2005466400.0 + 181 * DAY
    await asking_hub.act(lambda connection, now: connection.send_time(now, "Mars/East"))
    await asker.wait_for_log("The hub's time zone is not understood: Mars/East")
    await asker.wait_for_log("Clock: 2034-01-17 11:00")
    # A hub that has lost its clock sets nobody's.
    asking_hub.wall_clock = lambda: 1000.0
    await asking_hub.act(lambda connection, now: connection.send_time(now, zone))
    await asker.wait_for_log("The hub does not know the time")


async def test_states_of_home_assistant_reach_the_board(
    asking_hub: BenchHub, asker: Device
) -> None:
    await asking_hub.wait_for(ImportReceived, 0, lambda event: event.wanted.slot == 7)
    slots = {
        (event.wanted.entity_id, event.wanted.attribute): event.wanted.slot
        for event in asking_hub.events
        if isinstance(event, ImportReceived)
    }
    assert slots.keys() == {
        ("sensor.outside", ""),
        ("sun.sun", "rising"),
        ("weather.home", ""),
        ("input_number.target", ""),
        ("input_number.target", "min"),
        ("input_number.target", "max"),
        ("input_number.target", "step"),
        ("light.lamp", ""),
    }
    assert sorted(slots.values()) == list(range(8))

    async def tell(
        entity: str,
        value: str,
        status: ImportStatus = ImportStatus.VALUE,
        attribute: str = "",
    ) -> None:
        imported = Imported(slots[entity, attribute], status, value)
        await asking_hub.act(
            lambda connection, now: connection.send_imported(imported, now)
        )

    await tell("sensor.outside", "21.75")
    await asker.wait_for_log("Outside: 21.8")
    await tell("sensor.outside", "unknown")
    await asker.wait_for_log("Outside: nan")
    await tell("sensor.outside", "-3")
    await asker.wait_for_log("Outside: -3.0")
    await tell("sun.sun", "on", attribute="rising")
    await asker.wait_for_log("Rising: 1")
    await tell("sun.sun", "maybe", attribute="rising")
    await asker.wait_for_log("sun.sun: 'maybe' is neither on nor off")
    await tell("weather.home", "ü" * 255)
    await asker.wait_for_log(f"Weather: 510 '{'ü' * 10}'")
    await tell("weather.home", "", ImportStatus.ABSENT)
    await asker.wait_for_log("Weather: 11 'unavailable'")
    await tell("weather.home", "", ImportStatus.NOT_ALLOWED)
    await asker.wait_for_log("does not let this device read weather.home")

    for attribute, value in (("min", "10"), ("max", "30"), ("step", "0.5")):
        await tell("input_number.target", value, attribute=attribute)
    await tell("input_number.target", "20")
    await asker.wait_for_log("Target: 20.0")
    await tell("light.lamp", "on")
    await asking_hub.wait_for_state(Domain.SWITCH, "lamp", lambda on: on is True)


async def test_imported_entities_are_set_by_their_own_actions(
    asking_hub: BenchHub, asker: Device
) -> None:
    for attribute, value in (("min", "10"), ("max", "30"), ("step", "0.5"), ("", "20")):
        slot = await _slot_of_target(asking_hub, attribute)
        imported = Imported(slot, ImportStatus.VALUE, value)
        await asking_hub.act(
            lambda connection, now, imported=imported: connection.send_imported(
                imported, now
            )
        )
    await asker.wait_for_log("Target: 20.0")
    target = asking_hub.address(Domain.NUMBER, "target")
    await asking_hub.command(target, {1: 22.5})
    request = await _asked(asking_hub, "input_number.set_value")
    assert request.kind is RequestKind.ACTION
    assert request.parts.data == (
        ("entity_id", "input_number.target"),
        ("value", "22.5"),
    )
    await asking_hub.wait_for_state(Domain.NUMBER, "target", lambda x: x == 22.5)
    # What is refused is taken back.
    await _answer(asking_hub, request, AnswerStatus.NOT_ALLOWED, "not allowed")
    await asker.wait_for_log("'Target' not set: not allowed")
    await asking_hub.wait_for_state(Domain.NUMBER, "target", lambda x: x == 20)

    lamp = asking_hub.address(Domain.SWITCH, "lamp")
    await asking_hub.command(lamp, {1: True})
    request = await _asked(asking_hub, "light.turn_on")
    assert request.parts.data == (("entity_id", "light.lamp"),)
    await asking_hub.command(lamp, {1: False})
    await _asked(asking_hub, "light.turn_off")


async def _slot_of_target(hub: BenchHub, attribute: str) -> int:
    """Return the slot by which the board wants an attribute of its number."""
    event = await hub.wait_for(
        ImportReceived,
        0,
        lambda event: (
            event.wanted.entity_id == "input_number.target"
            and event.wanted.attribute == attribute
        ),
    )
    return event.wanted.slot


async def test_actions_are_asked_for_and_their_end_is_heard(
    asking_hub: BenchHub, asker: Device
) -> None:
    await press(asking_hub, "light")
    request = await _asked(asking_hub, "light.turn_on")
    assert request.kind is RequestKind.ACTION
    assert request.parts.data == (
        ("entity_id", "light.kitchen"),
        ("brightness_pct", "55"),
    )
    assert request.parts.templates == (("color_name", "{{ shade }}"),)
    assert request.parts.variables == (("shade", "blue"),)
    assert not request.parts.wants_response
    await _answer(asking_hub, request)
    await asker.wait_for_log("Light: done")
    since = len(asking_hub.events)
    await press(asking_hub, "light")
    request = await _asked(asking_hub, "light.turn_on", since)
    await _answer(asking_hub, request, AnswerStatus.NOT_ALLOWED, "not allowed")
    await asker.wait_for_log("Light: not allowed")

    await press(asking_hub, "forecast")
    request = await _asked(asking_hub, "weather.get_forecasts")
    assert request.parts.wants_response
    assert request.parts.response_template == "{{ response }}"
    # It outlives what it came in: the chain waits before it shows it.
    await _answer(asking_hub, request, response="sunny, " * 100 + "at last")
    await asking_hub.act(lambda connection, now: connection.send_ping(now))
    await asker.wait_for_log("sunny, sunny")
    since = len(asking_hub.events)
    await press(asking_hub, "forecast")
    request = await _asked(asking_hub, "weather.get_forecasts", since)
    await _answer(asking_hub, request, AnswerStatus.FAILED, "response too large")
    await asker.wait_for_log("No forecast: response too large")


async def test_events_and_tags(asking_hub: BenchHub, asker: Device) -> None:
    await press(asking_hub, "ring")
    event = await _asked(asking_hub, "rung")
    assert (event.kind, event.parts.data) == (RequestKind.EVENT, (("times", "2"),))
    for tag in ("04-A1-B2", "04-C3"):
        assert (await _asked(asking_hub, tag)).kind is RequestKind.TAG
    await _answer(asking_hub, event, AnswerStatus.NOT_ALLOWED, "not allowed")
    await asker.wait_for_log("Request 1: not allowed")


async def test_a_ninth_request_fails_at_once_and_eight_are_answered(
    asking_hub: BenchHub, asker: Device
) -> None:
    await press(asking_hub, "nine")
    await asker.wait_for_log("8: too many requests")
    requests = [await _asked(asking_hub, f"count.to_{number}") for number in range(8)]
    assert [request.request_id for request in requests] == list(range(1, 9))
    for number, request in reversed(list(enumerate(requests))):
        await _answer(asking_hub, request, AnswerStatus.UNKNOWN, f"no {number}")
        await asker.wait_for_log(f"{number}: no {number}")
    since = len(asking_hub.events)
    await press(asking_hub, "light")
    assert (await _asked(asking_hub, "light.turn_on", since)).request_id == 9


async def test_what_cannot_go_out_as_it_was_meant_fails_at_once(
    asking_hub: BenchHub, asker: Device
) -> None:
    await press(asking_hub, "long")
    await asker.wait_for_log("Long: too long")
    # And one that asks again at once when it fails does not for ever.
    await press(asking_hub, "insist")
    await asker.wait_for_log("Insist: once more")
    await press(asking_hub, "light")
    assert (await _asked(asking_hub, "light.turn_on")).request_id == 1


async def test_nothing_is_asked_late_when_the_link_breaks(
    asking_hub: BenchHub, asker: Device
) -> None:
    await press(asking_hub, "light")
    await _asked(asking_hub, "light.turn_on")
    since = len(asking_hub.events)
    await asking_hub.drop()
    await asker.wait_for_log("Light: the link broke")
    await asking_hub.wait_for(SessionProved, since)
    # The new link begins with all imports again, and with request 1.
    await asking_hub.wait_for(
        ImportReceived, since, lambda event: event.wanted.slot == 7
    )
    await press(asking_hub, "light")
    request = await _asked(asking_hub, "light.turn_on", since)
    assert request.request_id == 1
    assert sum(isinstance(e, RequestReceived) for e in asking_hub.events[since:]) == 1
