"""The page of a device whose every byte costs."""

from contextlib import suppress
from typing import Any, Final

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import UnitOfTime
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import BooleanSelector
import voluptuous as vol

from ..common.const import (
    CONF_PING_INTERVAL,
    CONF_THRIFTY,
    DEFAULT_THRIFTY_PING_INTERVAL,
    MAX_PING_INTERVAL,
    MIN_PING_INTERVAL,
)
from .number_box import number_box
from .token_pages import TokenPages

STEP_METERED: Final = "metered"

_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_THRIFTY, default=False): BooleanSelector(),
        vol.Required(
            CONF_PING_INTERVAL, default=DEFAULT_THRIFTY_PING_INTERVAL
        ): vol.All(
            number_box(MIN_PING_INTERVAL, MAX_PING_INTERVAL, UnitOfTime.SECONDS),
            vol.Coerce(int),
        ),
    }
)


class MeteredPage(TokenPages):
    """Asks whether to be thrifty, and begins at once."""

    async def async_step_metered(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Keep the choice; the next session has it, so give the device a new one."""
        hub, _ = await self._async_enter()
        subentry = self._subentry()
        if user_input is None:
            return self.async_show_form(
                step_id=STEP_METERED,
                data_schema=self.add_suggested_values_to_schema(_SCHEMA, subentry.data),
                description_placeholders={"name": subentry.title},
            )
        self.hass.config_entries.async_update_subentry(
            self._get_entry(), subentry, data={**subentry.data, **user_input}
        )
        with suppress(HomeAssistantError):  # it is away, and dials for a new one anyway
            await hub.coordinator_for(subentry.subentry_id).async_renew()
        return self.async_abort(
            reason="metered_saved",
            description_placeholders={"name": subentry.title},
        )
