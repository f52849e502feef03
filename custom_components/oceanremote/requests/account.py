"""The account that devices' calls run as: made once, without administrator's rights.

Home Assistant takes a call without a user for its own and lets it do everything.
"""

import asyncio
from typing import Final

from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant

from ..common.const import CONF_ACCOUNT
from ..policy.permits import NotPermitted

NAME: Final = "OceanRemote devices"


class DeviceAccount:
    """One system-generated user for all devices of a hub."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Make nobody yet."""
        self._hass = hass
        self._entry = entry
        self._lock = asyncio.Lock()

    async def async_context(self) -> Context:
        """Return a new context of the account.

        Raises NotPermitted where somebody has made it an administrator or switched it
        off.
        """
        async with self._lock:
            user = None
            if user_id := self._entry.data.get(CONF_ACCOUNT):
                user = await self._hass.auth.async_get_user(user_id)
            if user is None:
                user = await self._hass.auth.async_create_system_user(
                    NAME, group_ids=[GROUP_ID_USER], local_only=True
                )
                self._hass.config_entries.async_update_entry(
                    self._entry, data={**self._entry.data, CONF_ACCOUNT: user.id}
                )
        if user.is_admin or not user.is_active:
            raise NotPermitted("the account of devices was changed")
        return Context(user_id=user.id)


async def async_remove_account(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Remove the account with its hub."""
    user_id = entry.data.get(CONF_ACCOUNT)
    user = await hass.auth.async_get_user(user_id) if user_id else None
    if user is not None:
        await hass.auth.async_remove_user(user)
