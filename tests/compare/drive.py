"""Drives a board through one of the two integrations, and sees what both show."""

import asyncio
from collections.abc import Callable, Iterable, Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .board import Board
from .family import Step
from .functions import FUNCTIONS
from .views import Key, View, view

# How long both sides have for showing what an action did, and for not changing again.
PATIENCE: Final = 5.0
QUIET: Final = 0.3
_LOOK: Final = 0.02


@dataclass(frozen=True)
class Both:
    """What both sides show at one moment."""

    core: View
    ours: View

    @property
    def available(self) -> bool:
        """Whether the board is there for both."""
        return self.core.available and self.ours.available

    @property
    def gone(self) -> bool:
        """Whether the board is away for both."""
        return self.core.gone and self.ours.gone


@dataclass(frozen=True)
class Outcome:
    """What came of a step: the error, if any, and what both sides showed then.

    `seen` tells whether both showed that something had happened.
    """

    step: Step
    error: str
    shown: Both
    seen: bool


class Driver:
    """Watches both sides, and acts through one of them."""

    def __init__(
        self,
        hass: HomeAssistant,
        board: Board,
        unlike: Callable[[Both], AbstractSet[object]],
    ) -> None:
        """Watch; what is newly `unlike` on the two sides may yet become alike."""
        self._hass = hass
        self._board = board
        self._unlike = unlike
        self._known_unlike: AbstractSet[object] = frozenset()

    def look(self) -> Both:
        """Return what both sides show now."""
        return Both(
            view(self._hass, self._board, self._board.core),
            view(self._hass, self._board, self._board.ours),
        )

    async def settled(
        self, wanted: Callable[[Both], bool], patience: float = PATIENCE
    ) -> Both:
        """Return what both show when it is as wanted, alike, and has been for long.

        Of what was unlike before nothing better is expected. After `patience` seconds it is taken as it is.
        """
        now = asyncio.get_running_loop().time
        deadline = now() + patience
        shown, since = self.look(), now()
        while now() < deadline:
            await asyncio.sleep(_LOOK)
            if (seen := self.look()) != shown:
                shown, since = seen, now()
            elif now() - since >= QUIET and wanted(shown):
                if self._unlike(shown) <= self._known_unlike:
                    break
        self._known_unlike = self._unlike(shown)
        return shown

    async def drive(
        self, steps: Iterable[Step], side: Callable[[Both], View]
    ) -> list[Outcome]:
        """Take all steps through the entities of one side."""
        outcomes = []
        before = self.look()
        for step in steps:
            error = await self._act(step, side(before))
            quiet = step.silent or step.refused

            def is_seen(
                shown: Both, before: Both = before, quiet: bool = quiet
            ) -> bool:
                changed = shown.core != before.core and shown.ours != before.ours
                return quiet or changed

            shown = await self.settled(is_seen)
            outcomes.append(Outcome(step, error, shown, is_seen(shown)))
            before = shown
        return outcomes

    async def _act(self, step: Step, through: View) -> str:
        """Call the action; return the kind of its error, empty for none."""
        domain, _, action = step.action.partition(".")
        entity_id = through.entity_ids[Key(step.platform, step.device, step.entity)]
        try:
            if (function := FUNCTIONS.get(step.action)) is not None:
                await function(self._hass, entity_id, **step.data)
            else:
                await self._hass.services.async_call(
                    domain,
                    action,
                    {ATTR_ENTITY_ID: entity_id, **step.data},
                    blocking=True,
                )
        except HomeAssistantError as error:
            return type(error).__name__
        return ""
