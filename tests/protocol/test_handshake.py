"""The hub judges an INIT: cheapest first, nothing believed, one generic answer."""

from collections.abc import Callable
from dataclasses import replace
import hashlib
import hmac

import pytest

from custom_components.oceanremote.protocol import (
    HubSettings,
    KeyPair,
    LinkClosed,
    Purpose,
    RefusalReason,
    Refused,
    RegistrationToken,
    SessionProved,
    keys,
)
from custom_components.oceanremote.protocol.errors import (
    CloseReason,
    LocalProtocolError,
)
from custom_components.oceanremote.protocol.frames import (
    Accept,
    Hello,
    Init,
    Reject,
    parse_frame,
)
from custom_components.oceanremote.protocol.handshake_payloads import Claims, prologue
from custom_components.oceanremote.protocol.keys import hub_key_id, mac1
from custom_components.oceanremote.protocol.noise import Initiator
from tests.support.device import DeviceIdentity
from tests.support.world import MAC, OTHER_MAC, World

GENERIC = Reject(0).encode()


@pytest.fixture
def world() -> World:
    """A device that has registered and whose link has ended."""
    world = World()
    world.register()
    world.hub_events.clear()
    world.device_events.clear()
    return world


@pytest.fixture
def curve_operations(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every Diffie-Hellman that is computed, by the public key it takes."""
    done: list[bytes] = []
    exchange = KeyPair.exchange

    def counted(self: KeyPair, peer_public: bytes) -> bytes:
        done.append(peer_public)
        return exchange(self, peer_public)

    monkeypatch.setattr(keys.KeyPair, "exchange", counted)
    return done


def _init(world: World) -> bytes:
    """Connect and return the INIT that is on its way to the hub."""
    world.connect()
    world.carry_to_device()
    return world.to_hub.popleft()


def _resealed(world: World, frame: bytes) -> bytes:
    """Return `frame` with a mac1 that fits, as a stranger with the hub key makes it."""
    challenge = next(
        Hello(f[2:]).challenge for who, f in reversed(world.carried) if f[0] == 1
    )
    body = frame[:-16]
    return body + mac1(world.hub_key.public, challenge, body)


def _end(world: World, frame: bytes) -> LinkClosed:
    (end,) = world.give_hub(frame)
    assert isinstance(end, LinkClosed)
    assert world.hub.closed
    assert not world.hub.proved
    return end


def test_layouts_are_what_the_specification_says(world: World) -> None:
    init = _init(world)
    hello = world.carried[-1][1]
    assert hello[:2] == b"\x01\x01"
    assert len(hello) == 34
    public = world.hub_key.public
    key_id = hashlib.sha256(b"oceanremote/1 hub key id" + public).digest()[:4]
    assert init[:8] == b"\x02\x02" + key_id + (1024).to_bytes(2)
    assert len(init) == 8 + 32 + 48 + 18 + 16 + 16
    key = hashlib.sha256(b"oceanremote/1 mac1" + public).digest()
    seal = hmac.digest(key, hello[2:] + init[:-16], "sha256")[:16]
    assert init[-16:] == seal
    world.give_hub(init)
    (accept,) = world.to_device
    assert accept[0] == 3
    assert len(accept) == 81


def test_a_known_device_costs_four_curve_operations(
    world: World, curve_operations: list[bytes]
) -> None:
    init = _init(world)
    curve_operations.clear()
    world.give_hub(init)
    assert len(curve_operations) == 4


@pytest.mark.parametrize("purpose", Purpose)
def test_admission_is_asked_after_mac1_and_before_any_curve_operation(
    world: World, curve_operations: list[bytes], purpose: Purpose
) -> None:
    if purpose is Purpose.REGISTRATION:
        world.flash.identity = replace(world.flash.identity, token=None)
    asked: list[Purpose] = []

    def admit(purpose: Purpose) -> None:
        asked.append(purpose)
        raise Refused(RefusalReason.RATE_LIMITED)

    world.admit = admit
    init = _init(world)
    curve_operations.clear()
    with_wrong_mac1 = init[:-1] + bytes((init[-1] ^ 1,))
    assert _end(world, with_wrong_mac1).reason is CloseReason.BAD_MAC1
    assert asked == []
    init = _init(world)
    curve_operations.clear()
    assert _end(world, init).refusal is RefusalReason.RATE_LIMITED
    assert asked == [purpose]
    assert curve_operations == []


@pytest.mark.parametrize("curious", [True, False])
def test_whom_an_unknown_key_claims_to_be_is_learned_where_there_is_time(
    world: World, curious: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person may look for a board; the link ends the same way."""
    world.disk.devices.clear()
    init = _init(world)
    handshake = world.hub._link._handshake
    assert handshake is not None
    hub = handshake._hub
    settings = replace(hub.settings, look_closer=lambda: curious)
    monkeypatch.setattr(handshake, "_hub", replace(hub, settings=settings))
    end = _end(world, init)
    assert end.refusal is RefusalReason.UNKNOWN_KEY
    assert (end.claimed_mac is not None) is curious


def test_an_unknown_device_key_costs_one_curve_operation(
    world: World, curve_operations: list[bytes]
) -> None:
    world.disk.devices.clear()
    init = _init(world)
    curve_operations.clear()
    end = _end(world, init)
    assert len(curve_operations) == 1
    assert (end.reason, end.refusal) == (
        CloseReason.REFUSED,
        RefusalReason.UNKNOWN_KEY,
    )
    assert end.claimed_key == world.flash.identity.key.public
    assert end.claimed_mac is None
    assert world.hub.frames_to_send() == []
    assert list(world.to_device) == [GENERIC]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda f: f[:2] + bytes(4) + f[6:], CloseReason.UNKNOWN_HUB_KEY),
        (lambda f: f[:-1] + bytes((f[-1] ^ 1,)), CloseReason.BAD_MAC1),
        (lambda f: f[:50] + bytes((f[50] ^ 1,)) + f[51:], CloseReason.BAD_MAC1),
        (lambda f: f[:-17] + f[-16:], CloseReason.BAD_MAC1),
    ],
    ids=["hub key id", "mac1", "covered by mac1", "shortened"],
)
def test_a_stranger_without_the_hub_key_costs_no_curve_operation(
    world: World,
    curve_operations: list[bytes],
    change: Callable[[bytes], bytes],
    reason: CloseReason,
) -> None:
    init = _init(world)
    curve_operations.clear()
    assert _end(world, change(init)).reason is reason
    assert curve_operations == []
    assert list(world.to_device) == [GENERIC]


@pytest.mark.parametrize("where", range(8, 122))
def test_a_changed_handshake_message_is_refused(world: World, where: int) -> None:
    init = bytearray(_init(world))
    init[where] ^= 0x10
    end = _end(world, _resealed(world, bytes(init)))
    assert end.reason in (CloseReason.BAD_HANDSHAKE, CloseReason.REFUSED)
    assert list(world.to_device) == [GENERIC]


def test_a_changed_header_is_refused_even_with_a_fitting_mac1(world: World) -> None:
    init = _init(world)
    other_limit = init[:6] + (4096).to_bytes(2) + init[8:]
    end = _end(world, _resealed(world, other_limit))
    assert end.reason is CloseReason.BAD_HANDSHAKE


def test_an_ephemeral_key_of_small_order_is_refused(world: World) -> None:
    init = _init(world)
    end = _end(world, _resealed(world, init[:8] + bytes(32) + init[40:]))
    assert end.reason is CloseReason.BAD_HANDSHAKE
    assert end.detail == "public key of small order"


def test_a_replayed_init_answers_no_other_challenge(world: World) -> None:
    old = _init(world)
    world.connect()
    assert _end(world, old).reason is CloseReason.BAD_MAC1
    world.connect()
    world.carry_to_device()
    world.to_device.clear()
    assert _end(world, _resealed(world, old)).reason is CloseReason.BAD_HANDSHAKE


@pytest.mark.parametrize("reason", RefusalReason)
def test_every_refusal_looks_the_same_from_outside(
    world: World, reason: RefusalReason
) -> None:
    world.disk.refusal = Refused(reason, "only for the log")
    end = _end(world, _init(world))
    assert end.reason is CloseReason.REFUSED
    assert end.refusal is reason
    assert "only for the log" in end.detail
    assert end.claimed_mac == MAC
    assert end.claimed_handle is None
    assert end.enrolment_id is None
    assert list(world.to_device) == [GENERIC]


def test_a_refusal_may_ask_for_a_longer_pause(world: World) -> None:
    world.disk.refusal = Refused(RefusalReason.RATE_LIMITED, retry_after=240)
    _end(world, _init(world))
    assert list(world.to_device) == [Reject(240).encode()]
    assert world.disk.refusal.detail == ""


def test_a_token_in_another_board_yields_no_session(world: World) -> None:
    world.flash.identity = replace(world.flash.identity, mac=OTHER_MAC)
    end = _end(world, _init(world))
    assert end.refusal is RefusalReason.WRONG_MAC
    assert end.claimed_mac == OTHER_MAC


def test_a_device_without_the_right_token_never_gets_past_accept(world: World) -> None:
    world.flash.identity = replace(world.flash.identity, token=bytes(32))
    world.connect()
    world.pump()
    assert world.device_end.reason is CloseReason.BAD_HANDSHAKE
    assert world.hub_events == []
    assert not world.hub.proved


def test_knowing_the_hub_key_does_not_help_without_a_registration(
    world: World,
) -> None:
    token = RegistrationToken(bytes(32))
    world.flash.identity = DeviceIdentity(
        key=KeyPair.generate(world.random),
        mac=MAC,
        hub_public=world.hub_key.public,
        registration=token,
    )
    end = _end(world, _init(world))
    assert end.refusal is RefusalReason.UNKNOWN_HANDLE
    assert end.claimed_handle == token.handle


def test_the_claims_are_inert_until_the_first_data_opens(world: World) -> None:
    init = _init(world)
    assert world.give_hub(init) == []
    assert not world.hub.proved
    assert world.hub.enrolment_id is None
    assert (world.hub.epoch, world.hub.session_id, world.hub.expires_at) == (
        0,
        None,
        None,
    )
    forged = b"\x05" + (1).to_bytes(4) + bytes(60)
    (end,) = world.give_hub(forged)
    assert isinstance(end, LinkClosed)
    assert end.reason is CloseReason.NOT_PROVED
    assert end.enrolment_id is None
    assert end.claimed_mac == MAC
    assert world.hub_said(SessionProved) == []


@pytest.mark.parametrize("count", [0, 1, 2])
def test_the_handshake_has_a_bounded_time(world: World, count: int) -> None:
    world.connect()
    for carry in (world.carry_to_device, world.carry_to_hub)[:count]:
        carry()
    assert world.hub.next_deadline() == world.now + 10
    world.now += 9.999
    assert world.hub.handle_timer(world.now) == []
    world.now += 0.001
    (end,) = world.hub.handle_timer(world.now)
    assert isinstance(end, LinkClosed)
    assert end.reason is CloseReason.HANDSHAKE_TIMEOUT
    assert world.hub.next_deadline() is None
    assert world.hub.handle_timer(world.now + 100) == []


def test_a_frame_after_the_handshake_time_is_too_late(world: World) -> None:
    init = _init(world)
    world.now += 10
    assert _end(world, init).reason is CloseReason.HANDSHAKE_TIMEOUT


def test_an_init_before_hello_or_twice_is_out_of_order(world: World) -> None:
    init = _init(world)
    world.give_hub(init)
    (end,) = world.give_hub(init)
    assert isinstance(end, LinkClosed)
    assert end.reason is CloseReason.UNEXPECTED_FRAME


@pytest.mark.parametrize("frame", [Hello(bytes(32)), Accept(bytes(80)), Reject(1)])
def test_the_hub_takes_no_frames_of_its_own_kind(
    world: World, frame: Hello | Accept | Reject
) -> None:
    world.connect()
    assert _end(world, frame.encode()).reason is CloseReason.UNEXPECTED_FRAME


def _claimed(world: World, payload: bytes, purpose: Purpose) -> bytes:
    """Return an INIT with any payload, made with the real keys."""
    hello = parse_frame(world.to_device[0], 512)
    assert isinstance(hello, Hello)
    public = world.hub_key.public
    bare = Init(purpose, hub_key_id(public), 1024, b"", b"")
    _, message = Initiator.start(
        world.flash.identity.key,
        public,
        KeyPair.generate(world.random),
        prologue(hello, bare, 1, b""),
        payload,
    )
    frame = replace(bare, noise_message=message)
    return replace(
        frame, mac1=mac1(public, hello.challenge, frame.before_mac1)
    ).encode()


REGISTRATION = Claims(MAC, 0, 1, bytes(8), "board", "2026.10.0").encode(
    Purpose.REGISTRATION
)
SESSION = Claims(MAC, 1, 1).encode(Purpose.SESSION)


@pytest.mark.parametrize(
    ("purpose", "payload"),
    [
        (Purpose.SESSION, SESSION[:-1]),
        (Purpose.SESSION, SESSION + b"\x00"),
        (Purpose.SESSION, b""),
        (Purpose.REGISTRATION, SESSION),
        (Purpose.REGISTRATION, REGISTRATION[:25]),
        (Purpose.REGISTRATION, REGISTRATION[:26]),
        (Purpose.REGISTRATION, REGISTRATION[:-1]),
        (Purpose.REGISTRATION, REGISTRATION + b"\x00"),
        (Purpose.REGISTRATION, REGISTRATION[:26] + b"\x21" + b"b" * 33 + b"\x00"),
        (Purpose.REGISTRATION, REGISTRATION[:26] + b"\x01\xff\x00"),
        (
            Purpose.REGISTRATION,
            REGISTRATION[:6] + b"\x00\x00\x00\x01" + REGISTRATION[10:],
        ),
    ],
)
def test_a_payload_of_wrong_shape_is_refused(
    world: World, purpose: Purpose, payload: bytes
) -> None:
    world.connect()
    end = _end(world, _claimed(world, payload, purpose))
    assert end.reason is CloseReason.BAD_HANDSHAKE
    assert world.to_device[-1] == GENERIC


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("mac", ["00" * 6, "ff" * 6, "01005e000001", "33330000abcd"])
def test_a_mac_that_is_no_boards_own_is_refused(
    world: World, purpose: Purpose, mac: str
) -> None:
    """All zeros, all ones, and what groups are addressed by."""
    claims = Claims(bytes.fromhex(mac), 1, 1)
    if purpose is Purpose.REGISTRATION:
        claims = replace(claims, generation=0, handle=bytes(8), board="b", version="1")
    world.connect()
    end = _end(world, _claimed(world, claims.encode(purpose), purpose))
    assert end.reason is CloseReason.BAD_HANDSHAKE
    assert "MAC" in end.detail
    assert world.to_device[-1] == GENERIC


@pytest.mark.parametrize("mac", ["020000000001", "fefefefefefe", "24a160c0ffee"])
def test_a_mac_that_a_board_can_have_is_taken(mac: str) -> None:
    payload = Claims(bytes.fromhex(mac), 1, 1).encode(Purpose.SESSION)
    assert Claims.decode(payload, Purpose.SESSION).mac.hex() == mac


@pytest.mark.parametrize("place", ["board", "version"])
@pytest.mark.parametrize("control", ["\n", "\r", "\0", "\x1b", "\x7f", "\x85", "\x9f"])
def test_a_text_that_would_end_a_line_of_the_log_is_refused(
    world: World, place: str, control: str
) -> None:
    claims = replace(
        Claims(MAC, 0, 1, bytes(8), "board", "2026.10.0"), **{place: f"a{control}b"}
    )
    world.connect()
    payload = claims.encode(Purpose.REGISTRATION)
    end = _end(world, _claimed(world, payload, Purpose.REGISTRATION))
    assert end.reason is CloseReason.BAD_HANDSHAKE
    assert control not in end.detail


def test_any_other_text_names_a_board() -> None:
    claims = Claims(MAC, 0, 1, bytes(8), "Gärtner’s \u00a0 泵", "~ 1.0")
    payload = claims.encode(Purpose.REGISTRATION)
    assert Claims.decode(payload, Purpose.REGISTRATION) == claims


def test_claims_come_back_as_they_went() -> None:
    claims = Claims.decode(REGISTRATION, Purpose.REGISTRATION)
    assert claims == Claims(MAC, 0, 1, bytes(8), "board", "2026.10.0")


def test_a_dead_link_says_and_does_nothing(world: World) -> None:
    init = _init(world)
    world.hub.close(world.now)
    assert world.hub.closed
    assert world.hub.receive(init, world.now) == []
    assert world.hub.next_deadline() is None
    with pytest.raises(LocalProtocolError):
        world.hub.start(world.now)


def test_nothing_goes_out_before_the_link_is_proved(world: World) -> None:
    world.connect()
    hub, now = world.hub, world.now
    for send in (
        lambda: hub.issue_token(bytes(32), 1, now),
        lambda: hub.begin_session(now),
        lambda: hub.welcome(False, now),
        lambda: hub.rotate(now),
        lambda: hub.send_ping(now),
        lambda: hub.send_time(now),
        lambda: hub.subscribe_logs(1, now),
        lambda: hub.send_revoked(now),
    ):
        with pytest.raises(LocalProtocolError):
            send()


@pytest.mark.parametrize(
    "bad",
    [
        {"ping_timeout": 0},
        {"ping_timeout": 25},
        {"ping_interval": 3600},
        {"handshake_timeout": 3600},
    ],
)
def test_settings_that_cannot_work_are_refused(bad: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="does not hold"):
        HubSettings(**bad)
