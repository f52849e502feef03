"""Who may register, and what a registration leaves behind."""

import os

from homeassistant.core import HomeAssistant
import pytest

from custom_components.oceanremote.policy.trust import Standing, StandingEvent
from custom_components.oceanremote.protocol.errors import RefusalReason, Refused
from custom_components.oceanremote.vault import Vault, changes
from custom_components.oceanremote.vault.errors import UnknownDevice, VaultFull

from .vault_support import (
    DAY,
    NOW,
    Board,
    Clock,
    enrol,
    full_disk,
    make_board,
    make_token,
    open_vault,
    register,
)


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


def knock(vault: Vault, handle: bytes, board: Board) -> str:
    """Send an INIT for registration past the directory; return the device id."""
    grant = vault.directory().find_registration(handle, board.mac, board.key, 0.0)
    return grant.enrolment_id


def refusal(vault: Vault, handle: bytes, board: Board) -> RefusalReason:
    """Return why an INIT for registration is refused."""
    with pytest.raises(Refused) as refused:
        knock(vault, handle, board)
    return refused.value.reason


async def pend(vault: Vault, token, board: Board, secret: bytes | None = None) -> bytes:
    """Store a permanent token as pending; return the one that counts."""
    return await vault.store_pending(
        "one", board.mac, board.key, secret or os.urandom(32), handle=token.handle
    )


async def test_token_opens_its_own_registration(vault: Vault) -> None:
    """A handle in force yields the token behind it, and only that one does."""
    token = await enrol(vault, "one")
    board = make_board()

    grant = vault.directory().find_registration(token.handle, board.mac, board.key, 0)
    assert (grant.enrolment_id, grant.token) == ("one", token.secret)
    assert refusal(vault, make_token().handle, board) is RefusalReason.UNKNOWN_HANDLE


async def test_knocking_changes_nothing(vault: Vault) -> None:
    """An INIT is inert: no write, no standing, no binding to a MAC."""
    token = await enrol(vault, "one")
    before = (vault.generation, dict(vault.devices))

    knock(vault, token.handle, make_board(1))
    knock(vault, token.handle, make_board(2))
    assert (vault.generation, dict(vault.devices)) == before


async def test_token_expires_after_its_time(vault: Vault, clock: Clock) -> None:
    """One second before the end it is good, at the end it is not."""
    token = await enrol(vault, "one")
    clock.now = NOW + DAY - 1
    assert knock(vault, token.handle, make_board()) == "one"
    clock.now = NOW + DAY
    assert refusal(vault, token.handle, make_board()) is RefusalReason.TOKEN_EXPIRED


@pytest.mark.parametrize("how", ["at once", "after a write", "after a restart"])
async def test_seen_expired_stays_expired(
    hass: HomeAssistant, vault: Vault, clock: Clock, how: str
) -> None:
    """Setting the clock back does not revive a token that was seen expired."""
    token = await enrol(vault, "one")
    clock.now = NOW + DAY
    refusal(vault, token.handle, make_board())
    if how == "after a write":
        await vault.flush()
    if how == "after a restart":
        await vault.stop()
    clock.now = NOW
    if how == "after a restart":
        vault = await open_vault(hass, clock)
    assert refusal(vault, token.handle, make_board()) is RefusalReason.TOKEN_EXPIRED
    await vault.stop()


async def test_token_of_a_clock_that_was_years_ahead(
    hass: HomeAssistant, vault: Vault, clock: Clock
) -> None:
    """The clock is right again: the token would live for years, so it does not count."""
    clock.now = NOW + 1000 * DAY
    token = make_token()
    await vault.apply(changes.add_enrolment("one", token, clock.now + DAY))
    clock.now = NOW
    assert refusal(vault, token.handle, make_board()) is RefusalReason.TOKEN_EARLY
    await vault.stop()
    again = await open_vault(hass, clock)
    assert refusal(again, token.handle, make_board()) is RefusalReason.TOKEN_EARLY
    await again.stop()


@pytest.mark.parametrize("behind", [1.0, 300.0, 301.0, 1000 * DAY])
async def test_token_survives_a_clock_that_is_behind_for_a_while(
    hass: HomeAssistant, vault: Vault, clock: Clock, behind: float
) -> None:
    """A Raspberry Pi boots in the past: the token is refused, and not destroyed."""
    token = await enrol(vault, "one")
    clock.now = NOW - behind
    if behind > 300:
        assert refusal(vault, token.handle, make_board()) is RefusalReason.TOKEN_EARLY
        await vault.expire_tokens()
        await hass.async_block_till_done()
    else:
        assert knock(vault, token.handle, make_board()) == "one"
    clock.now = NOW + DAY - 1
    assert knock(vault, token.handle, make_board()) == "one"


async def test_pending_registration_ends_whatever_the_clock_says(
    vault: Vault, clock: Clock
) -> None:
    """The board may have stored its token already."""
    board, token = make_board(), await enrol(vault, "one")
    await vault.store_pending(
        "one", board.mac, board.key, os.urandom(32), handle=token.handle
    )
    clock.now = NOW - DAY
    assert knock(vault, token.handle, board) == "one"


async def test_an_expiry_is_written_at_once_and_only_once(
    hass: HomeAssistant, vault: Vault, clock: Clock
) -> None:
    """The first refusal is on disk within moments; the next ones write nothing."""
    token = await enrol(vault, "one")
    before = vault.generation
    clock.now = NOW + DAY
    for _ in range(3):
        refusal(vault, token.handle, make_board())
        await hass.async_block_till_done()
    assert vault.generation == before + 1


async def test_any_write_sees_an_expiry(vault: Vault, clock: Clock) -> None:
    """Nobody needs to have tried the token while it was over its time."""
    token = await enrol(vault, "one")
    clock.now = NOW + 2 * DAY
    await enrol(vault, "two")
    clock.now = NOW
    assert refusal(vault, token.handle, make_board()) is RefusalReason.TOKEN_EXPIRED


async def test_what_is_over_is_written_down_without_a_try(
    hass: HomeAssistant, vault: Vault, clock: Clock
) -> None:
    """On disk when it returns, once; a token that has time left stays as it is."""
    over, left = await enrol(vault, "one"), make_token()
    await vault.apply(changes.add_enrolment("two", left, NOW + DAY + 1))
    before = vault.generation
    clock.now = NOW + DAY
    for _ in range(2):
        await vault.expire_tokens()
    assert vault.generation == before + 1
    clock.now = NOW
    await vault.stop()
    vault = await open_vault(hass, clock)
    assert refusal(vault, over.handle, make_board()) is RefusalReason.TOKEN_EXPIRED
    assert knock(vault, left.handle, make_board()) == "two"
    await vault.stop()


async def test_what_is_over_stays_over_on_a_full_disk(
    vault: Vault, clock: Clock
) -> None:
    """The hub starts all the same; memory knows, and the next write tells the disk."""
    token = await enrol(vault, "one")
    clock.now = NOW + DAY
    with full_disk():
        await vault.expire_tokens()
    clock.now = NOW
    assert refusal(vault, token.handle, make_board()) is RefusalReason.TOKEN_EXPIRED
    await vault.flush()
    record = vault.devices["one"].registration
    assert record is not None
    assert record.expired


async def test_pending_does_not_expire(vault: Vault, clock: Clock) -> None:
    """A board that was cut off in the middle may finish days later."""
    token = await enrol(vault, "one")
    board = make_board()
    await pend(vault, token, board)
    clock.now = NOW + 30 * DAY
    assert knock(vault, token.handle, board) == "one"
    await vault.commit_registration("one", board.mac, board.key, 1)
    assert vault.devices["one"].standing is Standing.ACTIVE


async def test_same_board_gets_the_same_token_again(vault: Vault) -> None:
    """Same handle, MAC and key: same permanent token, no second write."""
    token = await enrol(vault, "one")
    board = make_board()
    first = await pend(vault, token, board)
    generation = vault.generation
    assert await pend(vault, token, board) == first
    assert vault.generation == generation
    assert vault.devices["one"].pending.token.generation == 1


async def test_board_that_lost_its_record_gets_another_token(vault: Vault) -> None:
    """Same handle and MAC with a new key: the pending token is replaced."""
    token = await enrol(vault, "one")
    lost = make_board()
    again = make_board()
    first = await pend(vault, token, lost)
    second = await pend(vault, token, again)
    assert second != first
    pending = vault.devices["one"].pending
    assert (pending.device_key, pending.token.generation) == (again.key, 2)
    with pytest.raises(Refused):
        await vault.commit_registration("one", lost.mac, lost.key, 1)


async def test_other_board_is_refused_while_one_is_pending(vault: Vault) -> None:
    """The first proved MAC owns the token; another one is an alarm."""
    token = await enrol(vault, "one")
    await pend(vault, token, make_board(1))
    other = make_board(2)
    assert refusal(vault, token.handle, other) is RefusalReason.WRONG_MAC
    with pytest.raises(Refused):
        await pend(vault, token, other)


async def test_expected_mac_is_enforced(vault: Vault) -> None:
    """With an expected MAC no other board gets even as far as pending."""
    board = make_board(1)
    token = await enrol(vault, "one", expected_mac=board.mac)
    assert refusal(vault, token.handle, make_board(2)) is RefusalReason.WRONG_MAC
    assert knock(vault, token.handle, board) == "one"


async def test_commit_pins_the_board_and_consumes_the_token(vault: Vault) -> None:
    """After the commit the token is worth nothing, and its secret is gone."""
    board = make_board()
    token = await register(vault, "one", board, counter=7)
    record = vault.devices["one"]
    assert record.standing is Standing.ACTIVE
    assert (record.mac, record.device_key) == (board.mac, board.key)
    assert record.current.generation == 1
    assert record.high_water == 7
    assert record.pending is None
    assert record.registration.secret == b""
    assert refusal(vault, token.handle, board) is RefusalReason.TOKEN_USED


async def test_commit_twice_is_one_commit(vault: Vault) -> None:
    """A repeated `stored` neither fails nor writes; a stranger's fails."""
    board = make_board()
    await register(vault, "one", board)
    generation = vault.generation
    await vault.commit_registration("one", board.mac, board.key, 9)
    assert vault.generation == generation
    with pytest.raises(Refused):
        await vault.commit_registration("one", board.mac, make_board().key, 9)


async def test_commit_of_nothing_is_refused(vault: Vault) -> None:
    """Without a pending token there is nothing to commit."""
    await enrol(vault, "one")
    board = make_board()
    with pytest.raises(Refused):
        await vault.commit_registration("one", board.mac, board.key, 1)
    with pytest.raises(UnknownDevice):
        await vault.commit_registration("two", board.mac, board.key, 1)


async def test_withdrawn_token_stores_nothing(vault: Vault) -> None:
    """A token voided between INIT and ready is refused under the lock."""
    token = await enrol(vault, "one")
    board = make_board()
    assert knock(vault, token.handle, board) == "one"
    await vault.apply(changes.void_registration("one"))
    with pytest.raises(Refused):
        await pend(vault, token, board)
    assert refusal(vault, token.handle, board) is RefusalReason.UNKNOWN_HANDLE


async def test_token_of_another_device_stores_nothing(vault: Vault) -> None:
    """The handle must be that of the device it is stored for."""
    await enrol(vault, "one")
    other = await enrol(vault, "two")
    with pytest.raises(Refused):
        await pend(vault, other, make_board())


async def test_new_token_voids_the_old_one(vault: Vault) -> None:
    """One device has one registration token; what was pending is dropped."""
    old = await enrol(vault, "one")
    board = make_board()
    await pend(vault, old, board)
    new = await enrol(vault, "one")
    assert refusal(vault, old.handle, board) is RefusalReason.UNKNOWN_HANDLE
    assert vault.devices["one"].pending is None
    assert knock(vault, new.handle, make_board(2)) == "one"


async def test_token_in_use_is_not_issued_twice(vault: Vault) -> None:
    """Two devices never share a registration token."""
    token = await enrol(vault, "one")
    with pytest.raises(VaultFull):
        await vault.apply(changes.add_enrolment("two", token, NOW + DAY))


async def test_mac_active_elsewhere_is_refused_before_a_token_exists(
    vault: Vault,
) -> None:
    """Neither INIT nor pending gets past a MAC that is active elsewhere."""
    board = make_board()
    await register(vault, "owner", board)
    token = await enrol(vault, "one")
    assert refusal(vault, token.handle, board) is RefusalReason.MAC_ACTIVE_ELSEWHERE
    with pytest.raises(Refused):
        await pend(vault, token, board)


async def test_mac_that_became_active_meanwhile_is_refused_at_commit(
    vault: Vault,
) -> None:
    """Two registrations of one board race; the second commit is refused."""
    board = make_board()
    token = await enrol(vault, "one")
    await pend(vault, token, board)
    await register(vault, "owner", board)
    with pytest.raises(Refused) as refused:
        await vault.commit_registration("one", board.mac, board.key, 1)
    assert refused.value.reason is RefusalReason.MAC_ACTIVE_ELSEWHERE


async def test_quarantined_mac_is_active_too(vault: Vault) -> None:
    """Quarantine is no way to free a MAC."""
    board = make_board()
    await register(vault, "owner", board)
    await vault.change_standing("owner", StandingEvent.SUSPECT)
    token = await enrol(vault, "one")
    assert refusal(vault, token.handle, board) is RefusalReason.MAC_ACTIVE_ELSEWHERE


async def test_allowed_replacement_takes_the_mac_over(vault: Vault) -> None:
    """The person answered "replace": the old device ends at the commit, not before."""
    board = make_board()
    await register(vault, "owner", board)
    token = await enrol(vault, "one")
    await vault.apply(changes.allow_replacement("one", "owner"))
    await pend(vault, token, board)
    assert vault.devices["owner"].standing is Standing.ACTIVE
    await vault.commit_registration("one", board.mac, board.key, 1)
    assert vault.devices["one"].standing is Standing.ACTIVE
    assert vault.devices["owner"].standing is Standing.REVOKED
    assert vault.devices["owner"].current is None


async def test_replacement_needs_an_open_registration(vault: Vault) -> None:
    """There is nothing to allow without a token, and no unknown device to replace."""
    await register(vault, "owner", make_board())
    await enrol(vault, "one")
    with pytest.raises(UnknownDevice):
        await vault.apply(changes.allow_replacement("one", "nobody"))
    await vault.apply(changes.void_registration("one"))
    with pytest.raises(Refused):
        await vault.apply(changes.allow_replacement("one", "owner"))


async def test_replaced_board_hears_of_it_and_the_new_one_starts_afresh(
    vault: Vault,
) -> None:
    """Another board under the same device: history stays, the old key is buried."""
    old, new = make_board(1), make_board(2)
    await register(vault, "one", old, counter=70_000)
    vault.note_counter("one", 80_000)
    token = await enrol(vault, "one")
    assert vault.directory().find_session(old.key, old.mac, 1).enrolment_id == "one"
    await pend(vault, token, new)
    await vault.commit_registration("one", new.mac, new.key, 3)

    assert vault.devices["one"].current.generation == 2
    assert vault.high_water("one") == 3
    tombstone = vault.directory().find_session(old.key, old.mac, 1)
    assert tombstone.tombstone
    assert tombstone.enrolment_id != "one"
    await vault.apply(changes.mark_revoked_delivered(tombstone.enrolment_id))
    assert tombstone.enrolment_id not in vault.devices
    assert not vault.directory().knows_device_key(old.key)


async def test_same_board_with_a_new_key_leaves_no_grave(vault: Vault) -> None:
    """A board that lost its record and registers anew is not told it was revoked."""
    lost, again = make_board(1), make_board(1)
    await register(vault, "one", lost)
    token = await enrol(vault, "one", expected_mac=lost.mac)
    await pend(vault, token, again)
    await vault.commit_registration("one", again.mac, again.key, 1)
    assert set(vault.devices) == {"one"}
    assert not vault.directory().knows_device_key(lost.key)


async def test_registration_is_refused_while_stopping(vault: Vault) -> None:
    """Nothing that could not be written any more is begun."""
    token = await enrol(vault, "one")
    await vault.stop()
    assert vault.stopping
    assert refusal(vault, token.handle, make_board()) is RefusalReason.STOPPING
