"""Standing, the counter and the older link: every alarm and every false alarm."""

import itertools

from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.policy.trust import (
    CounterVerdict,
    CounterWatch,
    HighWater,
    LinkVerdict,
    OlderLinkProbe,
    Standing,
    StandingEvent,
    TransitionRefusedError,
    Trust,
    judge_counter,
    short_authentication_string,
)

HELD = (Standing.WAITING_FOR_APPROVAL, Standing.ACTIVE, Standing.QUARANTINED)


def reach(*events: StandingEvent, approval_required: bool = False) -> Trust:
    """Walk a new device through events."""
    trust = Trust()
    for event in events:
        trust = trust.after(event, approval_required=approval_required)
    return trust


class TestStanding:
    """What a device may do and how that changes."""

    def test_registration_makes_it_active_where_no_approval_is_asked(self) -> None:
        assert reach(StandingEvent.REGISTERED) == Trust(Standing.ACTIVE, approved=True)

    def test_registration_waits_for_approval_where_it_is_asked(self) -> None:
        trust = reach(StandingEvent.REGISTERED, approval_required=True)
        assert trust.standing is Standing.WAITING_FOR_APPROVAL
        assert not trust.standing.is_trusted
        assert trust.standing.may_hold_session
        approved = trust.after(StandingEvent.APPROVE)
        assert approved == Trust(Standing.ACTIVE, approved=True)

    def test_a_quarantined_device_is_observed_and_not_believed(self) -> None:
        trust = reach(StandingEvent.REGISTERED, StandingEvent.SUSPECT)
        assert trust.standing is Standing.QUARANTINED
        assert trust.standing.may_hold_session
        assert not trust.standing.is_trusted

    def test_release_trusts_again_what_was_approved(self) -> None:
        trust = reach(
            StandingEvent.REGISTERED, StandingEvent.SUSPECT, StandingEvent.RELEASE
        )
        assert trust.standing is Standing.ACTIVE

    def test_release_is_no_approval(self) -> None:
        trust = reach(
            StandingEvent.REGISTERED,
            StandingEvent.SUSPECT,
            StandingEvent.RELEASE,
            approval_required=True,
        )
        assert trust.standing is Standing.WAITING_FOR_APPROVAL

    def test_suspicion_twice_is_one_quarantine(self) -> None:
        trust = reach(StandingEvent.REGISTERED, StandingEvent.SUSPECT)
        assert trust.after(StandingEvent.SUSPECT) == trust

    @pytest.mark.parametrize("standing", list(Standing))
    def test_only_an_active_device_is_trusted(self, standing: Standing) -> None:
        assert standing.is_trusted == (standing is Standing.ACTIVE)
        assert standing.may_hold_session == (standing in HELD)

    @pytest.mark.parametrize(
        "event", sorted(set(StandingEvent) - {StandingEvent.TOKEN_ISSUED})
    )
    def test_a_revoked_device_comes_back_by_a_new_token_only(
        self, event: StandingEvent
    ) -> None:
        revoked = reach(StandingEvent.REGISTERED, StandingEvent.REVOKE)
        with pytest.raises(TransitionRefusedError) as refused:
            revoked.after(event)
        assert refused.value.standing is Standing.REVOKED
        assert refused.value.event is event
        fresh = revoked.after(StandingEvent.TOKEN_ISSUED)
        assert fresh.standing is Standing.PENDING

    def test_a_token_for_a_replacement_leaves_the_present_board_alone(self) -> None:
        trust = reach(StandingEvent.REGISTERED, StandingEvent.SUSPECT)
        assert trust.after(StandingEvent.TOKEN_ISSUED) == trust
        again = trust.after(StandingEvent.REGISTERED)
        assert again.standing is Standing.ACTIVE

    def test_a_restored_hub_asks_for_every_device_again(self) -> None:
        active = reach(StandingEvent.REGISTERED)
        waiting = active.after(StandingEvent.RESTORED)
        assert waiting == Trust(Standing.WAITING_FOR_APPROVAL, approved=False)
        assert waiting.after(StandingEvent.RESTORED) == waiting
        quarantined = active.after(StandingEvent.SUSPECT).after(StandingEvent.RESTORED)
        assert quarantined.standing is Standing.QUARANTINED
        released = quarantined.after(StandingEvent.RELEASE)
        assert released.standing is Standing.WAITING_FOR_APPROVAL

    @given(st.lists(st.sampled_from(StandingEvent)), st.booleans())
    def test_no_walk_trusts_what_nobody_approved(
        self, events: list[StandingEvent], approval_required: bool
    ) -> None:
        trust = Trust()
        for event in events:
            try:
                after = trust.after(event, approval_required=approval_required)
            except TransitionRefusedError:
                continue
            if after.standing.is_trusted:
                assert after.approved
            if trust.standing is Standing.QUARANTINED and after.standing.is_trusted:
                assert event in {StandingEvent.RELEASE, StandingEvent.REGISTERED}
            trust = after


class TestCounter:
    """A clone is noticed; a late packet is not taken for one."""

    def test_the_first_value_is_fresh(self) -> None:
        assert judge_counter(None, 0, 10.0) is CounterVerdict.FRESH

    @pytest.mark.parametrize("counter", [7, 6, 0])
    def test_an_old_counter_under_a_newer_challenge_is_a_clone(
        self, counter: int
    ) -> None:
        mark = HighWater(7, init_received_at=100.0)
        assert judge_counter(mark, counter, 100.1) is CounterVerdict.CLONE

    @pytest.mark.parametrize("issued", [99.9, 100.0])
    def test_a_proxy_that_delivers_late_raises_no_alarm(self, issued: float) -> None:
        mark = HighWater(7, init_received_at=100.0)
        assert judge_counter(mark, 6, issued) is CounterVerdict.LATE

    def test_after_a_restart_every_challenge_is_newer_than_the_stored_mark(
        self,
    ) -> None:
        assert judge_counter(HighWater(7), 7, 0.0) is CounterVerdict.CLONE
        assert judge_counter(HighWater(7), 8, 0.0) is CounterVerdict.FRESH

    def test_a_board_that_reconnects_while_its_old_socket_lingers(self) -> None:
        watch = CounterWatch()
        # Challenge A at 1, challenge B at 2; B's INIT overtakes A's.
        late = {"challenge_issued_at": 1.0, "init_received_at": 9.0}
        new = {"challenge_issued_at": 2.0, "init_received_at": 3.0}
        assert watch.observe(2, **new) is CounterVerdict.FRESH
        assert watch.observe(1, **late) is CounterVerdict.LATE
        assert watch.high_water == HighWater(2, 3.0)

    def test_an_old_hub_backup_restored(self) -> None:
        watch = CounterWatch(HighWater(10))
        verdict = watch.observe(65_546, challenge_issued_at=5.0, init_received_at=6.0)
        assert verdict is CounterVerdict.FRESH

    def test_release_takes_the_next_proved_value_for_the_mark(self) -> None:
        watch = CounterWatch(HighWater(2**64 - 1, 4.0))
        times = {"challenge_issued_at": 5.0, "init_received_at": 6.0}
        assert watch.observe(3, **times) is CounterVerdict.CLONE
        watch.release()
        assert watch.observe(3, **times) is CounterVerdict.FRESH
        assert watch.high_water == HighWater(3, 6.0)

    @given(st.data())
    def test_an_honest_device_is_never_called_a_clone(
        self, data: st.DataObject
    ) -> None:
        """Any delays, any order of proofs: the counter is drawn after the challenge."""
        clock = itertools.count(1)
        watch = CounterWatch()
        in_flight: list[tuple[int, float]] = []
        counter = 0
        for _ in range(data.draw(st.integers(1, 12))):
            if in_flight and data.draw(st.booleans()):
                index = data.draw(st.integers(0, len(in_flight) - 1))
                drawn, issued = in_flight.pop(index)
                verdict = watch.observe(
                    drawn, challenge_issued_at=issued, init_received_at=next(clock)
                )
                assert verdict is not CounterVerdict.CLONE
            else:
                issued_at = float(next(clock))
                counter += data.draw(st.integers(1, 3))
                in_flight.append((counter, issued_at))

    @given(
        st.integers(0, 2**64 - 1),
        st.integers(0, 2**64 - 1),
        st.floats(0, 1e9),
        st.floats(0, 1e9),
    )
    def test_the_mark_never_falls(
        self, mark: int, counter: int, issued: float, received: float
    ) -> None:
        watch = CounterWatch(HighWater(mark, received))
        watch.observe(counter, challenge_issued_at=issued, init_received_at=received)
        assert watch.high_water is not None
        assert watch.high_water.counter == max(mark, counter)

    def test_two_boards_with_one_flash_are_noticed(self) -> None:
        """Both count on from the same value; whoever is behind gives it away."""
        watch = CounterWatch(HighWater(100, 0.0))
        verdicts = []
        for step, counter in enumerate([101, 101]):
            at = 10.0 * (step + 1)
            verdicts.append(
                watch.observe(
                    counter, challenge_issued_at=at, init_received_at=at + 1.0
                )
            )
        assert verdicts == [CounterVerdict.FRESH, CounterVerdict.CLONE]


class TestOlderLink:
    """Two proved links at once."""

    PROBE = OlderLinkProbe(
        newer_proved_at=5.0, nonce=b"n" * 8, nonce_issued_at=5.0, deadline=15.0
    )

    def test_an_answer_to_the_new_nonce_is_a_second_holder(self) -> None:
        assert self.PROBE.judge_answer(b"n" * 8) is LinkVerdict.SIMULTANEOUS

    def test_an_answer_to_an_older_ping_was_still_on_its_way(self) -> None:
        assert self.PROBE.judge_answer(b"o" * 8) is LinkVerdict.LINGERING

    def test_the_older_link_has_until_the_deadline(self) -> None:
        assert not self.PROBE.is_over(14.9)
        assert self.PROBE.is_over(15.0)

    def test_a_nonce_older_than_the_proof_proves_nothing(self) -> None:
        with pytest.raises(ValueError, match="newer"):
            OlderLinkProbe(5.0, b"n", 4.9, 15.0)
        with pytest.raises(ValueError, match="nonce"):
            OlderLinkProbe(5.0, b"", 5.0, 15.0)


class TestShortAuthenticationString:
    """Six digits on two screens."""

    def test_the_digits_are_those_of_any_other_implementation(self) -> None:
        # SHA-256 of the label and 96 zero bytes, its first 64 bits modulo a million.
        shown = short_authentication_string(bytes(32), bytes(32), bytes(32))
        assert shown == "130 408"

    @given(st.integers(0, 95), st.integers(0, 7))
    def test_every_bit_of_keys_and_hash_counts(self, index: int, bit: int) -> None:
        parts = bytearray(96)
        plain = short_authentication_string(bytes(32), bytes(32), bytes(32))
        parts[index] ^= 1 << bit
        changed = bytes(parts)
        shown = short_authentication_string(changed[:32], changed[32:64], changed[64:])
        assert shown != plain

    @pytest.mark.parametrize("sizes", [(31, 32, 32), (32, 33, 32), (32, 32, 0)])
    def test_other_sizes_are_refused(self, sizes: tuple[int, int, int]) -> None:
        with pytest.raises(ValueError, match="32 bytes"):
            short_authentication_string(*(bytes(size) for size in sizes))
