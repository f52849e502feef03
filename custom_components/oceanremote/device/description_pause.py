"""How long a device that describes itself anew too often has to wait."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from homeassistant.core import HomeAssistant, callback

from ..policy.audit.kinds import AuditKind
from ..policy.device_budget import DescriptionBudget
from ..policy.settings import PolicySettings


class Note(Protocol):
    """Records what happens to a device."""

    def __call__(self, kind: AuditKind, outcome: str, *, detail: str = "") -> None:
        """Record one fact."""


class DescriptionPause:
    """Lets descriptions in as the budget allows; asks for the latest when it does."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        ask: Callable[[], None],
        note: Note,
    ) -> None:
        """Record every pause by `note`, and call `ask` at its end."""
        self._hass = hass
        self._ask = ask
        self._note = note
        self._budget = DescriptionBudget(PolicySettings())
        self._timer: asyncio.TimerHandle | None = None

    @property
    def under_way(self) -> bool:
        """Whether the device waits, and what it says is not heard."""
        return self._timer is not None

    @callback
    def permits(self, now: float, *, wanted: bool, known: bool) -> bool:
        """Return whether a description that is wanted may come now; else pause."""
        self.end()
        wait = self._budget.wait(now) if wanted and not known else 0.0
        if wait <= 0:
            return wanted
        self._timer = self._hass.loop.call_later(wait, self._over)
        self._note(
            AuditKind.FLOOD,
            "more new descriptions than a device has",
            detail=f"asked again in {wait:.0f} s",
        )
        return False

    @callback
    def spend(self, now: float) -> None:
        """Count a description that is adopted."""
        self._budget.spend(now)

    @callback
    def end(self) -> None:
        """Nobody waits any more: the device is gone, or has another program."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _over(self) -> None:
        self._timer = None
        self._ask()
