"""One notification per kind and device per hour, with a count."""

from hypothesis import given, strategies as st

from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.notify import (
    LULL,
    Lulls,
    Notice,
    NotificationLimiter,
)

HOUR = 3600.0


def test_the_first_is_shown_the_rest_counted() -> None:
    limiter = NotificationLimiter()
    assert limiter.offer(AuditKind.CLONE, "pump", 0.0) == Notice(
        AuditKind.CLONE, "pump", 1
    )
    for number in range(5):
        assert limiter.offer(AuditKind.CLONE, "pump", number) is None
    assert limiter.next_deadline() == HOUR
    assert limiter.handle_timer(HOUR - 1) == []
    assert limiter.handle_timer(HOUR) == [Notice(AuditKind.CLONE, "pump", 5)]
    assert limiter.offer(AuditKind.CLONE, "pump", HOUR + 1) is None


def test_an_event_after_the_hour_brings_the_count_along() -> None:
    limiter = NotificationLimiter()
    limiter.offer(AuditKind.CLONE, "pump", 0.0)
    limiter.offer(AuditKind.CLONE, "pump", 1.0)
    assert limiter.offer(AuditKind.CLONE, "pump", HOUR) == Notice(
        AuditKind.CLONE, "pump", 2
    )
    assert limiter.offer(AuditKind.CLONE, "pump", HOUR + 1) is None


def test_kinds_and_devices_are_told_apart() -> None:
    limiter = NotificationLimiter()
    assert limiter.offer(AuditKind.CLONE, "pump", 0.0)
    assert limiter.offer(AuditKind.CLONE, "lamp", 0.0)
    assert limiter.offer(AuditKind.FLOOD, "pump", 0.0)
    assert limiter.offer(AuditKind.BANNED, None, 0.0)


def test_a_quiet_hour_leaves_nothing_behind() -> None:
    limiter = NotificationLimiter()
    assert limiter.next_deadline() is None
    limiter.offer(AuditKind.CLONE, "pump", 0.0)
    assert limiter.handle_timer(HOUR) == []
    assert len(limiter) == 0
    assert limiter.offer(AuditKind.CLONE, "pump", HOUR) is not None


def test_more_devices_than_it_can_tell_apart_are_counted_together() -> None:
    limiter = NotificationLimiter(capacity=2)
    shown = [limiter.offer(AuditKind.CLONE, str(n), 0.0) for n in range(1000)]
    assert [notice for notice in shown if notice] == [
        Notice(AuditKind.CLONE, "0", 1),
        Notice(AuditKind.CLONE, "1", 1),
        Notice(AuditKind.CLONE, None, 1),
    ]
    assert limiter.handle_timer(HOUR) == [Notice(AuditKind.CLONE, None, 997)]
    assert len(limiter) == 1


@given(
    st.lists(
        st.tuples(
            st.sampled_from([AuditKind.CLONE, AuditKind.FLOOD]),
            st.sampled_from(["pump", "lamp", None]),
            st.floats(-1e5, 1e5),
            st.booleans(),
        ),
        max_size=100,
    )
)
def test_under_any_clock_every_event_is_counted_once(
    steps: list[tuple[AuditKind, str | None, float, bool]],
) -> None:
    limiter = NotificationLimiter(capacity=4)
    offered: dict[AuditKind, int] = {}
    counted: dict[AuditKind, int] = {}
    latest = -1e5
    shown_at: dict[tuple[AuditKind, str | None], float] = {}
    for kind, device, time, timer in steps:
        latest = max(latest, time)
        if timer:
            notices = limiter.handle_timer(time)
        else:
            offered[kind] = offered.get(kind, 0) + 1
            notice = limiter.offer(kind, device, time)
            notices = [notice] if notice else []
        for notice in notices:
            key = (notice.kind, notice.device)
            assert latest - shown_at.get(key, -1e9) >= HOUR
            shown_at[key] = latest
            counted[notice.kind] = counted.get(notice.kind, 0) + notice.count
        assert len(limiter) <= 4 + len(AuditKind)
    for notice in limiter.handle_timer(1e6):
        counted[notice.kind] = counted.get(notice.kind, 0) + notice.count
    assert counted == offered


def test_what_is_over_for_all_is_told_at_once_again() -> None:
    limiter = NotificationLimiter()
    for device in ("pump", "lamp", None):
        limiter.offer(AuditKind.STORAGE, device, 0.0)
    limiter.offer(AuditKind.CLONE, "pump", 0.0)
    limiter.forget_all((AuditKind.STORAGE,))
    assert limiter.offer(AuditKind.STORAGE, "lamp", 1.0) is not None
    assert limiter.offer(AuditKind.CLONE, "pump", 1.0) is None


def test_silence_is_told_once_and_only_of_who_was_heard() -> None:
    lulls = Lulls()
    assert lulls.over(0.0) == []
    lulls.hear("pump", 0.0)
    lulls.hear("lamp", 1.0)
    lulls.hear("gate", 1.0)
    lulls.hear("pump", 2.0)
    lulls.forget("gate")
    lulls.forget("nobody")
    assert len(lulls) == 2
    assert lulls.over(LULL) == []
    assert lulls.over(LULL + 1) == ["lamp"]
    assert lulls.over(LULL + 2) == ["pump"]
    assert lulls.over(3 * LULL) == []
    assert not lulls
