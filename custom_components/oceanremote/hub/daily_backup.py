"""The daily copy of the sealed vault.

A copy is due when the newest one is a day old, however often the hub is restarted.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..audit.trail import AuditTrail
from ..common.const import LOGGER
from ..policy.audit.kinds import AuditKind
from ..policy.audit.record import Actor, Outcome
from ..vault import vault_path
from ..vault.backups import backup_directory, made_at, names, write

MAX_AGE: Final = timedelta(days=1)
LOOK_INTERVAL: Final = timedelta(minutes=15)


class DailyBackup:
    """Makes a copy a day; lives in the event loop."""

    def __init__(self, hass: HomeAssistant, trail: AuditTrail) -> None:
        """Copy the vault of `hass` with the head of the log of `trail`."""
        self._hass = hass
        self._trail = trail
        self.last: datetime | None = None
        self._failing = False

    async def async_start(self) -> CALLBACK_TYPE:
        """Make a copy if one is due, and look often whether one is; return its end."""
        directory = backup_directory(self._hass)
        found = await self._hass.async_add_executor_job(names, directory)
        now = datetime.now(UTC)
        # A copy of the future tells of a clock that was ahead, and of no age.
        made = [moment for moment in map(made_at, found) if moment <= now]
        self.last = max(made, default=None)
        await self._async_look(now)
        return async_track_time_interval(self._hass, self._async_look, LOOK_INTERVAL)

    async def async_make(self) -> str:
        """Make a copy now; return its name. Raises OSError, which is audited."""
        now = datetime.now(UTC)
        try:
            # What is queued is part of the log that the copy's head vouches for.
            await self._trail.log.flush()
            name = await self._hass.async_add_executor_job(
                write,
                backup_directory(self._hass),
                vault_path(self._hass),
                self._trail.log.head,
                now,
            )
        except OSError as err:
            self._trail.record(AuditKind.BACKUP, Outcome.FAILED, Actor(), what=str(err))
            raise
        if self._failing:
            self._failing = False
            LOGGER.info("The vault can be backed up again")
        self.last = now
        self._trail.record(AuditKind.BACKUP, Outcome.DONE, Actor(), what=name)
        return name

    async def _async_look(self, now: datetime) -> None:
        if self.last is None or not timedelta() <= now - self.last < MAX_AGE:
            try:
                await self.async_make()
            except OSError as err:
                if not self._failing:
                    LOGGER.error("The vault could not be backed up: %s", err)
                self._failing = True


@callback
def age_in_seconds(last: datetime | None) -> float | None:
    """Return how old the newest copy is."""
    return None if last is None else (datetime.now(UTC) - last).total_seconds()
