"""Issues about a device's standing: one at a time, gone when it is settled."""

from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..common.const import DOMAIN
from ..device.coordinator import DeviceCoordinator
from ..policy.trust import Standing
from .issue_ids import issue_id_of
from .restored import RestoredDevices

ISSUE_QUARANTINED: Final = "quarantined"
ISSUE_APPROVAL: Final = "approval"
ISSUE_APPROVAL_ABSENT: Final = "approval_absent"

_NO_CODE: Final = "-"


class TrustIssues:
    """Shows what a person must decide about devices."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, restored: RestoredDevices
    ) -> None:
        """Belong to one hub; `restored` devices have one issue for them all."""
        self._hass = hass
        self._entry = entry
        self.restored = restored

    @callback
    def follow(
        self,
        coordinator: DeviceCoordinator,
        standing: Standing,
        code: str | None = None,
    ) -> None:
        """Show the issue of a standing, and no other.

        `code` is for comparison; without one, that of the same identity stays. Nobody
        is approved without one: then the issue only says what is waited for.
        """
        code = code or self._code_shown(coordinator)
        wanted = {
            Standing.QUARANTINED: ISSUE_QUARANTINED,
            Standing.WAITING_FOR_APPROVAL: ISSUE_APPROVAL,
        }.get(standing)
        record = coordinator.record
        if wanted == ISSUE_APPROVAL and record is not None and record.to_confirm:
            wanted = None
        self.restored.follow(coordinator)
        for kind in (ISSUE_QUARANTINED, ISSUE_APPROVAL):
            issue_id = issue_id_of(kind, coordinator.subentry_id)
            if kind != wanted:
                ir.async_delete_issue(self._hass, DOMAIN, issue_id)
                continue
            absent = kind == ISSUE_APPROVAL and code == _NO_CODE
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                issue_id,
                is_fixable=not absent,
                severity=ir.IssueSeverity.WARNING,
                translation_key=ISSUE_APPROVAL_ABSENT if absent else kind,
                translation_placeholders={"name": coordinator.name, "code": code},
                data={
                    "entry_id": self._entry.entry_id,
                    "subentry_id": coordinator.subentry_id,
                    "name": coordinator.name,
                    "code": code,
                    "identity": coordinator.identity,
                },
            )

    def _code_shown(self, coordinator: DeviceCoordinator) -> str:
        registry = ir.async_get(self._hass)
        for kind in (ISSUE_QUARANTINED, ISSUE_APPROVAL):
            issue_id = issue_id_of(kind, coordinator.subentry_id)
            issue = registry.async_get_issue(DOMAIN, issue_id)
            data = (issue and issue.data) or {}
            if data.get("identity") == coordinator.identity:
                return str(data.get("code"))
        return _NO_CODE

    @callback
    def forget(self, coordinator: DeviceCoordinator) -> None:
        """The device is gone."""
        for kind in (ISSUE_QUARANTINED, ISSUE_APPROVAL):
            issue_id = issue_id_of(kind, coordinator.subentry_id)
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
        self.restored.forget(coordinator.enrolment_id)
