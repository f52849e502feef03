"""What the hub's audit log says, for tests that look there."""

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit import AuditEvent, read_event
from custom_components.oceanremote.policy.kinds import AuditKind


async def audited(hub: Hub, kind: AuditKind) -> list[AuditEvent]:
    """Return the events of one kind that are on disk."""
    events = [read_event(line) for line in await hub.security.audit.read(10_000)]
    return [event for event in events if event.kind == kind]
