"""What outlives a restart of a device that sleeps: its sleep, its states, its hold.

A device that does not sleep has no entry, and one that is removed loses its own.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any, Final, Self, override

from homeassistant.core import HomeAssistant, callback

from ..common.const import LOGGER, PRESENCE_STORE
from ..policy.presence import Sleep
from ..protocol import ProtocolError
from ..protocol.entities import EntityState
from ..protocol.stored_states import read_states, write_states
from .device_store import DeviceStore

# A board is awake for seconds: waking and going to sleep again are one write.
SAVE_DELAY: Final = 10.0


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one device; `sleep` and `states` of one that is asleep."""

    stay_awake: bool = False
    sleep: Sleep | None = None
    states: tuple[EntityState, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        if self.sleep is None:
            return {"stay_awake": self.stay_awake}
        return {
            "stay_awake": self.stay_awake,
            "sleep": self.sleep.to_json(),
            "states": b64encode(write_states(self.states)).decode(),
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Return what `to_json` wrote; raises ValueError."""
        if not isinstance(data, dict) or not isinstance(data.get("stay_awake"), bool):
            raise ValueError("no presence")  # noqa: TRY004 (damage)
        if "sleep" not in data:
            return cls(data["stay_awake"])
        try:
            states = read_states(b64decode(data.get("states", ""), validate=True))
        except (TypeError, ProtocolError) as err:
            raise ValueError("no states") from err
        return cls(data["stay_awake"], Sleep.from_json(data["sleep"]), states)


class PresenceStore(DeviceStore[Kept]):
    """What is kept of each device that sleeps, by subentry id."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare; nothing is read before `async_load`."""
        super().__init__(hass, PRESENCE_STORE, SAVE_DELAY)

    @override
    def _read(self, data: Any) -> Kept:
        return Kept.from_json(data)

    @override
    def _write(self, item: Kept) -> dict[str, Any]:
        return item.to_json()

    @override
    def _damaged(self, subentry_id: str) -> None:
        LOGGER.warning("Dropped what was kept of a device that sleeps")

    def of(self, subentry_id: str) -> Kept | None:
        """Return what is kept of a device, None of one that does not sleep."""
        return self._kept.get(subentry_id)

    @callback
    def keep(self, subentry_id: str, kept: Kept) -> None:
        """Keep it; on disk some seconds later."""
        if self._kept.get(subentry_id) != kept:
            self._keep(subentry_id, kept)
