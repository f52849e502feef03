"""One device, entity or listener that fails harms itself only, and is named."""

from collections.abc import AsyncGenerator, Callable
import logging
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.audit.containment import (
    MAX_KNOWN,
    TRACEBACKS,
    Containment,
    traceback_of,
)
from custom_components.oceanremote.audit.record import SecurityLog, SecurityRecord
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.light import DeviceLight
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.protocol import Domain, EntityDescriptor
from custom_components.oceanremote.sensor import DeviceSensor
from custom_components.oceanremote.transport.link import Link

from .neighbours import HEALTHY, LAMP, RELAY, Neighbours
from .runtime_support import Records, describe, eventually, make_subentry

INTERNAL_ERROR = 1011


def explode(*_: Any, **__: Any) -> None:
    """Fail, as only a bug does."""
    raise ZeroDivisionError("a bug")


@pytest.fixture
async def neighbours(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> AsyncGenerator[Neighbours]:
    """Return a hub with two devices, online."""
    both = await Neighbours.make(hass, hass_client_no_auth)
    yield both
    await both.close()


def failures(records: Records, device: DeviceCoordinator) -> list[SecurityRecord]:
    """Return what has failed under a device's name."""
    return [
        record
        for record in records.of(AuditKind.FAILURE)
        if record.enrolment_id == device.enrolment_id
    ]


def logged(caplog: pytest.LogCaptureFixture, start: str) -> list[str]:
    """Return the errors that begin like this and show where they come from."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno == logging.ERROR
        and record.getMessage().startswith(start)
        and "Traceback" in record.getMessage()
    ]


# -- what was seen ----------------------------------------------------------


async def test_an_entity_that_cannot_be_made_leaves_the_rest(
    neighbours: Neighbours,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of its device and of every other, now and at the next start."""
    make = DeviceLight._adopt

    def adopt(light: DeviceLight, descriptor: EntityDescriptor) -> None:
        make(light, descriptor)
        if descriptor.object_id == "broken":
            explode()

    monkeypatch.setattr(DeviceLight, "_adopt", adopt)
    broken = describe(Domain.LIGHT, "Broken")
    records = Records(neighbours.hub)
    await neighbours.reconnect(neighbours.bad, broken, LAMP, RELAY)
    bad = neighbours.coordinator("Bad")
    assert neighbours.state("Bad", broken) == "missing"
    assert "missing" not in {neighbours.state("Bad", e) for e in (LAMP, RELAY)}
    (record,) = failures(records, bad)
    assert "broken" in record.outcome
    assert logged(caplog, "Bad: ")
    await neighbours.assert_good_is_well()
    await neighbours.restart()
    assert "missing" not in {neighbours.state("Good", entity) for entity in HEALTHY}
    assert "missing" not in {neighbours.state("Bad", e) for e in (LAMP, RELAY)}


async def test_an_entity_whose_state_cannot_be_written_is_unknown(
    neighbours: Neighbours,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It stays, it shows what comes next, and its device is not taken offline."""
    odd = describe(Domain.SENSOR, "Odd")
    await neighbours.reconnect(neighbours.bad, odd, RELAY)
    show = DeviceSensor._show

    def show_odd(sensor: DeviceSensor, value: Any) -> None:
        show(sensor, value)
        if value == 13.0:
            sensor._attr_native_unit_of_measurement = "deg"
            sensor._attr_native_value = "no number"

    monkeypatch.setattr(DeviceSensor, "_show", show_odd)
    records = Records(neighbours.hub)
    await neighbours.bad.report(odd, 12.0)
    await eventually(lambda: neighbours.state("Bad", odd) == "12.0")
    await neighbours.bad.report(odd, 13.0)
    await eventually(lambda: neighbours.state("Bad", odd) == "unknown")
    bad = neighbours.coordinator("Bad")
    assert failures(records, bad)
    assert logged(caplog, "Bad: ")
    for _ in range(2):
        await neighbours.reconnect(neighbours.bad)
        assert bad.available
        assert neighbours.state("Bad", RELAY) != "unavailable"
    await neighbours.restart()
    await neighbours.reconnect(neighbours.bad)
    await neighbours.reconnect(neighbours.good)
    await neighbours.bad.report(odd, 14.0)
    await eventually(lambda: neighbours.state("Bad", odd) == "14.0")


# -- subscribers and listeners ----------------------------------------------


@pytest.mark.parametrize(
    "subscribe",
    [
        lambda device: device.subscribe_availability(explode),
        lambda device: device.description.subscribe(explode),
        lambda device: device.cache.subscribe(RELAY.address, explode),
    ],
)
async def test_a_subscriber_that_fails_ends_nothing(
    neighbours: Neighbours,
    caplog: pytest.LogCaptureFixture,
    subscribe: Callable[[DeviceCoordinator], object],
) -> None:
    """Whatever it subscribed to: link, description and other subscribers go on."""
    bad = neighbours.coordinator("Bad")
    fresh = describe(Domain.SWITCH, "Fresh")
    records = Records(neighbours.hub)
    subscribe(bad)
    await neighbours.bad.report(RELAY, value=True)
    await neighbours.reconnect(neighbours.bad, fresh, RELAY)
    await neighbours.bad.report(fresh, value=True)
    await eventually(lambda: neighbours.state("Bad", fresh) == "on")
    assert failures(records, bad)
    assert logged(caplog, "Bad: ")
    await neighbours.assert_good_is_well()


async def test_a_description_that_cannot_be_taken_ends_nothing(
    neighbours: Neighbours,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The link lives on, and the failure has the device's name."""
    bad = neighbours.coordinator("Bad")
    records = Records(neighbours.hub)
    with monkeypatch.context() as patch:
        patch.setattr(bad.cache, "set_descriptors", explode)
        await neighbours.bad.hang_up()
        neighbours.bad.driver.entities = (RELAY, LAMP)
        await neighbours.bad.connect()
        await eventually(lambda: failures(records, bad))
    assert bad.connected
    assert not neighbours.bad.driver.closed
    assert logged(caplog, "Bad: ")
    await neighbours.assert_good_is_well()
    # It is asked for again: what was not taken is not known.
    await neighbours.reconnect(neighbours.bad)
    assert neighbours.state("Bad", LAMP) != "missing"


async def test_a_device_that_cannot_be_added_leaves_the_others(
    hass: HomeAssistant,
    neighbours: Neighbours,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Those added with it, and those that are there."""
    hub = neighbours.hub
    records = Records(hub)
    make = DeviceCoordinator.__init__

    def init(coordinator: DeviceCoordinator, *args: Any, **kwargs: Any) -> None:
        if kwargs["title"] == "Broken":
            explode()
        make(coordinator, *args, **kwargs)

    monkeypatch.setattr(DeviceCoordinator, "__init__", init)
    for number, title in ((7, "Broken"), (8, "Whole")):
        hass.config_entries.async_add_subentry(hub.entry, make_subentry(number, title))
    await hass.async_block_till_done()
    assert {c.name for c in hub.coordinators.values()} == {"Bad", "Good", "Whole"}
    assert [record.enrolment_id for record in records.of(AuditKind.FAILURE)] == [
        "enrolment7"
    ] * len(records.of(AuditKind.FAILURE))
    assert records.of(AuditKind.FAILURE)
    assert logged(caplog, "Broken: ")
    await neighbours.assert_good_is_well()


async def test_a_platform_that_fails_for_one_device_serves_the_others(
    hass: HomeAssistant, neighbours: Neighbours, caplog: pytest.LogCaptureFixture
) -> None:
    """Who subscribes to devices is told of each, whatever one of them does to him."""
    seen: list[str] = []

    def subscriber(coordinator: DeviceCoordinator) -> None:
        if coordinator.name == "Bad":
            explode()
        seen.append(coordinator.name)

    neighbours.hub.async_subscribe_devices(subscriber)
    assert seen == ["Good"]
    hass.config_entries.async_add_subentry(
        neighbours.hub.entry, make_subentry(7, "Later")
    )
    await hass.async_block_till_done()
    assert seen == ["Good", "Later"]
    assert logged(caplog, "Bad: ")


async def test_a_listener_of_the_log_that_fails_silences_nobody(
    neighbours: Neighbours, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the other listeners nor the audit."""
    log = neighbours.hub.log
    log._listeners.clear()
    log.listen(explode)
    records = Records(neighbours.hub)
    log.note(AuditKind.CLONE, "seen", enrolment_id="enrolment0")
    assert [record.outcome for record in records.of(AuditKind.CLONE)] == ["seen"]
    (failure,) = records.of(AuditKind.FAILURE)
    assert failure.enrolment_id == "enrolment0"
    assert logged(caplog, "the security log: ")


async def test_a_listener_of_security_events_that_fails_silences_nobody(
    neighbours: Neighbours, caplog: pytest.LogCaptureFixture
) -> None:
    """The event entity of a device hears what another listener chokes on."""
    heard: list[str] = []
    security = neighbours.hub.security
    for enrolment_id in ("enrolment0", None):
        security.trail.listen(enrolment_id, explode)
    security.trail.listen("enrolment0", lambda kind, _: heard.append(kind))
    security.trail.listen(None, lambda kind, _: heard.append(kind))
    log = neighbours.hub.log
    log.note(AuditKind.CLONE, "seen", enrolment_id="enrolment0")
    log.note(AuditKind.STORAGE, "seen", enrolment_id="enrolment0")
    assert heard == ["clone", "storage"]
    for name in ("Bad", "the hub"):
        assert len(logged(caplog, f"{name}: a listener to security events")) == 1


# -- inside a link ----------------------------------------------------------


async def audited(neighbours: Neighbours) -> list[str]:
    """Return the lines of the audit log."""
    return await neighbours.hub.security.trail.log.read(100)


async def test_a_failure_of_the_hub_inside_a_link_is_the_hubs(
    neighbours: Neighbours,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Log and audit say so; the peer is not blamed, and hears that it is not."""
    bad = neighbours.coordinator("Bad")
    records = Records(neighbours.hub)
    with monkeypatch.context() as patch:
        patch.setattr(bad, "session_proved", explode)
        await neighbours.bad.hang_up()
        await neighbours.bad.dial()
        assert await neighbours.bad.wait_closed() == INTERNAL_ERROR
    (failure,) = failures(records, bad)
    assert "ZeroDivisionError" in failure.detail
    (closed,) = [
        record
        for record in records.of(AuditKind.CLOSED)
        if record.enrolment_id == bad.enrolment_id and record.outcome != "by the peer"
    ]
    assert closed.outcome == "the hub failed"
    assert not records.of(AuditKind.REFUSED)
    assert logged(caplog, "Bad: ")
    lines = await audited(neighbours)
    assert any('"failure"' in line and "ZeroDivisionError" in line for line in lines)
    await neighbours.assert_good_is_well()
    await neighbours.reconnect(neighbours.bad)


@pytest.mark.parametrize("method", ["handle_event", "_see"])
async def test_an_event_that_fails_ends_no_link(
    neighbours: Neighbours,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
) -> None:
    """Only what it was about is lost."""
    bad = neighbours.coordinator("Bad")
    records = Records(neighbours.hub)
    with monkeypatch.context() as patch:
        patch.setattr(bad, method, explode)
        await neighbours.bad.report(RELAY, value=True)
        await eventually(lambda: failures(records, bad))
    await neighbours.bad.report(RELAY, value=True)
    await eventually(lambda: neighbours.state("Bad", RELAY) == "on")
    assert bad.available
    assert logged(caplog, "Bad: ")


async def test_a_timer_that_fails_ends_its_link(
    neighbours: Neighbours,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A session whose end nobody watches any more must not go on."""
    link = neighbours.coordinator("Bad").link
    assert link is not None
    monkeypatch.setattr(link.connection, "handle_timer", explode)
    link._cancel_deadline()
    link._on_deadline()
    assert await neighbours.bad.wait_closed() == INTERNAL_ERROR
    assert logged(caplog, "Bad: ")
    await neighbours.assert_good_is_well()


async def test_the_end_of_a_link_that_fails_still_ends_it(
    neighbours: Neighbours,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever closes several links closes them all."""
    bad = neighbours.coordinator("Bad")
    detach = bad.detach

    def detach_badly(link: Link) -> None:
        detach(link)
        explode()

    monkeypatch.setattr(bad, "detach", detach_badly)
    link = bad.link
    assert link is not None
    link.close()
    await neighbours.bad.wait_closed()
    await eventually(lambda: link not in neighbours.hub._links)
    assert logged(caplog, "Bad: ")
    await neighbours.assert_good_is_well()


# -- the boundary itself ----------------------------------------------------


class Notes:
    """What a boundary has recorded."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.all: list[tuple[str, str]] = []

    def __call__(self, what: str, detail: str, *, address: str | None) -> None:
        """Take a note."""
        self.all.append((what, detail))


def test_every_failure_is_recorded_and_few_are_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A device decides how often its entities fail, not how long the log grows."""
    now = 0.0
    notes = Notes()
    boundary = Containment(lambda: "Pump", lambda: now, notes)
    for number in range(3 * MAX_KNOWN):
        assert not boundary.call(f"thing {number}", explode)
        assert not boundary.call(f"thing {number}", explode)
    assert len(notes.all) == 6 * MAX_KNOWN
    assert len(logged(caplog, "Pump: thing")) == TRACEBACKS.burst
    now += 1 / TRACEBACKS.per_second
    boundary.call("another", explode)
    assert logged(caplog, "Pump: another failed: ZeroDivisionError: a bug")
    assert len(boundary._known) <= MAX_KNOWN


def test_what_goes_well_is_no_matter() -> None:
    """Arguments reach the function."""
    notes = Notes()
    seen: list[int] = []
    boundary = Containment(lambda: "Pump", lambda: 0.0, notes)
    assert boundary.call("it", seen.append, 1)
    assert seen == [1]
    assert not notes.all


def test_the_end_of_the_program_is_not_contained() -> None:
    """Nor is a cancellation."""

    def leave() -> None:
        raise KeyboardInterrupt

    boundary = Containment(lambda: "Pump", lambda: 0.0)
    with pytest.raises(KeyboardInterrupt):
        boundary.call("it", leave)


def test_no_text_of_a_device_passes_for_a_line_of_the_log() -> None:
    """An exception may repeat what a device has said."""
    forged = "bad\n2026-11-26 ERROR (MainThread) [forged] all is lost\x1b[2J"
    lines = traceback_of(ValueError(forged)).splitlines()
    assert all(line.startswith("  | ") for line in lines)
    assert lines[-1].endswith(r"all is lost\x1b[2J")


async def test_a_log_whose_every_listener_fails_comes_to_an_end(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """A failure about a failure is logged, and that is all."""
    log = SecurityLog(lambda: 0.0)
    log.listen(explode)
    log.note(AuditKind.CLONE, "seen")
    assert logged(caplog, "the security log: ")
