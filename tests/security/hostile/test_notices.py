"""What a person hears of: event entities, notifications, once an hour."""

from unittest.mock import patch

from aiohttp.test_utils import TestClient
from homeassistant.components.persistent_notification import (
    _async_get_or_create_notifications,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.audit import log as audit_log
from custom_components.oceanremote.audit.startup import audit_directory
from custom_components.oceanremote.audit.trail import AuditTrail
from custom_components.oceanremote.common.const import (
    DEVICE_SECURITY_EVENTS,
    DOMAIN,
    HUB_SECURITY_EVENTS,
)
from custom_components.oceanremote.common.errors import RevokedNotStoredError
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.audit.record import Actor, Outcome
from custom_components.oceanremote.policy.notify import LULL
from custom_components.oceanremote.transport.link import Link
from custom_components.oceanremote.vault import changes
from custom_components.oceanremote.vault.errors import VaultError
from tests.integration.runtime_support import FLOW, Device, eventually
from tests.integration.vault_support import full_disk

from .attacker import Client
from .support import audited


def event_of(hass: HomeAssistant, unique_id: str) -> str | None:
    """Return the last event type of an event entity."""
    entity_id = er.async_get(hass).async_get_entity_id("event", DOMAIN, unique_id)
    assert entity_id is not None
    state = hass.states.get(entity_id)
    assert state is not None
    found = state.attributes.get("event_type")
    return found if found is None else str(found)


async def test_a_device_shows_what_happened_to_its_trust(
    hass: HomeAssistant, hub: Hub, device: Device
) -> None:
    coordinator = next(iter(hub.coordinators.values()))
    unique_id = f"{coordinator.subentry_id}-own-security"
    assert event_of(hass, unique_id) == "registered"
    await hub.security.trust.async_quarantine(coordinator, None)
    assert event_of(hass, unique_id) == "quarantined"


async def test_the_hub_shows_bans_once_an_hour_and_counts_them(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    server: TestClient,
) -> None:
    for number in range(5):
        await Client(server, f"203.0.113.{number}").get("/.env")
    assert event_of(hass, f"{hub_entry.entry_id}-security") == "banned"
    shown = _async_get_or_create_notifications(hass)
    note = shown[f"{DOMAIN}_banned_hub"]
    assert "since the last notice" not in note["message"]
    later = hass.loop.time() + 3601
    with patch.object(hub.security.trail._announcements, "_now", return_value=later):
        hub.security.trail._on_tick(dt_util.utcnow())
    assert "4 times since the last notice" in shown[f"{DOMAIN}_banned_hub"]["message"]


async def test_a_flooding_device_is_slowed_down_and_reported(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    device: Device,
) -> None:
    limits = {"device_messages_per_second": 10, "device_message_burst": 10}
    options = {**hub_entry.options, "security": limits}
    hass.config_entries.async_update_entry(hub_entry, options=options)
    await hass.async_block_till_done()
    coordinator = next(iter(hub.coordinators.values()))
    link = coordinator.link
    assert link is not None
    pauses: list[float] = []
    pace = hub.security.admission.pace

    def noting(link: Link, *, size: int, states: int) -> float:
        pauses.append(pace(link, size=size, states=states))
        return pauses[-1]

    hub.security.admission.pace = noting  # type: ignore[method-assign]
    for number in range(15):
        await device.report(FLOW, float(number))
    await eventually(lambda: coordinator.cache.states.get(FLOW.address) == 14.0)
    assert sum(pauses) > 0.3
    assert not link.closing
    (event,) = await audited(hub, AuditKind.FLOOD)
    assert event.actor.device == coordinator.enrolment_id


async def test_the_notice_of_a_flood_goes_when_the_device_is_calm(
    hass: HomeAssistant, hub: Hub, device: Device
) -> None:
    """Reported once a minute, it may go on meanwhile; ten quiet minutes are its end."""
    limits = {"device_messages_per_second": 10, "device_message_burst": 10}
    options = {**hub.entry.options, "security": limits}
    hass.config_entries.async_update_entry(hub.entry, options=options)
    await hass.async_block_till_done()
    coordinator = next(iter(hub.coordinators.values()))
    link = coordinator.link
    assert link is not None
    notice = f"{DOMAIN}_flood_{coordinator.enrolment_id}"
    shown = _async_get_or_create_notifications(hass)

    def flood() -> None:
        for _ in range(15):
            hub.security.admission.pace(link, size=1, states=0)

    start = hass.loop.time()
    with patch.object(hub.security.trail._announcements, "_now") as now:

        def at(seconds: float) -> bool:
            now.return_value = start + seconds
            hub.security.trail._on_tick(dt_util.utcnow())
            return notice in shown

        now.return_value = start
        flood()
        assert at(30)
        flood()  # no report is due, and yet it goes on
        assert len(await audited(hub, AuditKind.FLOOD)) == 1
        assert at(LULL + 10)
        assert not at(LULL + 31)
        # What comes then is told at once, and not by the count of the last one.
        actor = Actor(device=coordinator.enrolment_id)
        hub.security.trail.record(AuditKind.FLOOD, Outcome.NOTICED, actor)
        assert notice in shown
        assert "since the last notice" not in shown[notice]["message"]


async def test_the_notice_of_what_was_not_stored_goes_with_the_next_write(
    hass: HomeAssistant, hub: Hub, device: Device
) -> None:
    """Of whichever device it was."""
    coordinator = next(iter(hub.coordinators.values()))
    shown = _async_get_or_create_notifications(hass)
    with full_disk():
        with pytest.raises(RevokedNotStoredError):
            await hub.async_revoke(coordinator.subentry_id)
        hub.security.trail.record(AuditKind.STORAGE, Outcome.FAILED, Actor())
        with pytest.raises(VaultError):
            await hub.vault.apply(
                changes.put_secret(hub.entry.entry_id, "other", b"change")
            )
        assert {name for name in shown if "_storage_" in name} == {
            f"{DOMAIN}_storage_hub",
            f"{DOMAIN}_storage_{coordinator.enrolment_id}",
        }
    await hub.vault.apply(changes.put_secret(hub.entry.entry_id, "other", b"change"))
    assert not [name for name in shown if "_storage_" in name]
    hub.security.trail.record(AuditKind.STORAGE, Outcome.FAILED, Actor())
    assert f"{DOMAIN}_storage_hub" in shown


async def test_news_stays_until_somebody_has_read_it(
    hass: HomeAssistant, hub: Hub, device: Device
) -> None:
    """Nothing ends it: a decoy that was used, a log that was repaired."""
    shown = _async_get_or_create_notifications(hass)
    _, decoy = await hub.admission.decoys.async_create()
    assert hub.admission.decoys.names_device(decoy, "203.0.113.9")
    hub.security.trail.record(AuditKind.LOG_REPAIRED, Outcome.NOTICED, Actor())
    await hub.vault.apply(changes.put_secret(hub.entry.entry_id, "other", b"change"))
    later = hass.loop.time() + 7200
    with patch.object(hub.security.trail._announcements, "_now", return_value=later):
        hub.security.trail._on_tick(dt_util.utcnow())
    assert {f"{DOMAIN}_decoy_hub", f"{DOMAIN}_log_repaired_hub"} <= set(shown)


async def test_a_pausing_link_ends_at_once(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, device: Device
) -> None:
    hub.security.admission.pace = lambda link, **_: 60.0  # type: ignore[method-assign]
    await device.report(FLOW, 1.0)
    coordinator = next(iter(hub.coordinators.values()))
    await eventually(lambda: coordinator.cache.states.get(FLOW.address) == 1.0)
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    assert await device.wait_closed() in (1001, 1006)


async def test_what_is_found_at_the_start_is_shown_by_the_hub(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    """Before any entity is there; once, not at every start."""
    unique_id = f"{hub_entry.entry_id}-security"
    assert event_of(hass, unique_id) is None
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    path = audit_directory(hass) / "audit-000001.jsonl"

    def tear() -> None:
        with path.open("ab") as stream:
            stream.write(b'{"actor":{"addr')

    await hass.async_add_executor_job(tear)
    assert await hass.config_entries.async_setup(hub_entry.entry_id)
    await hass.async_block_till_done()
    assert event_of(hass, unique_id) == "log_repaired"
    again: Hub = hub_entry.runtime_data.hub
    heard: list[str] = []
    again.security.trail.listen(None, lambda kind, attributes: heard.append(kind))
    assert not heard


async def test_of_early_notices_the_newest_of_each_kind_is_kept(hub: Hub) -> None:
    """However many come before somebody listens."""
    trail = AuditTrail(
        hub.hass,
        hub.security.trail.log,
        hub.log,
        now=hub.now,
        banned=lambda: False,
        name_of=lambda enrolment_id: None,
    )
    for number in range(50):
        actor = Actor(device=f"device {number}")
        trail.record(AuditKind.STORAGE, Outcome.FAILED, actor)
    trail.record(AuditKind.RESTORED, Outcome.NOTICED, Actor())
    heard: list[str] = []
    end = trail.listen(None, lambda kind, attributes: heard.append(kind))
    assert heard == ["storage", "restored"]
    end()
    trail.record(AuditKind.DECOY, Outcome.NOTICED, Actor())
    trail.listen(None, lambda kind, attributes: heard.append(kind))
    assert heard == ["storage", "restored"]


async def test_lost_records_are_shown(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    """A flood that hides something must not hide that it did."""
    await hub.security.trail.log.flush()
    with patch.object(audit_log, "MAX_QUEUED", 1):
        for _ in range(3):
            hub.security.trail.record(AuditKind.SESSION, Outcome.DONE, Actor())
    await hub.security.trail.log.flush()
    (event,) = await audited(hub, AuditKind.LOG_REPAIRED)
    assert event.detail == {"lost": 2}
    assert event_of(hass, f"{hub_entry.entry_id}-security") == "log_repaired"
    assert f"{DOMAIN}_log_repaired_hub" in _async_get_or_create_notifications(hass)


async def test_nothing_is_kept_of_a_device_that_is_gone(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    """Devices come and go for years."""
    coordinator = next(iter(hub.coordinators.values()))
    assert coordinator.enrolment_id in hub.security.trail._announcements._audiences
    hass.config_entries.async_remove_subentry(hub_entry, coordinator.subentry_id)
    await hass.async_block_till_done()
    assert coordinator.enrolment_id not in hub.security.trail._announcements._audiences


@pytest.mark.parametrize("kind", [*DEVICE_SECURITY_EVENTS, *HUB_SECURITY_EVENTS])
def test_every_event_is_a_kind_of_the_log(kind: str) -> None:
    assert kind in set(AuditKind)
