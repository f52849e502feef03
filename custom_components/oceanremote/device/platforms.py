"""The platforms of Home Assistant that show a device's entities.

Those of the hub's own entities, and of challenge devices, are there from the start. Any
other is loaded when a description first needs it, as core's `esphome` does: a home
without valves loads nothing for valves, and what a version of Home Assistant cannot load
costs the entities of that domain alone.
"""

import asyncio
from collections.abc import Iterable
from typing import Final

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.loader import async_get_integration

from ..audit.containment import Containment
from ..protocol.domains import Domain

ALWAYS: Final = frozenset(
    {
        Platform.BINARY_SENSOR,
        Platform.BUTTON,
        Platform.COVER,
        Platform.EVENT,
        Platform.LOCK,
        Platform.SELECT,
        Platform.SENSOR,
        Platform.SWITCH,
        Platform.UPDATE,
    }
)
# While the entry is being unloaded, what is loaded would stay behind.
_MAY_LOAD: Final = (ConfigEntryState.LOADED, ConfigEntryState.SETUP_IN_PROGRESS)


class Platforms:
    """What one config entry has loaded."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, containment: Containment
    ) -> None:
        """Start with nothing; `containment` takes the failures of single platforms."""
        self._hass = hass
        self._entry = entry
        self._containment = containment
        self._loaded: set[Platform] = set()
        self._failed: set[Platform] = set()
        self._ready: set[str] = set()
        self._lock = asyncio.Lock()

    @callback
    def ready(self, platform: str) -> None:
        """Hear from a platform that it is set up."""
        self._ready.add(platform)

    def can_show(self, domain: Domain) -> bool:
        """Whether a domain's platform is there, or nobody has needed it yet."""
        return domain.platform not in self._failed

    async def async_load_always(self) -> None:
        """Load what every hub has; raises what Home Assistant raises."""
        self._loaded |= ALWAYS
        await self._hass.config_entries.async_forward_entry_setups(self._entry, ALWAYS)

    async def async_load(self, domains: Iterable[Domain]) -> None:
        """Load what shows these domains; a failure is logged, recorded and final.

        What cures it is another version of Home Assistant, hence another start.
        """
        needed = {Platform(domain.platform) for domain in domains} - ALWAYS
        async with self._lock:
            wanted = needed - self._loaded - self._failed
            if wanted and self._entry.state in _MAY_LOAD:
                await self._async_load(sorted(wanted))

    async def async_unload(self) -> bool:
        """Unload what was loaded; return whether all of it went."""
        async with self._lock:
            return await self._hass.config_entries.async_unload_platforms(
                self._entry, self._loaded
            )

    async def _async_load(self, platforms: list[Platform]) -> None:
        integration = await async_get_integration(self._hass, self._entry.domain)
        found: list[Platform] = []
        for platform in platforms:
            # One that cannot be imported would keep the others from being set up.
            importing = integration.async_get_platform(platform)
            if await self._containment.async_call(_named(platform), importing):
                found.append(platform)
            else:
                self._failed.add(platform)
        if self._entry.state not in _MAY_LOAD:
            return
        self._loaded |= set(found)
        await self._containment.async_call(
            "loading platforms",
            self._hass.config_entries.async_forward_entry_setups(self._entry, found),
        )
        for platform in found:
            if platform not in self._ready:
                self._failed.add(platform)
                # Home Assistant has logged why, and raises nothing.
                error = HomeAssistantError("it was not set up")
                self._containment.failed(_named(platform), error)


def _named(platform: Platform) -> str:
    return f"loading the platform {platform}"
