"""What a person sees of an attack: repairs, notifications, events, the device's page."""

from homeassistant.components.persistent_notification import (
    _async_get_or_create_notifications,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.hub import Hub
from tests.integration.flow_support import text_at
from tests.integration.runtime_support import Device, entity_id_of, eventually

from .layer_support import pump


class Person:
    """Somebody who looks at Home Assistant and at the log of the board."""

    def __init__(self, hass: HomeAssistant, hub: Hub) -> None:
        """Look at one hub, and at its pump."""
        self._hass = hass
        self._hub = hub

    @property
    def pump(self) -> DeviceCoordinator:
        """Return the device in question."""
        return pump(self._hub)

    async def is_asked(self, kind: str) -> ir.IssueEntry:
        """Wait for a repair issue about the pump; return it."""
        issue_id = f"{kind}_{self.pump.subentry_id}"
        registry = ir.async_get(self._hass)
        await eventually(lambda: registry.async_get_issue(DOMAIN, issue_id))
        issue = registry.async_get_issue(DOMAIN, issue_id)
        assert issue is not None
        assert issue.active
        assert issue.is_fixable
        assert issue.translation_key == kind
        title = text_at("issues", kind, "title")
        assert "Garden pump" in title.format(**(issue.translation_placeholders or {}))
        return issue

    def is_asked_nothing(self) -> bool:
        """Whether no repair issue about devices is open."""
        about_devices = {"quarantined", "approval", "same_mac", "lost_device"}
        return not any(
            domain == DOMAIN and issue.translation_key in about_devices
            for (domain, _), issue in ir.async_get(self._hass).issues.items()
        )

    async def is_told(self, kind: str, *words: str) -> None:
        """Wait for a notification about the pump that names it."""
        name = f"{DOMAIN}_{kind}_{self.pump.enrolment_id}"
        shown = _async_get_or_create_notifications(self._hass)
        await eventually(lambda: name in shown)
        message = shown[name]["message"]
        for word in ("Garden pump", *words):
            assert word in message

    def is_told_nothing(self, kind: str) -> bool:
        """Whether there is no notification of a kind, about whatever it be."""
        shown = _async_get_or_create_notifications(self._hass)
        return not any(name.startswith(f"{DOMAIN}_{kind}_") for name in shown)

    async def sees_event(self, kind: str) -> None:
        """Wait for the pump's event entity to show a kind."""
        entity_id = entity_id_of(self._hass, "event", self.pump, "own-security")

        def shown() -> object:
            state = self._hass.states.get(entity_id)
            return state is not None and state.attributes.get("event_type") == kind

        await eventually(shown)

    async def sees_status(self, status: str) -> None:
        """Wait for the pump's page to say something about it."""
        entity_id = entity_id_of(self._hass, "sensor", self.pump, "own-status")

        def shown() -> object:
            state = self._hass.states.get(entity_id)
            return state is not None and state.state == status

        await eventually(shown)
        assert text_at("entity", "sensor", "status", "state", status)

    async def sees_unavailable(self) -> None:
        """Wait for the pump's own entities to be shown as not available."""
        registry = er.async_get(self._hass)
        ours = [
            entry.entity_id
            for entry in registry.entities.values()
            if entry.config_subentry_id == self.pump.subentry_id
            and entry.domain == "switch"
        ]
        assert ours

        def shown() -> object:
            states = [self._hass.states.get(entity_id) for entity_id in ours]
            return all(state and state.state == "unavailable" for state in states)

        await eventually(shown)


def said_by(device: Device) -> str:
    """Return why the board's last link ended, as its log words it."""
    closed = device.driver.closed
    assert closed is not None
    return closed.reason.value
