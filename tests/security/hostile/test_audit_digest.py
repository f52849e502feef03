"""What a storm leaves of the audit log: its first lines, counts, and all before it."""

import pytest

from custom_components.oceanremote.audit.digest import AT_ONCE, COUNT_EVERY, EventDigest
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.audit.record import Actor, AuditEvent, Outcome

REFUSED = AuditEvent(1.0, AuditKind.REFUSED, Outcome.REFUSED, Actor(), {})


def test_a_storm_is_written_down_as_a_count() -> None:
    digest = EventDigest()
    written = [kept for _ in range(1000) for kept in digest.offer(REFUSED, 0.0)]
    assert written == [REFUSED] * AT_ONCE
    assert digest.close(COUNT_EVERY - 1, 599.0) == []
    (count,) = digest.close(COUNT_EVERY, 600.0)
    assert count.detail["count"] == 1000 - AT_ONCE
    assert count.outcome is Outcome.REFUSED
    assert digest.close(2 * COUNT_EVERY, 1200.0) == []


def test_while_a_storm_lasts_one_event_a_minute_is_kept() -> None:
    digest = EventDigest()
    written = [kept for second in range(7200) for kept in digest.offer(REFUSED, second)]
    kept = [one for one in written if one is REFUSED]
    counts = [one.detail["count"] for one in written if one is not REFUSED]
    assert len(kept) == AT_ONCE + 119
    assert 10 <= len(counts) <= 7200 / COUNT_EVERY
    assert len(kept) + sum(counts) + _open_count(digest) == 7200


def _open_count(digest: EventDigest) -> int:
    return sum(one.detail["count"] for one in digest.close(float("inf"), 1.0))


def test_who_has_been_quiet_is_heard_in_full_again() -> None:
    digest = EventDigest()
    for _ in range(1000):
        digest.offer(REFUSED, 0.0)
    digest.close(4000.0, 4000.0)
    assert digest.offer(REFUSED, 4001.0) == [REFUSED]


def source(
    kind: AuditKind, what: str = "", *, claimed: bool = False, **actor: str
) -> AuditEvent:
    detail = {"what": what, **({"claimed": True} if claimed else {})}
    return AuditEvent(1.0, kind, Outcome.DONE, Actor(**actor), detail)


@pytest.mark.parametrize(
    "event",
    [
        source(AuditKind.BANNED, "failures", address="203.0.113.9"),
        source(AuditKind.DECOY, address="203.0.113.9"),
        source(AuditKind.REFUSED, device="pump", claimed=True),
        source(AuditKind.SESSION, device="pump"),
        source(AuditKind.ROTATION, device="pump"),
        source(AuditKind.REPLACED, device="pump"),
        source(AuditKind.CLOSED, device="pump"),
        source(AuditKind.CLONE, device="pump"),
        source(AuditKind.DENIED, user="anna"),
    ],
    ids=lambda event: event.kind,
)
def test_no_source_pushes_the_log_out(event: AuditEvent) -> None:
    digest = EventDigest()
    written = sum(len(digest.offer(event, 0.0)) for _ in range(1000))
    assert written == AT_ONCE
    (count,) = digest.close(COUNT_EVERY, 1.0)
    assert count.detail.get("claimed") == event.detail.get("claimed")


@pytest.mark.parametrize(
    "event",
    [
        source(AuditKind.BANNED, "administrator"),
        source(AuditKind.REVOKED, device="pump"),
        source(AuditKind.QUARANTINED, device="pump"),
        source(AuditKind.REGISTERED, device="pump"),
        source(AuditKind.COMMAND, user="anna"),
    ],
    ids=lambda event: event.kind,
)
def test_what_the_owner_answers_for_is_kept_one_by_one(event: AuditEvent) -> None:
    digest = EventDigest()
    assert sum(len(digest.offer(event, 0.0)) for _ in range(1000)) == 1000


def test_a_storm_hides_neither_devices_nor_users_nor_other_kinds() -> None:
    digest = EventDigest()
    for _ in range(1000):
        digest.offer(REFUSED, 0.0)
    for other in (
        source(AuditKind.REFUSED, device="pump"),
        source(AuditKind.REFUSED, device="pump", claimed=True),
        source(AuditKind.REFUSED, user="anna"),
        source(AuditKind.HONEYPOT),
    ):
        assert digest.offer(other, 1.0) == [other]


async def test_no_flood_pushes_out_the_oldest_record(hub: Hub) -> None:
    """Strangers, claims, bans, decoys and a device, each ten thousand times."""
    security = hub.security
    oldest = (await security.trail.log.read(10_000))[0]
    enrolment_id = next(iter(hub.coordinators.values())).enrolment_id
    for number in range(10_000):
        stranger = f"2001:db8:0:{number:x}::/64"
        for kind, claimed in (
            (AuditKind.REFUSED, True),
            (AuditKind.REFUSED, False),
            (AuditKind.CLOSED, False),
            (AuditKind.SESSION, False),
            (AuditKind.ROTATION, False),
            (AuditKind.REPLACED, False),
        ):
            hub.log.note(
                kind,
                "again",
                enrolment_id=enrolment_id,
                address=stranger,
                claimed=claimed,
            )
        security.trail.record(
            AuditKind.DECOY, Outcome.NOTICED, Actor(address=stranger), what="a device"
        )
        client = security.admission._book.classify(stranger.partition("/")[0])
        security.admission.honeypot(client, "/.env", cross_site=False)
        if number % 100 == 0:
            await security.trail.log.flush()
    lines = await security.trail.log.read(100_000)
    assert lines[0] == oldest
    assert len(lines) < 10 * (AT_ONCE + 2) + 20
    assert (
        len(security.admission.policy.bans.active(hub.security.admission.moment().wall))
        == 10_000
    )
