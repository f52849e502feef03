"""The repair about something that a device asked for and was refused."""

from collections.abc import Mapping
from typing import Any

from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.config_entries import ConfigSubentry

from ..common.const import CONF_ENROLMENT_ID, CONF_PERMITS
from ..flows.admin import async_require_administrator
from ..hub import Hub
from ..policy.audit.kinds import AuditKind
from ..policy.permits import Permits
from ..requests.offers import DATA_MISSING, DATA_SUBENTRY, async_describe, missing_of
from .base import HubRepairFlow


class RequestFlow(HubRepairFlow):
    """Shows what was refused; allows just that, or keeps refusing it."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show exactly what would be allowed."""
        return self.async_show_menu(
            step_id="init",
            menu_options=["allow", "refuse"],
            description_placeholders={
                "name": str(self._data.get("name")),
                "missing": async_describe(self.hass, self._missing()),
            },
        )

    async def async_step_allow(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Add what was shown to the device's list, and nothing else."""
        if (found := await self._async_enter()) is None:
            return self.async_abort(reason="hub_not_loaded")
        hub, subentry, user_id = found
        present = Permits.from_data(subentry.data.get(CONF_PERMITS, {}))
        permits = present | self._missing()
        self.hass.config_entries.async_update_subentry(
            hub.entry,
            subentry,
            data={**subentry.data, CONF_PERMITS: permits.as_data()},
        )
        hub.record(
            AuditKind.POLICY,
            "what it asked was allowed",
            enrolment_id=subentry.data[CONF_ENROLMENT_ID],
            user_id=user_id,
            detail=str(self._data.get(DATA_MISSING)),
        )
        return self.async_create_entry(data={})

    async def async_step_refuse(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Keep refusing, and do not ask about this again."""
        if (found := await self._async_enter()) is None:
            return self.async_abort(reason="hub_not_loaded")
        hub, subentry, _ = found
        hub.entry.runtime_data.requests.decline(
            subentry.subentry_id, str(self._data.get(DATA_MISSING))
        )
        return self.async_create_entry(data={})

    @property
    def _data(self) -> Mapping[str, Any]:
        """What the issue said when this dialog was opened; it does not change."""
        return self.data or {}

    def _missing(self) -> Permits:
        return missing_of(self._data.get(DATA_MISSING))

    async def _async_enter(self) -> tuple[Hub, ConfigSubentry, str | None] | None:
        if (hub := self.hub()) is None:
            return None
        user_id = await async_require_administrator(
            self.hass, hub.entry, f"repair {self.issue_id}"
        )
        subentry = hub.entry.subentries.get(str(self._data.get(DATA_SUBENTRY)))
        return None if subentry is None else (hub, subentry, user_id)
