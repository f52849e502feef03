"""A device whose challenges do not change: its commands can be recorded and replayed."""

from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..common.const import DOMAIN

# One challenge that often in a row is no accident: of one byte, once in 16 million.
REPEATS_LIMIT: Final = 4


class ChallengeRepeats:
    """Raises a repair for a device while its challenges repeat."""

    def __init__(self, hass: HomeAssistant, subentry_id: str) -> None:
        """Have seen none."""
        self._hass = hass
        self._issue_id = f"challenge_repeats_{subentry_id}"
        self._last = b""
        self._count = 0

    @callback
    def note(self, challenge: bytes, name: str) -> None:
        """Take note of a challenge of the device called `name`."""
        if challenge != self._last:
            self._last, self._count = challenge, 1
            self.end()
            return
        self._count += 1
        if self._count == REPEATS_LIMIT:
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                self._issue_id,
                is_fixable=False,
                severity=ir.IssueSeverity.ERROR,
                translation_key="challenge_repeats",
                translation_placeholders={"name": name, "count": str(REPEATS_LIMIT)},
            )

    @callback
    def end(self) -> None:
        """Take the repair away."""
        ir.async_delete_issue(self._hass, DOMAIN, self._issue_id)
