"""What to do with devices that the vault knows but Home Assistant's list does not."""

from typing import Any, Final

from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
from homeassistant.helpers.translation import async_get_exception_message
import voluptuous as vol

from ..common.const import DOMAIN
from ..common.errors import RevokedNotStoredError
from ..flows.admin import async_require_administrator
from ..hub.found import FoundDevices, name_of
from ..trust.restored import day_text, moment_text
from ..vault.records import DeviceRecord
from .base import HubRepairFlow
from .restored import FIELD_ALL, FIELD_DEVICES

STEP_ADOPT: Final = "adopt"
STEP_REVOKE: Final = "revoke"


class FoundFlow(HubRepairFlow):
    """Adopt or revoke: each asks which devices, and none is ticked at first."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Offer what can be done."""
        return self.async_show_menu(
            step_id="init",
            menu_options=[STEP_ADOPT, STEP_REVOKE],
            description_placeholders={"count": str(self._count())},
        )

    async def async_step_adopt(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Put devices back on the list."""
        return await self._async_settle(STEP_ADOPT, user_input)

    async def async_step_revoke(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Lock devices out for good."""
        return await self._async_settle(STEP_REVOKE, user_input)

    def _count(self) -> int:
        return 0 if (hub := self.hub()) is None else len(hub.found.records())

    async def _async_settle(
        self, step: str, user_input: dict[str, Any] | None
    ) -> RepairsFlowResult:
        if (hub := self.hub()) is None:
            return self.async_abort(reason="hub_not_loaded")
        user_id = await async_require_administrator(
            self.hass, hub.entry, f"repair {self.issue_id}"
        )
        found = hub.found
        if user_input is None:
            return self._show(step, found, {})
        ticked = list(user_input.get(FIELD_DEVICES, []))
        if user_input.get(FIELD_ALL):
            ticked = [record.enrolment_id for record in found.records()]
        if not ticked:
            return self._show(step, found, {"base": "nothing_ticked"})
        if step == STEP_ADOPT:
            found.adopt(ticked, user_id)
        else:
            try:
                await found.async_revoke(ticked, user_id)
            except RevokedNotStoredError:
                return self.async_abort(reason="revoked_not_stored")
            except HomeAssistantError:
                return self.async_abort(reason="not_stored")
        if not (waiting := len(found.records())):
            return self.async_create_entry(data={})
        # Aborted, the issue stays for those that wait.
        return self.async_abort(
            reason="some_wait", description_placeholders={"waiting": str(waiting)}
        )

    def _show(
        self, step: str, found: FoundDevices, errors: dict[str, str]
    ) -> RepairsFlowResult:
        options = [
            SelectOptionDict(value=record.enrolment_id, label=_label(record))
            for record in found.records()
        ]
        schema = vol.Schema(
            {
                vol.Optional(FIELD_DEVICES, default=[]): SelectSelector(
                    SelectSelectorConfig(
                        options=options, multiple=True, mode=SelectSelectorMode.LIST
                    )
                ),
                vol.Optional(FIELD_ALL, default=False): BooleanSelector(),
            }
        )
        return self.async_show_form(step_id=step, data_schema=schema, errors=errors)


def _label(record: DeviceRecord) -> str:
    placeholders = {
        "name": name_of(record),
        "enrolled": day_text(record.enrolled_at),
        "seen": moment_text(record.seen_at),
    }
    return async_get_exception_message(DOMAIN, "restored_device", placeholders)
