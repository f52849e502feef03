"""Actions that owners have defined on their devices, as actions of Home Assistant.

description ─▶ `oceanremote.<slug>_<action>`, there while the device is away
call ─▶ permission of its context ─▶ command ─▶ the device's result
"""

from functools import partial
import re
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_set_service_schema
from homeassistant.util import slugify
import voluptuous as vol

from ..common.const import CONF_ACTION_SLUG, CONF_NODE_NAME, DOMAIN, LOGGER
from ..common.texts import clean_line
from ..device.coordinator import DeviceCoordinator
from ..hub import Hub
from ..protocol.limits import MAX_ACTION_VALUES, MAX_PAIR_TEXT
from ..protocol.user_actions import ArgumentType, ResponseKind, UserAction
from .device import async_check_control

_NAME: Final = re.compile(r"[a-z0-9_]{1,64}")
_I32: Final = vol.All(vol.Coerce(int), vol.Range(-(2**31), 2**31 - 1))


def _text(value: Any) -> str:
    text = cv.string(value)
    if len(text.encode()) > MAX_PAIR_TEXT:
        raise vol.Invalid(f"longer than {MAX_PAIR_TEXT} bytes")
    return text


def _real(value: Any) -> float:
    number = float(vol.Coerce(float)(value))
    if not abs(number) <= 3.4e38:
        raise vol.Invalid("not a number that a device can hold")
    return number


def _list_of(of: Any) -> Any:
    return vol.All(cv.ensure_list, vol.Length(max=MAX_ACTION_VALUES), [of])


_VALIDATORS: Final = {
    ArgumentType.BOOLEAN: cv.boolean,
    ArgumentType.INTEGER: _I32,
    ArgumentType.REAL: _real,
    ArgumentType.TEXT: _text,
    ArgumentType.BOOLEANS: _list_of(cv.boolean),
    ArgumentType.INTEGERS: _list_of(_I32),
    ArgumentType.REALS: _list_of(_real),
    ArgumentType.TEXTS: _list_of(_text),
}
_SELECTORS: Final[dict[ArgumentType, dict[str, Any]]] = {
    ArgumentType.BOOLEAN: {"boolean": None},
    ArgumentType.INTEGER: {"number": {"mode": "box"}},
    ArgumentType.REAL: {"number": {"mode": "box", "step": "any"}},
    ArgumentType.TEXT: {"text": None},
    ArgumentType.BOOLEANS: {"object": None},
    ArgumentType.INTEGERS: {"object": None},
    ArgumentType.REALS: {"object": None},
    ArgumentType.TEXTS: {"object": None},
}
_RESPONSES: Final = {
    ResponseKind.NONE: SupportsResponse.NONE,
    ResponseKind.OPTIONAL: SupportsResponse.OPTIONAL,
    ResponseKind.ONLY: SupportsResponse.ONLY,
    # Whether it was done is what every call tells.
    ResponseKind.STATUS: SupportsResponse.NONE,
}


class UserActions:
    """The actions of all devices of a hub."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, hub: Hub) -> None:
        """Register nothing before `async_start`."""
        self._hass = hass
        self._entry = entry
        self._hub = hub
        # What is registered, and by which device.
        self._owners: dict[str, str] = {}
        self._shown: dict[str, UserAction] = {}

    @callback
    def async_start(self) -> None:
        """Register what every device is known to have, and follow it."""
        self._entry.async_on_unload(self._hub.async_subscribe_devices(self._follow))
        self._entry.async_on_unload(self._remove_all)

    @callback
    def forget_removed(self) -> None:
        """Take away what belonged to devices that are gone."""
        for name, subentry_id in list(self._owners.items()):
            if subentry_id not in self._hub.coordinators:
                self._remove(name)

    def _follow(self, coordinator: DeviceCoordinator) -> None:
        look = partial(self._look, coordinator)
        coordinator.description.subscribe(look)
        look()

    @callback
    def _look(self, coordinator: DeviceCoordinator) -> None:
        """Register what the device has now, and take away what it has no more."""
        actions = coordinator.description.actions
        wanted: dict[str, UserAction] = {}
        if actions:
            slug = self._slug_of(coordinator.subentry_id)
            wanted = {f"{slug}_{a.name}": a for a in actions if _is_sound(a)}
            if len(wanted) < len(actions):
                LOGGER.warning(
                    "%s: some of its actions have names that Home Assistant cannot "
                    "hold, or have them twice",
                    coordinator.name,
                )
        for name, owner in list(self._owners.items()):
            if owner == coordinator.subentry_id and name not in wanted:
                self._remove(name)
        for name, action in wanted.items():
            self._register(coordinator, name, action)

    def _register(
        self, coordinator: DeviceCoordinator, name: str, action: UserAction
    ) -> None:
        if self._owners.get(name) == coordinator.subentry_id:
            if self._shown[name] == action:
                return
        elif self._hass.services.has_service(DOMAIN, name):
            LOGGER.warning(
                "%s: its action %s is left out, because another one is called "
                "oceanremote.%s",
                coordinator.name,
                action.name,
                name,
            )
            return
        self._owners[name] = coordinator.subentry_id
        self._shown[name] = action
        self._hass.services.async_register(
            DOMAIN,
            name,
            partial(self._async_call, coordinator.subentry_id, action),
            schema=vol.Schema(
                {
                    vol.Required(each.name): _VALIDATORS[each.type]
                    for each in action.arguments
                }
            ),
            supports_response=_RESPONSES[action.response],
        )
        async_set_service_schema(
            self._hass, DOMAIN, name, _described(coordinator.name, action)
        )

    async def _async_call(
        self, subentry_id: str, action: UserAction, call: ServiceCall
    ) -> ServiceResponse:
        await async_check_control(call, subentry_id)
        response = await self._hub.coordinator_for(subentry_id).async_user_action(
            action,
            tuple(call.data[each.name] for each in action.arguments),
            wants_response=call.return_response,
            context=call.context,
        )
        return response if call.return_response else None

    def _slug_of(self, subentry_id: str) -> str:
        """Return the word that a device's actions begin with; it never changes."""
        subentry = self._entry.subentries[subentry_id]
        if stored := subentry.data.get(CONF_ACTION_SLUG):
            return str(stored)
        taken = {
            other.data.get(CONF_ACTION_SLUG)
            for other in self._entry.subentries.values()
        }
        base = slugify(subentry.data.get(CONF_NODE_NAME) or subentry.title) or "device"
        slug, number = base, 1
        while slug in taken:
            number += 1
            slug = f"{base}_{number}"
        self._hass.config_entries.async_update_subentry(
            self._entry, subentry, data={**subentry.data, CONF_ACTION_SLUG: slug}
        )
        return slug

    @callback
    def _remove(self, name: str) -> None:
        del self._owners[name]
        del self._shown[name]
        self._hass.services.async_remove(DOMAIN, name)

    @callback
    def _remove_all(self) -> None:
        for name in list(self._owners):
            self._remove(name)


def _is_sound(action: UserAction) -> bool:
    names = (action.name, *(each.name for each in action.arguments))
    return all(map(_NAME.fullmatch, names))


def _described(device: str, action: UserAction) -> dict[str, Any]:
    """Return what the user interface says of an action and its fields."""
    return {
        "name": f"{device}: {action.name}",
        "description": clean_line(action.description)
        or f"Calls the action {action.name} on {device}.",
        "fields": {
            each.name: {
                "name": each.name,
                "description": clean_line(each.description),
                "required": True,
                "selector": _SELECTORS[each.type],
            }
            for each in action.arguments
        },
    }
