"""Sessions: what they are bound to, their hard ends, and what is said in them."""

from dataclasses import replace

import pytest

from custom_components.oceanremote.protocol import (
    CloseReason,
    Description,
    DescriptionReceived,
    EntityState,
    GoodbyeReason,
    GoodbyeReceived,
    Health,
    HealthReceived,
    LastLine,
    LastLines,
    LastLinesReceived,
    LinkClosed,
    LocalProtocolError,
    LogReceived,
    RemoteProtocolError,
    StatesReceived,
    UpdateReported,
    description_hash,
    messages as m,
)
from custom_components.oceanremote.protocol.events import EntityEvent, SignalReceived
from custom_components.oceanremote.protocol.facts import read_facts
from custom_components.oceanremote.protocol.updates import (
    AbandonUpdate,
    InstallUpdate,
    OfferUpdate,
    UpdateChunk,
    UpdateFacts,
    UpdateOutcome,
    UpdatePosition,
    UpdateStatus,
)
from tests.support.commands import switch_command
from tests.support.device import (
    CommandReceived,
    DeviceLinkClosed,
    EpochStarted,
    HealthWanted,
    HeldAwake,
    LogsWanted,
    RevokedReceived,
    TimeReceived,
    UpdateReceived,
    Welcomed,
)
from tests.support.message_samples import ENTITIES, EYE, FACTS, FLOW, NOTE, PUMP
from tests.support.world import HUB_TIME, MAC, World

from .session_support import last_session


def test_the_session_is_bound_and_announced(world: World) -> None:
    session = last_session(world)
    assert session.mac == MAC
    assert session.device_key == world.flash.identity.key.public
    assert session.expires_at == world.now + 3600
    assert session.challenge_issued_at <= session.init_received_at <= world.now
    assert world.hub.session_id == world.device.session_id == session.session_id
    assert (world.hub.epoch, world.device.epoch) == (2, 2)
    assert world.hub.enrolment_id == session.enrolment_id
    assert world.hub.accepts_commands
    assert world.device.welcomed
    (welcomed,) = world.device_said(Welcomed)
    assert welcomed == Welcomed(True, int(HUB_TIME * 1000), b"")


def test_the_description_is_agreed_on_by_its_hash(world: World) -> None:
    (description,) = world.hub_said(DescriptionReceived)
    assert description.hash == description_hash(world.description)
    assert description.data == world.description
    assert description.description == Description(ENTITIES)


def test_a_hub_that_has_the_description_does_not_ask_again(world: World) -> None:
    world.connect()
    world.pump()
    assert world.device_said(Welcomed)[-1].want_description is False
    assert len(world.hub_said(DescriptionReceived)) == 1
    assert world.hub.accepts_commands


@pytest.mark.parametrize("moment", ["first", "later"])
def test_ready_is_the_first_message_of_an_epoch_and_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    if moment == "first":
        world.connect()
        with monkeypatch.context() as lie:
            lie.setattr(m, "Ready", lambda *_: m.Rotate())
            world.carry_to_device()
            world.carry_to_hub()
            world.carry_to_device()
    else:
        world.device._send(m.Ready(bytes(32), FACTS), world.now)
    world.pump()
    assert world.hub_end.reason is CloseReason.UNEXPECTED_MESSAGE


def test_a_session_is_welcomed_once(world: World) -> None:
    with pytest.raises(LocalProtocolError):
        world.hub.welcome(False, world.now)


# Hard ends


def test_the_device_stops_before_the_hub_does(world: World) -> None:
    end = world.device.expires_at
    assert end == pytest.approx(world.now + 0.98 * 3600)
    assert end is not None
    assert world.hub.expires_at == world.now + 3600


def test_the_hub_ends_a_session_without_grace(world: World) -> None:
    world.hub.rotate(world.now)
    world.now += 3600
    events = world.hub.handle_timer(world.now)
    assert [type(event) for event in events] == [LinkClosed]
    (end,) = events
    assert isinstance(end, LinkClosed)
    assert end.reason is CloseReason.EXPIRED
    assert end.expired
    assert end.enrolment_id is not None


def test_a_frame_after_the_end_is_late_and_no_attack(world: World) -> None:
    world.device.send_states([EntityState(FLOW, 1.0)], world.now)
    (frame,) = world.device.frames_to_send()
    world.now += 3600
    (end,) = world.hub.receive(frame, world.now)
    assert isinstance(end, LinkClosed)
    assert end.expired
    assert world.hub.receive(frame, world.now) == []


def test_a_device_obeys_nothing_after_its_end(world: World) -> None:
    world.now += 3520
    world.hub.send_command(PUMP, switch_command(True), 60, world.now)
    (frame,) = world.hub.frames_to_send()
    world.now += 8.5
    (end,) = world.device.receive(frame, world.now)
    assert isinstance(end, DeviceLinkClosed)
    assert end.expired
    assert world.device_said(CommandReceived) == []


def test_nothing_is_sent_after_the_end(world: World) -> None:
    world.now += 3600
    with pytest.raises(LocalProtocolError):
        world.hub.send_command(PUMP, switch_command(True), 5, world.now)
    with pytest.raises(LocalProtocolError):
        world.device.send_states([EntityState(FLOW, 1.0)], world.now)


def test_a_clock_that_goes_back_revives_nothing(world: World) -> None:
    world.device.send_states([EntityState(FLOW, 1.0)], world.now)
    (frame,) = world.device.frames_to_send()
    world.hub.handle_timer(world.now + 3600)
    assert world.hub.closed
    assert world.hub.receive(frame, world.now) == []
    with pytest.raises(LocalProtocolError):
        world.hub.send_command(PUMP, switch_command(True), 5, world.now)


# Tokens


def test_a_hub_restored_from_a_backup_and_its_device_understand_each_other(
    world: World,
) -> None:
    world.flash.identity = world.flash.identity.with_token(2, bytes(range(32)))
    world.hub_events.clear()
    world.device_events.clear()
    world.connect()
    world.pump()
    assert [event.generation for event in world.device_said(EpochStarted)] == [1]
    assert last_session(world).generation == 1
    assert last_session(world).claimed_generation == 2
    assert world.hub.accepts_commands


def test_a_token_can_be_renewed_within_a_session(world: World) -> None:
    fresh = bytes(range(32))
    world.hub.issue_token(fresh, 2, world.now)
    record = world.disk.devices[world.flash.identity.key.public]
    record.tokens[2] = fresh
    world.collect()
    world.carry_to_device()
    (stored,) = world.hub.receive(world.to_hub.popleft(), world.now)
    assert type(stored).__name__ == "TokenStored"
    world.connect()
    world.pump()
    assert last_session(world).generation == 2


# Revocation, and the rest of what is said


def test_a_live_device_is_told_that_it_is_revoked(world: World) -> None:
    world.hub.send_revoked(world.now)
    assert world.hub.closed
    world.pump()
    assert world.device_said(RevokedReceived) == [RevokedReceived()]
    assert world.device_end.reason is CloseReason.REVOKED
    assert world.flash.identity.token is None


def test_an_absent_device_hears_it_at_its_next_handshake(world: World) -> None:
    world.disk.devices[world.flash.identity.key.public].revoked = True
    world.connect()
    world.pump()
    assert last_session(world).tombstone
    assert world.hub_end == LinkClosed(
        CloseReason.REVOKED,
        "tombstone delivered",
        enrolment_id=last_session(world).enrolment_id,
    )
    assert world.device_end.reason is CloseReason.REVOKED


def test_events_logs_time_and_goodbye(world: World) -> None:
    world.hub.subscribe_logs(5, world.now)
    world.hub.send_time(world.now)
    world.device.send_event(NOTE, 2, world.now)
    world.device.send_signal(EYE, (560, -1690), world.now)
    world.device.send_log(3, "wifi", "up", world.now)
    world.device.send_goodbye(60, world.now, GoodbyeReason.SLEEP)
    world.pump()
    assert world.device_said(LogsWanted) == [LogsWanted(5)]
    assert world.device_said(TimeReceived) == [TimeReceived(int(HUB_TIME * 1000), "")]
    assert world.hub_events[-4:] == [
        EntityEvent(NOTE, 2),
        SignalReceived(EYE, (560, -1690)),
        LogReceived(3, "wifi", "up"),
        GoodbyeReceived(60, GoodbyeReason.SLEEP),
    ]


def test_a_device_that_sleeps_is_held_awake(world: World) -> None:
    world.device._facts = replace(FACTS, sleeps=True)
    world.hub.stay_awake(True, world.now)
    world.hub.stay_awake(False, world.now)
    world.pump()
    assert world.device_said(HeldAwake) == [HeldAwake(True), HeldAwake(False)]


def test_a_device_that_never_sleeps_takes_no_hold(world: World) -> None:
    world.hub.stay_awake(True, world.now)
    world.pump()
    assert world.device_end.reason is CloseReason.UNEXPECTED_MESSAGE


UPDATES = UpdateFacts(chip="ESP32", build="today", chunk=960)


def test_new_firmware_goes_and_its_news_come(world: World) -> None:
    world.device._facts = replace(FACTS, updates=UPDATES)
    told = (OfferUpdate(1, 3, bytes(32)), UpdateChunk(0, b"abc"), InstallUpdate(1))
    for message in (*told, AbandonUpdate()):
        world.hub.send_update(message, world.now)
    news = (UpdatePosition(1, 3), UpdateOutcome(1, UpdateStatus.INSTALLED))
    for one in news:
        world.device.send_update(one, world.now)
    world.pump()
    received = [event.message for event in world.device_said(UpdateReceived)]
    assert received == [*told, AbandonUpdate()]
    assert world.hub_events[-2:] == [UpdateReported(one) for one in news]


def test_a_device_that_takes_no_updates_ends_the_link(world: World) -> None:
    world.hub.send_update(OfferUpdate(1, 3, bytes(32)), world.now)
    world.pump()
    assert world.device_end.reason is CloseReason.UNEXPECTED_MESSAGE


def test_a_device_says_what_it_takes_or_nothing(world: World) -> None:
    facts = replace(FACTS, updates=UPDATES)
    assert read_facts(facts.items()) == facts
    broken = facts.items() | {16: {1: "ESP32", 3: 960}}
    with pytest.raises(RemoteProtocolError, match="updates are missing"):
        read_facts(broken)


def test_health_and_last_lines(world: World) -> None:
    world.hub.report_health(60, world.now)
    health = Health(uptime=3600, wifi_signal=-70)
    crash = LastLines("Exception", (LastLine(1, "pump", "Stuck"),))
    world.device.send_last_lines(crash, world.now)
    world.device.send_health(health, world.now)
    world.pump()
    assert world.device_said(HealthWanted) == [HealthWanted(60)]
    assert world.hub_events[-2:] == [LastLinesReceived(crash), HealthReceived(health)]


def test_health_is_asked_for_in_a_session_only(world: World) -> None:
    world.connect()
    with pytest.raises(LocalProtocolError, match="welcomed"):
        world.hub.report_health(60, world.now)


def test_a_message_that_exceeds_the_peer_is_not_sent(world: World) -> None:
    long = EntityState(NOTE, "x" * 250)
    with pytest.raises(LocalProtocolError):
        world.device.send_states([long] * 33, world.now)
    world.device.send_states([long] * 30, world.now)
    world.pump()
    assert len(world.hub_said(StatesReceived)) == 1
