"""What was last known of every row, on disk before a command can change it.

    "unknown" is on disk -> the answer may leave -> outcome -> the new state is noted

So after a kill or a power cut between any two of these a row is unknown, or in the
state that its last command is known to have led to. Home Assistant's own restored
states are up to 15 minutes old: a lock that was unlocked since would be "locked".
"""

import asyncio
from collections.abc import Collection
import json
from pathlib import Path
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util.hass_dict import HassKey

from ..common.const import LOGGER
from ..common.durable import write_durably
from ..common.executor import async_finish, async_run_to_end

FILE_NAME: Final = "oceanremote.challenge_states"
MAX_FILE_BYTES: Final = 4 * 1024 * 1024
# A command does not wait longer than this for the disk.
WRITE_TIMEOUT: Final = 5.0

_KNOWN_STATES: HassKey[KnownStates] = HassKey("oceanremote_challenge_states")


@callback
def known_states(hass: HomeAssistant) -> KnownStates:
    """Return the one object that reads and writes the file."""
    if _KNOWN_STATES not in hass.data:
        hass.data[_KNOWN_STATES] = KnownStates(hass)
    return hass.data[_KNOWN_STATES]


async def async_wipe_known_states(hass: HomeAssistant) -> None:
    """Delete the file; raises OSError."""
    await known_states(hass).async_wipe()


class KnownStates:
    """Whether rows are on, open or locked, by subentry id and row key.

    A row that is not there is unknown, as is every row of a file that cannot be read.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Know nothing before `async_load`."""
        self._hass = hass
        self._path = Path(hass.config.path(STORAGE_DIR, FILE_NAME))
        self._rows: dict[str, dict[str, bool]] = {}
        # What the file holds; None while that is not certain.
        self._on_disk: bytes | None = None
        self._loaded = False
        self._lock = asyncio.Lock()

    async def async_load(self) -> None:
        """Read the file, once for all reloads of the hub."""
        async with self._lock:
            if self._loaded:
                return
            try:
                data = await async_run_to_end(self._hass, _read, self._path)
                self._rows = _parse(data)
                self._on_disk = data
            except (OSError, ValueError) as err:
                LOGGER.warning(
                    "The states of challenge devices could not be read and are "
                    "unknown until the next command: %s",
                    err,
                )
            self._loaded = True

    def of(self, subentry_id: str) -> dict[str, bool]:
        """Return what is known of a device's rows."""
        return dict(self._rows.get(subentry_id, {}))

    async def async_doubt(self, subentry_id: str, key: str) -> None:
        """Return when it is on disk that a row is unknown.

        Raises OSError, and TimeoutError, which is one, after WRITE_TIMEOUT.
        """
        self._put(subentry_id, key, None)
        write = async_finish(self._hass, self._async_write(), "oceanremote doubt")
        async with asyncio.timeout(WRITE_TIMEOUT):
            await write

    @callback
    def note(self, subentry_id: str, key: str, on: bool | None) -> None:
        """Have a row's new state written soon; lost, the row is unknown."""
        self._put(subentry_id, key, on)
        self._write_soon()

    @callback
    def keep_rows(self, subentry_id: str, keys: Collection[str]) -> None:
        """Forget the other rows of a device."""
        for key in self.of(subentry_id).keys() - set(keys):
            self._put(subentry_id, key, None)
        self._write_soon()

    @callback
    def keep_devices(self, subentry_ids: Collection[str]) -> None:
        """Forget the other devices."""
        for subentry_id in self._rows.keys() - set(subentry_ids):
            del self._rows[subentry_id]
        self._write_soon()

    async def async_wipe(self) -> None:
        """Forget everything and delete the file; raises OSError."""
        async with self._lock:
            self._rows.clear()
            self._loaded = False
            await async_run_to_end(self._hass, self._path.unlink, True)
            self._on_disk = self._encoded()

    def _put(self, subentry_id: str, key: str, on: bool | None) -> None:
        rows = self._rows.setdefault(subentry_id, {})
        if on is None:
            rows.pop(key, None)
        else:
            rows[key] = on
        if not rows:
            del self._rows[subentry_id]

    @callback
    def _write_soon(self) -> None:
        if self._encoded() != self._on_disk:
            self._hass.async_create_task(
                self._async_write_noted(), "oceanremote challenge states"
            )

    async def _async_write_noted(self) -> None:
        try:
            await self._async_write()
        except OSError as err:
            LOGGER.warning("The state of a challenge device was not stored: %s", err)

    async def _async_write(self) -> None:
        """Bring the file up to date; raises OSError."""
        async with self._lock:
            # Whoever waited for the lock finds the writer before them has done it.
            if (data := self._encoded()) == self._on_disk:
                return
            self._on_disk = None
            await async_run_to_end(self._hass, write_durably, self._path, data)
            self._on_disk = data

    def _encoded(self) -> bytes:
        return json.dumps(self._rows, sort_keys=True).encode()


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_FILE_BYTES)
    except FileNotFoundError:
        return b"{}"


def _parse(data: bytes) -> dict[str, dict[str, bool]]:
    """Return what the file holds; raises ValueError."""
    devices: Any = json.loads(data)
    if not isinstance(devices, dict):
        raise ValueError("the file holds no devices")  # noqa: TRY004 (damage)
    for rows in devices.values():
        if not isinstance(rows, dict) or not all(
            isinstance(on, bool) for on in rows.values()
        ):
            raise ValueError("the file holds something else than states")
    return devices
