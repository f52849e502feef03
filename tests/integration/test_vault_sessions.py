"""What a handshake for a session finds, and what revocation leaves of it."""

import os

from homeassistant.core import HomeAssistant
import pytest

from custom_components.oceanremote.policy.trust import (
    Standing,
    StandingEvent,
    TransitionRefusedError,
)
from custom_components.oceanremote.protocol.errors import RefusalReason, Refused
from custom_components.oceanremote.protocol.limits import MAX_U32
from custom_components.oceanremote.vault import Vault, changes
from custom_components.oceanremote.vault.changes import standing as vault_changes
from custom_components.oceanremote.vault.encoding import decode, encode
from custom_components.oceanremote.vault.errors import UnknownDevice, VaultFull

from .vault_support import Board, Clock, enrol, forget, make_board, open_vault, register


@pytest.fixture
def clock() -> Clock:
    """Return the wall clock of the vault under test."""
    return Clock()


@pytest.fixture
async def vault(hass: HomeAssistant, clock: Clock) -> Vault:
    """Return a new vault."""
    vault = await open_vault(hass, clock, create=True)
    yield vault
    await vault.stop()


def find(vault: Vault, board: Board, generation: int = 1):
    """Send an INIT for a session past the directory."""
    return vault.directory().find_session(board.key, board.mac, generation)


def refusal(vault: Vault, board: Board) -> RefusalReason:
    """Return why an INIT for a session is refused."""
    with pytest.raises(Refused) as refused:
        find(vault, board)
    return refused.value.reason


async def test_registered_board_gets_its_token(vault: Vault) -> None:
    """Key and MAC together lead to the device and its token."""
    board = make_board()
    await register(vault, "one", board)
    grant = find(vault, board)
    assert (grant.enrolment_id, grant.generation, grant.tombstone) == ("one", 1, False)
    assert grant.token == vault.devices["one"].current.secret
    assert vault.directory().knows_device_key(board.key)


async def test_strange_key_and_strange_mac_are_told_apart(vault: Vault) -> None:
    """A known key that claims another MAC is not an unknown key."""
    board = make_board(1)
    await register(vault, "one", board)
    assert refusal(vault, make_board(1)) is RefusalReason.UNKNOWN_KEY
    assert (
        refusal(vault, Board(make_board(2).mac, board.key)) is RefusalReason.WRONG_MAC
    )


async def test_token_is_chosen_by_generation_else_newest(vault: Vault) -> None:
    """Current, previous, and a generation that the hub does not know."""
    board = make_board()
    await register(vault, "one", board)
    first = vault.devices["one"].current
    second = await vault.rotate_token("one", os.urandom(32))
    assert find(vault, board, 1).token == first.secret
    assert find(vault, board, 2).token == second.secret
    assert find(vault, board, 9).token == second.secret


async def test_unproved_token_is_not_rotated_away(vault: Vault) -> None:
    """Until the new token is proved the old one is the device's only way in."""
    board = make_board()
    await register(vault, "one", board)
    second = await vault.rotate_token("one", os.urandom(32))
    assert await vault.rotate_token("one", os.urandom(32)) == second
    await vault.apply(changes.confirm_token("one", 1))
    assert vault.devices["one"].previous is not None
    await vault.apply(changes.confirm_token("one", 2))
    assert vault.devices["one"].previous is None
    third = await vault.rotate_token("one", os.urandom(32))
    assert third.generation == 3


async def test_forgotten_token_leaves_its_name_to_the_one_before(vault: Vault) -> None:
    """The board has a second token that a restored vault lacks: it names 2, then 3."""
    board = make_board()
    await register(vault, "one", board)
    first = vault.devices["one"].current
    third = await vault.rotate_token("one", os.urandom(32), 2)
    assert third.generation == 3
    assert find(vault, board, 2).token == first.secret
    assert find(vault, board, 3).token == third.secret
    # What is older than the vault's own is none of its names.
    await vault.apply(changes.confirm_token("one", 3))
    assert (await vault.rotate_token("one", os.urandom(32), 1)).generation == 4
    assert find(vault, board, 3).token == third.secret


async def test_generations_end_before_the_vault_cannot_be_read_any_more(
    vault: Vault,
) -> None:
    await register(vault, "one", make_board())
    last = await vault.rotate_token("one", os.urandom(32), MAX_U32 - 1)
    assert last.generation == MAX_U32
    await vault.apply(changes.confirm_token("one", MAX_U32))
    with pytest.raises(VaultFull):
        await vault.rotate_token("one", os.urandom(32))
    assert decode(encode(vault._writer.snapshot))


async def test_board_whose_stored_was_lost_comes_in_by_its_pending_token(
    vault: Vault,
) -> None:
    """The token is in its flash although the hub has not heard so."""
    board = make_board()
    token = await enrol(vault, "one")
    secret = await vault.store_pending(
        "one", board.mac, board.key, os.urandom(32), handle=token.handle
    )
    grant = find(vault, board)
    assert (grant.enrolment_id, grant.token, grant.tombstone) == ("one", secret, False)


async def test_pending_and_present_token_of_one_board_live_side_by_side(
    vault: Vault,
) -> None:
    """Registering anew with the same key, each generation leads to its token."""
    board = make_board()
    await register(vault, "one", board)
    current = vault.devices["one"].current.secret
    token = await enrol(vault, "one")
    secret = await vault.store_pending(
        "one", board.mac, board.key, os.urandom(32), handle=token.handle
    )
    assert find(vault, board, 1).token == current
    assert find(vault, board, 2).token == secret


async def test_board_that_moves_to_another_device_is_never_mistaken(
    vault: Vault,
) -> None:
    """One key under two devices: each generation leads to one token."""
    board = make_board()
    await register(vault, "old", board)
    token = await enrol(vault, "new", replaces="old")
    secret = await vault.store_pending(
        "new", board.mac, board.key, os.urandom(32), handle=token.handle
    )
    assert vault.devices["new"].pending.token.generation == 2
    assert find(vault, board, 1).enrolment_id == "old"
    grant = find(vault, board, 2)
    assert (grant.enrolment_id, grant.token) == ("new", secret)


async def test_revoked_board_gets_in_only_to_hear_it(vault: Vault) -> None:
    """The tombstone holds until it is delivered, then the key is unknown."""
    board = make_board()
    await register(vault, "one", board)
    await vault.apply(changes.revoke("one"))
    assert find(vault, board).tombstone
    await vault.apply(changes.mark_revoked_delivered("one"))
    assert refusal(vault, board) is RefusalReason.UNKNOWN_KEY
    record = vault.devices["one"]
    assert (record.standing, record.current, record.mac) == (
        Standing.REVOKED,
        None,
        None,
    )


async def test_revoking_twice_and_delivering_twice_change_nothing_more(
    vault: Vault,
) -> None:
    """Both are safe to repeat."""
    await register(vault, "one", make_board())
    for change in (changes.revoke("one"), changes.mark_revoked_delivered("one")):
        await vault.apply(change)
        generation = vault.generation
        await vault.apply(change)
        assert vault.generation == generation


async def test_revoking_a_pending_board_buries_it(vault: Vault) -> None:
    """It may have stored its token: it shall hear that it is of no use."""
    board = make_board()
    token = await enrol(vault, "one")
    await vault.store_pending(
        "one", board.mac, board.key, os.urandom(32), handle=token.handle
    )
    await vault.apply(changes.revoke("one"))
    assert find(vault, board).tombstone


async def test_revoking_buries_the_present_and_the_pending_board(vault: Vault) -> None:
    """A replacement under way is revoked along with the board it replaces."""
    old, new = make_board(1), make_board(2)
    await register(vault, "one", old)
    token = await enrol(vault, "one")
    await vault.store_pending(
        "one", new.mac, new.key, os.urandom(32), handle=token.handle
    )
    await vault.apply(changes.revoke("one"))
    assert find(vault, old).tombstone
    assert find(vault, new, 2).tombstone


async def test_revoked_device_may_be_enrolled_again(vault: Vault) -> None:
    """Its new registration stands beside the tombstone of its old identity."""
    board, again = make_board(1), make_board(1)
    await register(vault, "one", board)
    await vault.apply(changes.revoke("one"))
    await register(vault, "one", again)
    assert vault.devices["one"].standing is Standing.ACTIVE
    assert find(vault, board).tombstone
    assert not find(vault, again).tombstone


async def test_reconcile_removes_devices_without_a_subentry(vault: Vault) -> None:
    """At set-up: revoked, remembered only as a tombstone, secrets gone."""
    kept, gone = make_board(1), make_board(2)
    await register(vault, "kept", kept)
    await register(vault, "gone", gone)
    await enrol(vault, "never used")
    await vault.apply(changes.put_secret("gone", "ota", b"1"))
    await vault.apply(changes.put_secret("challenge", "secret", b"2"))
    await vault.apply(changes.put_secret("orphan", "secret", b"3"))

    known = {"kept", "challenge"}
    unknown = vault_changes.unknown_ids(vault.devices, known)
    assert sorted(unknown) == ["gone", "never used"]
    await vault.apply(changes.reconcile(known))
    assert find(vault, kept).enrolment_id == "kept"
    assert find(vault, gone).tombstone
    assert {"gone", "never used"}.isdisjoint(vault.devices)
    assert vault.secret("gone", "ota") is None
    assert vault.secret("orphan", "secret") is None
    assert vault.secret("challenge", "secret") == b"2"
    generation = vault.generation
    await vault.apply(changes.reconcile(known))
    assert vault_changes.unknown_ids(vault.devices, known) == ()
    assert vault.generation == generation


async def test_remove_and_forget(vault: Vault) -> None:
    """`remove` leaves a tombstone, `forget` leaves nothing."""
    board = make_board()
    await register(vault, "one", board)
    await vault.apply(changes.remove("one"))
    assert find(vault, board).tombstone
    tombstone = find(vault, board).enrolment_id
    await forget(vault, tombstone)
    assert refusal(vault, board) is RefusalReason.UNKNOWN_KEY
    await forget(vault, "nobody")


async def test_tombstones_are_bounded_and_the_oldest_goes(
    vault: Vault, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often devices are revoked, the vault does not grow for ever."""
    monkeypatch.setattr(vault_changes, "MAX_TOMBSTONES", 2)
    boards = [make_board(number) for number in range(1, 5)]
    for number, board in enumerate(boards):
        await register(vault, f"device {number}", board)
    await vault.apply(changes.remove("device 0"))
    for number in (1, 2, 3):
        clock.now += 1
        await vault.apply(changes.revoke(f"device {number}"))
    known = [vault.directory().knows_device_key(board.key) for board in boards]
    assert sum(known) == 2
    assert known[0] is False


async def test_devices_are_bounded(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One more than the bound is refused, and nothing changes."""
    monkeypatch.setattr(vault_changes, "MAX_DEVICES", 1)
    await enrol(vault, "one")
    with pytest.raises(VaultFull):
        await enrol(vault, "two")
    assert set(vault.devices) == {"one"}


async def test_standing_moves_between_those_of_registered_devices_only(
    vault: Vault,
) -> None:
    """Neither a pending device nor a revoked one can be made active this way."""
    await enrol(vault, "waiting")
    await register(vault, "one", make_board())
    with pytest.raises(TransitionRefusedError, match="pending"):
        await vault.change_standing("waiting", StandingEvent.APPROVE)
    await vault.change_standing("one", StandingEvent.SUSPECT)
    assert vault.devices["one"].standing is Standing.QUARANTINED
    generation = vault.generation
    await vault.change_standing("one", StandingEvent.SUSPECT)
    assert vault.generation == generation
    await vault.change_standing("one", StandingEvent.RELEASE)
    assert vault.devices["one"].standing is Standing.ACTIVE
    await vault.apply(changes.revoke("one"))
    with pytest.raises(TransitionRefusedError, match="revoked"):
        await vault.change_standing("one", StandingEvent.RELEASE, suspected=True)
    with pytest.raises(ValueError, match="no token"):
        await vault.rotate_token("waiting", os.urandom(32))


async def test_unknown_devices_are_named(vault: Vault) -> None:
    """Every change of an unknown id raises, none invents a record."""
    with pytest.raises(UnknownDevice):
        await vault.apply(changes.revoke("nobody"))
    with pytest.raises(UnknownDevice):
        vault.high_water("nobody")
    with pytest.raises(UnknownDevice):
        vault.note_counter("nobody", 1)
    with pytest.raises(ValueError, match="1 to 64"):
        await enrol(vault, "x" * 65)
    assert not vault.devices
