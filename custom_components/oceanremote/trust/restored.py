"""The devices that wait since the hub was restored, and the one issue about them all."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..common.const import DOMAIN
from ..device.coordinator import DeviceCoordinator
from ..vault import Vault

# With the same dialog and another explanation, where a part of the log survived.
ISSUE_RESTORED: Final = "restored"
ISSUE_RESTORED_IN_PART: Final = "restored_in_part"

_UNKNOWN: Final = "?"


class RestoredDevices:
    """Waits for a person's decision about all devices at once."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        vault: Vault,
        coordinators: Callable[[], Iterable[DeviceCoordinator]],
        decided: Callable[[], None],
    ) -> None:
        """`coordinators` returns every device.

        `decided` is called when none waits any more.
        """
        self._hass = hass
        self._entry = entry
        self._vault = vault
        self._coordinators = coordinators
        self._decided = decided
        self._waiting: set[str] = set()

    @property
    def backup_at(self) -> str:
        """When the backup was made, as a person reads it."""
        restore = self._vault.restore
        return moment_text(None if restore is None else restore.backup_at)

    def waiting(self) -> list[DeviceCoordinator]:
        """Return the devices that nobody has confirmed yet, by name."""
        found = filter(_waits, self._coordinators())
        return sorted(found, key=lambda coordinator: coordinator.name.casefold())

    @callback
    def show(self) -> None:
        """Look at every device, and show the issue if one waits."""
        self._waiting = {coordinator.enrolment_id for coordinator in self.waiting()}
        self._show()

    @callback
    def follow(self, coordinator: DeviceCoordinator) -> None:
        """Look again at a device whose standing may have changed."""
        waits, enrolment_id = _waits(coordinator), coordinator.enrolment_id
        if waits == (enrolment_id in self._waiting):
            return
        self._waiting ^= {enrolment_id}
        self._changed()

    @callback
    def forget(self, enrolment_id: str) -> None:
        """A device is gone, whatever the vault says yet."""
        if enrolment_id in self._waiting:
            self._waiting.discard(enrolment_id)
            self._changed()

    def _changed(self) -> None:
        self._show()
        if not self._waiting:
            self._decided()

    def _show(self) -> None:
        restore = self._vault.restore
        if not self._waiting or restore is None:
            ir.async_delete_issue(self._hass, DOMAIN, ISSUE_RESTORED)
            return
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            ISSUE_RESTORED,
            is_fixable=True,
            severity=ir.IssueSeverity.ERROR,
            translation_key=ISSUE_RESTORED_IN_PART
            if restore.log_survived
            else ISSUE_RESTORED,
            translation_placeholders={
                "when": self.backup_at,
                "count": str(len(self._waiting)),
            },
            data={"entry_id": self._entry.entry_id},
        )


def _waits(coordinator: DeviceCoordinator) -> bool:
    record = coordinator.record
    return record is not None and record.to_confirm and not coordinator.suspected


def moment_text(moment: float | datetime | None) -> str:
    """Return a moment (Unix time in seconds) in local time, to the minute."""
    return _text(moment, "%Y-%m-%d %H:%M")


def day_text(moment: float | None) -> str:
    """Return the day of a moment (Unix time in seconds) in local time."""
    return _text(moment, "%Y-%m-%d")


def _text(moment: float | datetime | None, form: str) -> str:
    if moment is None:
        return _UNKNOWN
    if not isinstance(moment, datetime):
        try:
            moment = dt_util.utc_from_timestamp(moment)
        except ValueError, OverflowError:
            # A clock that was wrong may have written anything.
            return _UNKNOWN
    return dt_util.as_local(moment).strftime(form)
