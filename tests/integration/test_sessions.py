"""One device, one proved link: rotation, renewal, replacement, clones, late packets."""

from datetime import timedelta
from unittest.mock import patch

from homeassistant.components.button import DOMAIN as BUTTON, SERVICE_PRESS
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.const import (
    CONF_ROTATION_MARGIN,
    CONF_SESSION_LIFETIME,
)
from custom_components.oceanremote.common.errors import (
    DeviceOfflineError,
    RenewalFailedError,
)
from custom_components.oceanremote.device import session as supervision
from custom_components.oceanremote.device.status import DeviceStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.trust import CounterVerdict, Standing
from tests.support.device_driver import DeviceDriver

from .runtime_support import (
    PUMP,
    Device,
    Records,
    Skew,
    entity_id_of,
    eventually,
    only_coordinator,
    state_of,
)

GENERIC_REFUSAL = 1008


def twin_of(device: Device) -> Device:
    """Return a second holder of the same identity, as a copied flash makes one."""
    driver = DeviceDriver(
        device.driver.flash.identity.hub_public,
        device.driver.flash.identity.registration,
        device.driver.flash.identity.mac,
        device.driver.entities,
    )
    driver.flash.identity = device.driver.flash.identity
    driver.flash.counter = device.driver.flash.counter
    return Device(device._client, driver)


async def test_a_session_is_renewed_before_it_ends(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    skew: Skew,
    records: Records,
) -> None:
    """At the margin the device proves itself again; entities notice nothing."""
    coordinator = only_coordinator(hub)
    first = coordinator.session_id
    await connected_device.report(PUMP, value=True)
    switch = entity_id_of(hass, "switch", coordinator, "switch-0-pump")
    await eventually(lambda: hass.states.is_state(switch, "on"))
    before = hass.states.get(switch)
    await skew.forward(3600 - 300 + 1)
    await eventually(lambda: coordinator.rotations == 1)
    assert coordinator.session_id != first
    assert hass.states.get(switch) is before
    (rotation,) = records.of(AuditKind.ROTATION)
    assert rotation.outcome == "proved"
    assert "epoch 3" in rotation.detail


async def test_the_end_of_the_session_is_told_to_who_asks_for_it(
    hass: HomeAssistant, hub_entry: MockConfigEntry, connected_device: Device
) -> None:
    """Off at first; then an hour ahead while connected, unknown otherwise."""
    coordinator = only_coordinator(hub_entry.runtime_data.hub)
    registry = er.async_get(hass)
    end = entity_id_of(hass, "sensor", coordinator, "own-session_end")
    assert registry.async_get(end).disabled_by is er.RegistryEntryDisabler.INTEGRATION
    assert hass.states.get(end) is None

    registry.async_update_entity(end, disabled_by=None)
    await connected_device.hang_up()
    await hass.config_entries.async_reload(hub_entry.entry_id)
    await hass.async_block_till_done()
    coordinator = only_coordinator(hub_entry.runtime_data.hub)
    assert hass.states.is_state(end, STATE_UNKNOWN)
    await connected_device.connect()
    await eventually(lambda: not hass.states.is_state(end, STATE_UNKNOWN))
    told = dt_util.parse_datetime(
        state_of(hass, "sensor", coordinator, "own-session_end")
    )
    assert told is not None
    assert abs(told - dt_util.utcnow() - timedelta(hours=1)) < timedelta(minutes=1)
    await connected_device.hang_up()
    await eventually(lambda: hass.states.is_state(end, STATE_UNKNOWN))


async def test_the_button_renews_and_waits_for_the_proof(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """A press returns when the device runs under new keys."""
    coordinator = only_coordinator(hub)
    button = entity_id_of(hass, "button", coordinator, "own-renew_session")
    first = coordinator.session_id
    await hass.services.async_call(
        BUTTON, SERVICE_PRESS, {ATTR_ENTITY_ID: button}, blocking=True
    )
    assert coordinator.session_id != first
    assert len(connected_device.driver.epochs) == 3
    await connected_device.hang_up()
    await hass.async_block_till_done()
    assert hass.states.is_state(button, STATE_UNAVAILABLE)


async def test_nobody_renews_a_device_that_is_away(
    hub: Hub, enrolled_device: Device
) -> None:
    """The caller is told at once."""
    with pytest.raises(DeviceOfflineError) as refused:
        await only_coordinator(hub).async_renew()
    assert refused.value.translation_key == "device_offline"
    assert refused.value.translation_placeholders == {"name": "Garden pump"}


async def test_a_renewal_that_is_not_answered_fails(
    hub: Hub, connected_device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The device is connected and does not prove itself again."""
    monkeypatch.setattr(supervision, "RENEW_TIMEOUT", 0.05)
    await connected_device.fall_silent()
    with pytest.raises(RenewalFailedError):
        await only_coordinator(hub).async_renew()


async def test_a_renewal_whose_link_breaks_fails(
    hub: Hub, connected_device: Device
) -> None:
    """The link ends before the new proof."""
    coordinator = only_coordinator(hub)
    link = coordinator.link
    assert link is not None
    with (
        patch.object(link.connection, "rotate", lambda now: link.close()),
        pytest.raises(RenewalFailedError),
    ):
        await coordinator.async_renew()


async def test_a_device_may_ask_for_a_rotation(
    hub: Hub, connected_device: Device
) -> None:
    """The hub says HELLO again."""
    await connected_device.send(connected_device.driver.request_rotation())
    await eventually(lambda: only_coordinator(hub).rotations == 1)


async def test_settings_reach_the_next_link(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
    skew: Skew,
) -> None:
    """Options need no reload: whoever connects next is held to them."""
    hass.config_entries.async_update_entry(
        hub_entry, options={CONF_SESSION_LIFETIME: 600, CONF_ROTATION_MARGIN: 60}
    )
    await hass.async_block_till_done()
    assert only_coordinator(hub).connected
    await connected_device.hang_up()
    await connected_device.connect()
    coordinator = only_coordinator(hub)
    assert coordinator.session_expires_at is not None
    left = coordinator.session_expires_at - dt_util.utcnow()
    assert timedelta(minutes=9) < left < timedelta(minutes=11)
    await skew.forward(600 - 60 - 1)
    assert coordinator.rotations == 0
    await skew.forward(2)
    await eventually(lambda: coordinator.rotations == 1)


async def test_a_newer_link_replaces_the_older(
    hub: Hub, connected_device: Device, records: Records
) -> None:
    """A board that reconnects while its old socket lingers is no clone."""
    coordinator = only_coordinator(hub)
    older = coordinator.link
    assert older is not None
    await connected_device.fall_silent()
    again = twin_of(connected_device)
    await again.connect()
    assert coordinator.link is not older
    assert coordinator.connected
    coordinator._older.end()
    assert older.closing
    assert not older.refused
    assert not records.of(AuditKind.CLONE)
    (record,) = records.of(AuditKind.REPLACED)
    assert record.enrolment_id == coordinator.enrolment_id
    # The end of the older link takes nothing from the newer one.
    assert coordinator.available
    await again.hang_up()
    await connected_device.hang_up()


async def test_what_a_replaced_link_says_is_not_heard(
    hub: Hub, connected_device: Device
) -> None:
    """States of the older link never reach the entities."""
    coordinator = only_coordinator(hub)
    older = coordinator.link
    assert older is not None
    await connected_device.fall_silent()
    again = twin_of(connected_device)
    await again.connect()
    hub.handle_event(older, object())  # type: ignore[arg-type]
    coordinator.handle_event(older, object())  # type: ignore[arg-type]
    assert coordinator.link is not older
    await again.hang_up()
    await connected_device.hang_up()


async def test_two_live_links_are_two_boards(
    hub: Hub, connected_device: Device, records: Records
) -> None:
    """The older link still answers what was asked after the newer one proved itself."""
    coordinator = only_coordinator(hub)
    twin = twin_of(connected_device)
    await twin.connect()
    assert await connected_device.wait_closed() == 1000
    await eventually(lambda: coordinator.record.standing is Standing.QUARANTINED)
    assert coordinator.status is DeviceStatus.QUARANTINED
    assert coordinator.connected
    assert not coordinator.available
    await twin.hang_up()


async def test_a_clone_is_noticed_by_its_counter(
    hub: Hub, connected_device: Device, records: Records
) -> None:
    """A copied flash starts from an old counter: refused, and both are quarantined."""
    coordinator = only_coordinator(hub)
    twin = twin_of(connected_device)
    await coordinator.async_renew()
    twin.driver.flash.counter -= 1
    await twin.dial()
    assert await twin.wait_closed() == GENERIC_REFUSAL
    (record,) = records.of(AuditKind.CLONE)
    assert record.enrolment_id == coordinator.enrolment_id
    assert coordinator.connected
    assert not coordinator.available
    assert coordinator.status is DeviceStatus.QUARANTINED
    await eventually(lambda: coordinator.record.standing is Standing.QUARANTINED)
    await connected_device.hang_up()


async def test_a_clone_is_noticed_after_a_restart(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
) -> None:
    """The mark lies in the vault."""
    await connected_device.hang_up()
    await hass.config_entries.async_reload(hub_entry.entry_id)
    restarted: Hub = hub_entry.runtime_data.hub
    records = Records(restarted)
    twin = twin_of(connected_device)
    twin.driver.flash.counter -= 1
    await twin.dial()
    assert await twin.wait_closed() == GENERIC_REFUSAL
    assert records.of(AuditKind.CLONE)
    await connected_device.connect()
    assert only_coordinator(restarted).status is DeviceStatus.QUARANTINED


async def test_a_late_handshake_only_closes(
    hub: Hub, connected_device: Device, records: Records
) -> None:
    """A proxy held an INIT back: no alarm, no blame."""
    await connected_device.hang_up()
    with patch.object(
        only_coordinator(hub).counters._watch,
        "observe",
        return_value=CounterVerdict.LATE,
    ):
        await connected_device.dial()
        assert await connected_device.wait_closed() == 1000
    assert not records.of(AuditKind.CLONE)
    assert not records.of(AuditKind.REFUSED)
    assert only_coordinator(hub).status is DeviceStatus.OFFLINE


async def test_what_is_pinned_is_compared_once_more(
    hub: Hub, connected_device: Device, records: Records
) -> None:
    """Should the directory ever grant too much, the session still is not let in."""
    await connected_device.hang_up()
    coordinator = only_coordinator(hub)
    with patch(
        "custom_components.oceanremote.hub.session_admission.compare_digest",
        return_value=False,
    ):
        await connected_device.dial()
        assert await connected_device.wait_closed() == GENERIC_REFUSAL
    assert "not what is pinned" in [
        record.outcome for record in records.of(AuditKind.REFUSED)
    ]
    assert not coordinator.connected


async def test_last_seen_is_kept_across_restarts(
    hass: HomeAssistant, hub: Hub, connected_device: Device, skew: Skew
) -> None:
    """Written at once, then once a minute at most while values arrive."""
    coordinator = only_coordinator(hub)
    first = state_of(hass, "sensor", coordinator, "own-last_seen")
    assert dt_util.parse_datetime(first) is not None
    writes: list[str] = []
    hass.bus.async_listen(
        "state_changed",
        lambda event: writes.append(event.data["entity_id"]),
    )
    await connected_device.report(PUMP, value=True)
    await eventually(lambda: PUMP.address in coordinator.cache.states)
    last_seen = entity_id_of(hass, "sensor", coordinator, "own-last_seen")
    await hass.async_block_till_done()
    assert last_seen not in writes
    skew._seconds += 61
    with patch.object(dt_util, "utcnow", return_value=dt_util.utcnow() + timedelta(60)):
        await connected_device.report(PUMP, value=False)
        await eventually(lambda: last_seen in writes)


async def test_goodbye_is_no_offence(
    hub: Hub, connected_device: Device, records: Records
) -> None:
    """A device says that it leaves, and leaves."""
    await connected_device.send(connected_device.driver.goodbye())
    await connected_device.hang_up()
    await eventually(lambda: not only_coordinator(hub).connected)
    assert not records.of(AuditKind.REFUSED)


async def test_a_log_line_that_nobody_follows_is_dropped(
    hub: Hub, connected_device: Device, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the device has put into it, it makes no line of Home Assistant's."""
    caplog.set_level("DEBUG", "custom_components.oceanremote")
    driver = connected_device.driver
    await connected_device.send(driver.log(3, "pump", "dry running\nERROR"))
    await connected_device.send(driver.request_rotation())
    await eventually(lambda: only_coordinator(hub).rotations == 1)
    assert "dry running" not in caplog.text


@pytest.mark.parametrize(
    ("remaining", "margin", "delay"),
    [(3600, 300, 3300), (300, 300, 225), (40, 30, 30), (0, 30, 0)],
)
def test_rotation_leaves_a_quarter_at_most(
    remaining: float, margin: float, delay: float
) -> None:
    """The margin counts, but never more than a quarter of what remains."""
    assert supervision.rotation_delay(remaining, margin) == delay
