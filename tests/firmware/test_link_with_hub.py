"""The C++ device against the Python hub: two implementations of one protocol.

Neither knows the other's code. What one says must mean the same to the other, whatever
the order of steps, crashes and rotations.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from custom_components.oceanremote.protocol import (
    CloseReason,
    CommandCompleted,
    CommandDeadline,
    CommandStatus,
    DescriptionReceived,
    EntityState,
    HubSettings,
    PongReceived,
    RefusalReason,
    Refused,
    RegistrationProved,
    RegistrationToken,
    RotationRequested,
    SessionProved,
    StatesReceived,
    TokenStored,
)
from tests.support.commands import switch_command
from tests.support.message_samples import ENTITIES, FLOW, PUMP
from tests.support.world import MAC

from .core_build import build
from .firmware_life import FirmwareLife
from .firmware_world import FirmwareWorld

LIVES = 400
GROUPS = 10
STEPS = 500


pytestmark = pytest.mark.xdist_group("link")


@pytest.fixture(scope="session")
def driver() -> Path:
    """The program that drives the firmware's Link."""
    return build("link_driver")


@pytest.fixture
def world(driver: Path) -> Iterator[FirmwareWorld]:
    """A hub and a new device, not connected."""
    world = FirmwareWorld(driver, "firmware", settings=HubSettings(lifetime=600))
    yield world
    world.firmware.close()


def _enrol(world: FirmwareWorld) -> None:
    world.connect()
    world.pump()
    assert world.welcomed


def test_registers_and_opens_a_session(world: FirmwareWorld) -> None:
    _enrol(world)
    (registration,) = world.hub_said(RegistrationProved)
    assert registration.mac == MAC
    assert registration.board == "host"
    assert registration.version == "2026.10.0"
    assert registration.counter == 1
    assert len(world.hub_said(TokenStored)) == 1
    (session,) = world.hub_said(SessionProved)
    assert (session.epoch, session.generation, session.counter) == (2, 1, 2)
    assert session.ready.facts.platform == "host"
    (description,) = world.hub_said(DescriptionReceived)
    assert description.description.entities == tuple(ENTITIES)
    assert [event.name for event in world.seen] == ["registered", "welcome"]


def test_states_and_commands_cross(world: FirmwareWorld) -> None:
    _enrol(world)
    assert world.report(EntityState(FLOW, 12.5), EntityState(PUMP, True))
    world.pump()
    (states,) = world.hub_said(StatesReceived)
    assert states.states == (EntityState(FLOW, 12.5), EntityState(PUMP, True))
    command = world.hub.send_command(PUMP, switch_command(on=True), 5, world.now)
    world.pump()
    (seen,) = world.firmware_said("command")
    assert seen.details == (str(command), "4", str(PUMP.key), "a101f5")
    (completed,) = world.hub_said(CommandCompleted)
    assert completed.status is CommandStatus.DONE


def test_a_command_held_back_is_dead_on_arrival(world: FirmwareWorld) -> None:
    _enrol(world)
    world.hub.send_command(PUMP, switch_command(on=True), 2, world.now)
    world.collect()
    world.now += 3
    world.own_hub(world.hub.handle_timer(world.now))
    world.pump()
    assert not world.firmware_said("command")
    assert len(world.hub_said(CommandDeadline)) == 1
    assert not world.hub.closed


def test_rotates_at_both_sides_wish(world: FirmwareWorld) -> None:
    _enrol(world)
    for epoch in range(3, 13):
        world.hub.rotate(world.now)
        world.collect()
        assert world.report(EntityState(FLOW, float(epoch)))
        world.pump()
        assert world.hub.epoch == epoch
    world.firmware.rotate()
    world.pump()
    assert len(world.hub_said(RotationRequested)) == 1
    assert len(world.hub_said(StatesReceived)) == 10
    assert len({event.session_id for event in world.hub_said(SessionProved)}) == 11


def test_answers_pings(world: FirmwareWorld) -> None:
    _enrol(world)
    nonces = [world.hub.send_ping(world.now) for _ in range(4)]
    world.pump()
    assert [event.nonce for event in world.hub_said(PongReceived)] == nonces


def test_comes_back_after_a_power_cut(world: FirmwareWorld) -> None:
    _enrol(world)
    world.boot()
    world.connect()
    world.pump()
    sessions = world.hub_said(SessionProved)
    assert len(sessions) == 2
    assert sessions[1].counter > sessions[0].counter
    assert world.disk.commits == 1


def test_the_device_ends_a_session_before_the_hub_does(world: FirmwareWorld) -> None:
    _enrol(world)
    assert world.hub.expires_at is not None
    while world.now < world.hub.expires_at - 13:
        world.now += 10
        world.own_hub(world.hub.handle_timer(world.now))
        world.pump()
        assert not world.closed
    world.now = world.hub.expires_at - 12
    world.own_firmware(world.firmware.tick(world.now))
    assert world.firmware_said("closed")[-1].details == ("session", "expired")
    assert not world.hub.closed


def test_a_revoked_device_forgets_and_stays_away(world: FirmwareWorld) -> None:
    _enrol(world)
    world.hub.send_revoked(world.now)
    world.pump()
    assert world.seen[-1].name == "revoked"
    assert world.firmware.state.plan == "nothing"
    world.boot()
    assert world.firmware.state.plan == "nothing"


def test_a_tombstone_reaches_an_absent_device(world: FirmwareWorld) -> None:
    _enrol(world)
    (record,) = world.disk.devices.values()
    record.revoked = True
    world.boot()
    world.connect()
    world.pump()
    assert world.seen[-1].name == "revoked"
    assert world.firmware.state.plan == "nothing"


def test_a_refused_device_slows_down_and_changes_nothing(world: FirmwareWorld) -> None:
    _enrol(world)
    world.disk.refusal = Refused(RefusalReason.STOPPING)
    world.boot()
    world.connect()
    world.pump()
    assert world.seen[-1].name == "rejected"
    assert world.seen[-1].details == ("0",)
    assert world.firmware.state.plan == "resume"
    world.disk.refusal = None
    world.connect()
    world.pump()
    assert world.welcomed


def test_another_boards_mac_is_refused(driver: Path, world: FirmwareWorld) -> None:
    _enrol(world)
    # The same flash in another board.
    other = bytes.fromhex("24a160c0ffef")
    world.firmware.boot(other, world.hub_key.public, world.token.secret)
    world.connect()
    world.pump()
    assert world.seen[-1].name == "rejected"
    assert world.hub_end.refusal is RefusalReason.WRONG_MAC


def test_a_stranger_without_the_hub_key_gets_nowhere(world: FirmwareWorld) -> None:
    wrong = bytes([*world.hub_key.public[:-1], world.hub_key.public[-1] ^ 1])
    world.firmware.boot(MAC, wrong, world.token.secret)
    world.connect()
    world.pump()
    assert world.hub.closed
    assert not world.hub_said(RegistrationProved)


def test_a_wrong_registration_token_proves_nothing(world: FirmwareWorld) -> None:
    # The handle is known, the token behind it is another.
    wrong = RegistrationToken(bytes(32))
    world.disk.unused = {wrong.handle: world.token}
    world.firmware.boot(MAC, world.hub_key.public, wrong.secret)
    world.connect()
    world.pump()
    assert world.firmware_said("closed")[-1].details == ("authentication", "failed")
    assert not world.hub_said(RegistrationProved)


@pytest.mark.parametrize("bit", range(0, 8 * 60, 7))
def test_a_flipped_bit_yields_nothing(world: FirmwareWorld, bit: int) -> None:
    _enrol(world)
    assert world.report(EntityState(FLOW, 1.0))
    frame = bytearray(world.to_hub.popleft())
    frame[bit // 8 % len(frame)] ^= 1 << bit % 8
    world.give_hub(bytes(frame))
    assert world.hub.closed
    assert not world.hub_said(StatesReceived)
    assert world.hub_end.reason in {
        CloseReason.NOT_AUTHENTIC,
        CloseReason.UNEXPECTED_FRAME,
        CloseReason.MALFORMED_FRAME,
    }


@pytest.mark.parametrize("steps", range(30))
def test_registration_converges_from_a_power_cut(
    world: FirmwareWorld, steps: int
) -> None:
    """The power fails after the device's nth step; the hub has the same disk."""
    world.connect()
    for _ in range(steps):
        if world.firmware.state.wants != "nothing":
            world.act()
        elif world.to_hub:
            world.carry_to_hub()
        elif world.to_device:
            world.carry_to_firmware()
    world.boot()
    world.connect()
    world.pump()
    assert world.welcomed
    assert world.disk.commits == 1
    assert not world.disk.pending


@pytest.mark.parametrize("group", range(GROUPS))
def test_random_lives(driver: Path, group: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(group, LIVES, GROUPS):
        life = FirmwareLife(driver, seed)
        try:
            life.live(STEPS)
            life.settle()
        except BaseException:
            print(f"seed {seed}")  # noqa: T201 - what to run again
            raise
        finally:
            life.firmware.close()
        seen["crashes"] += life.crashes
        seen["rotations"] += life.rotations
        seen.update(type(event).__name__ for event in life.hub_events)
    # The lives must be eventful, or they prove nothing.
    lives = LIVES // GROUPS
    assert seen["crashes"] > lives
    assert seen["rotations"] > lives / 4
    assert seen["CommandCompleted"] > lives
    assert seen["StatesReceived"] > lives
