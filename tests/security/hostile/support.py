"""What the hub's audit log says, and restarts, for tests that look there."""

from collections.abc import Awaitable, Callable

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.audit.record import AuditEvent, read_event
from tests.integration.runtime_support import Device

type Restart = Callable[[], Awaitable[Hub]]


async def audited(hub: Hub, kind: AuditKind) -> list[AuditEvent]:
    """Return the events of one kind that are on disk."""
    events = [read_event(line) for line in await hub.security.trail.log.read(10_000)]
    return [event for event in events if event.kind == kind]


async def unload(hass: HomeAssistant, entry: MockConfigEntry, device: Device) -> None:
    """Stop the hub in good order."""
    await device.hang_up()
    assert await hass.config_entries.async_unload(entry.entry_id)
