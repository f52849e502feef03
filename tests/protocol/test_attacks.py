"""The wire in the hands of an enemy: flipped, cut, joined, dropped, repeated."""

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.oceanremote.protocol import EntityState, HubEvent, LinkClosed
from tests.support.commands import switch_command
from tests.support.device import DeviceEvent, DeviceLinkClosed
from tests.support.message_samples import FLOW, PUMP
from tests.support.world import World


def _story(world: World) -> None:
    """Registration, a session, a command, a state, a rotation: every kind of frame."""
    world.connect()
    world.pump()
    world.hub.send_command(PUMP, switch_command(True), 5, world.now)
    world.device.send_states([EntityState(FLOW, 1.0)], world.now)
    world.pump()
    world.hub.rotate(world.now)
    world.pump()


def _record() -> list[tuple[str, bytes]]:
    world = World()
    _story(world)
    return world.carried


RECORDED = _record()


class Cut(World):
    """A world whose wire is interrupted before the frame number `until`."""

    def __init__(self, until: int) -> None:
        """Live through the story up to that frame."""
        super().__init__()
        self.until = until

    def give_hub(self, frame: bytes) -> list[HubEvent]:
        if len(self.carried) >= self.until:
            raise _Stopped
        return super().give_hub(frame)

    def give_device(self, frame: bytes) -> list[DeviceEvent]:
        if len(self.carried) >= self.until:
            raise _Stopped
        return super().give_device(frame)


class _Stopped(Exception):
    """The story has reached the frame under attack."""


def _stop_before(index: int) -> tuple[Cut, str, bytes]:
    world = Cut(index)
    with pytest.raises(_Stopped):
        _story(world)
    sender, frame = RECORDED[index]
    return world, sender, frame


def _attack(world: World, sender: str, frame: bytes) -> None:
    """Deliver `frame`: the link ends, and nothing else is reported."""
    if sender == "device":
        events = world.hub.receive(frame, world.now)
        assert [type(event) for event in events] == [LinkClosed]
        assert world.hub.closed
    else:
        device_events = world.device.receive(frame, world.now)
        assert [type(event) for event in device_events] == [DeviceLinkClosed]
        assert world.device.closed


every_frame = pytest.mark.parametrize(
    "index", range(len(RECORDED)), ids=[f"{f[0]}-{who}" for who, f in RECORDED]
)


@every_frame
def test_the_recorded_frame_itself_is_welcome(index: int) -> None:
    world, sender, frame = _stop_before(index)
    if sender == "device":
        assert not any(
            isinstance(event, LinkClosed)
            for event in world.hub.receive(frame, world.now)
        )
    else:
        assert not any(
            isinstance(event, DeviceLinkClosed)
            for event in world.device.receive(frame, world.now)
        )


@every_frame
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_flipped_bit_ends_the_link(index: int, data: st.DataObject) -> None:
    world, sender, frame = _stop_before(index)
    bit = data.draw(st.integers(0, 8 * len(frame) - 1))
    flipped = bytearray(frame)
    flipped[bit // 8] ^= 1 << bit % 8
    if frame[0] == 1 and bit >= 16:
        # HELLO is not authenticated by itself: the challenge comes back in INIT.
        assert world.device.receive(bytes(flipped), world.now) == []
        (init,) = world.device.frames_to_send()
        _attack(world, "device", init)
        return
    _attack(world, sender, bytes(flipped))


@every_frame
def test_a_frame_cut_at_any_byte_ends_the_link(index: int) -> None:
    _, sender, frame = _stop_before(index)
    for end in range(0, len(frame), 1 if len(frame) < 100 else 7):
        world, sender, frame = _stop_before(index)
        _attack(world, sender, frame[:end])


@every_frame
def test_frames_joined_into_one_message_end_the_link(index: int) -> None:
    world, sender, frame = _stop_before(index)
    _attack(world, sender, frame + frame)


@every_frame
def test_a_frame_in_pieces_ends_the_link(index: int) -> None:
    world, sender, frame = _stop_before(index)
    _attack(world, sender, frame[: len(frame) // 2])
    receive = world.hub.receive if sender == "device" else world.device.receive
    assert receive(frame[len(frame) // 2 :], world.now) == []


@every_frame
def test_a_frame_twice_ends_the_link(index: int) -> None:
    world, sender, frame = _stop_before(index)
    receive = world.hub.receive if sender == "device" else world.device.receive
    first = receive(frame, world.now)
    assert not any(isinstance(event, LinkClosed | DeviceLinkClosed) for event in first)
    _attack(world, sender, frame)


@every_frame
def test_a_dropped_frame_is_noticed_at_the_next(index: int) -> None:
    world, sender, _ = _stop_before(index)
    later = [f for who, f in RECORDED[index + 1 :] if who == sender and f[0] != 1]
    if later:
        _attack(world, sender, later[0])


@every_frame
def test_a_link_dropped_after_any_frame_comes_back(index: int) -> None:
    world, _, _ = _stop_before(index)
    again = World()
    again.disk, again.flash, again.hub_key = world.disk, world.flash, world.hub_key
    again.random = world.random
    again.connect()
    again.pump()
    assert again.hub.proved
    assert again.hub.accepts_commands
    assert again.disk.commits == 1


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=5), st.integers(0, len(RECORDED)))
def test_any_bytes_at_any_time_end_the_link_at_most(
    messages: list[bytes], index: int
) -> None:
    if index == len(RECORDED):
        world: World = World()
        _story(world)
    else:
        world, _, _ = _stop_before(index)
    for message in messages:
        events = world.hub.receive(message, world.now)
        assert [type(event) for event in events] in ([LinkClosed], [])
        device_events = world.device.receive(message, world.now)
        if message[:2] != b"\x01\x01":
            assert [type(e) for e in device_events] in ([DeviceLinkClosed], [])


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_frames_of_another_link_end_this_one(data: st.DataObject) -> None:
    index = data.draw(st.integers(1, len(RECORDED) - 1))
    other = World("another")
    _story(other)
    foreign = data.draw(st.sampled_from([f for _, f in other.carried if f[0] != 1]))
    world, _, _ = _stop_before(index)
    events = world.hub.receive(foreign, world.now)
    assert [type(event) for event in events] == [LinkClosed]
