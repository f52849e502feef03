"""What is known of the rows of one challenge device, now and after a restart."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from homeassistant.core import callback

from .known_states import KnownStates
from .settings import (
    LEADS_TO,
    MOVEMENTS,
    STATES,
    Action,
    CommandKind,
    CommandRow,
    Meaning,
)


@dataclass(frozen=True, slots=True)
class RowState:
    """What is known of a row: on, open or locked, and whether the device said so."""

    on: bool | None
    proved: bool
    opening: bool | None = None
    """Of a cover on its way: whether it opens; None of one that stands."""


UNKNOWN = RowState(None, proved=False)


def state_said(row: CommandRow, meaning: Meaning) -> RowState | None:
    """Return the state that a response names, None if it names none of this row."""
    if meaning in STATES:
        return RowState(STATES[meaning], proved=True)
    if meaning in MOVEMENTS and row.kind is CommandKind.COVER:
        return RowState(None, proved=False, opening=MOVEMENTS[meaning])
    return None


def state_after(row: CommandRow, action: Action, meaning: Meaning | None) -> RowState:
    """Return what a row is after an action that was carried out."""
    if meaning is not None and (said := state_said(row, meaning)) is not None:
        return said
    # A door still moves when "done" arrives: only its state's own response proves
    # where it is.
    at_once = row.kind is not CommandKind.COVER
    return RowState(LEADS_TO.get(action), proved=meaning is Meaning.DONE and at_once)


class RowStates:
    """Begins with what is on disk, which is assumed."""

    def __init__(
        self, known: KnownStates, subentry_id: str, rows: Iterable[CommandRow]
    ) -> None:
        """Restore the states of `rows`."""
        self._known = known
        self._subentry_id = subentry_id
        restored = known.of(subentry_id)
        self._keys = {row.key for row in rows}
        self._states = {
            key: RowState(on, proved=False)
            for key, on in restored.items()
            if key in self._keys
        }

    def get(self, row: CommandRow) -> RowState | None:
        """Return what is known of a row, None if nothing was heard of it."""
        return self._states.get(row.key)

    async def async_doubt(self, row: CommandRow) -> None:
        """Return when a restart would find the row unknown; now it stays as it is.

        Raises OSError.
        """
        if row.kind is not CommandKind.BUTTON:
            await self._known.async_doubt(self._subentry_id, row.key)

    @callback
    def set(self, row: CommandRow, state: RowState | None) -> None:
        """Take over a row's state (None: nothing is known), and have it stored."""
        if row.key not in self._keys:
            return
        if state is None:
            self._states.pop(row.key, None)
        else:
            self._states[row.key] = state
        if row.kind is not CommandKind.BUTTON:
            on = None if state is None else state.on
            self._known.note(self._subentry_id, row.key, on)

    @callback
    def follow(self, rows: Iterable[CommandRow]) -> None:
        """Forget the rows that are gone; what is known of the others is assumed."""
        self._keys = {row.key for row in rows}
        self._states = {
            key: replace(state, proved=False)
            for key, state in self._states.items()
            if key in self._keys
        }
        self._known.keep_rows(self._subentry_id, self._keys)

    @callback
    def doubt_all(self) -> None:
        """Take every state for an assumption: the device has not confirmed it lately."""
        for key, state in self._states.items():
            self._states[key] = replace(state, proved=False)

    @callback
    def close(self) -> None:
        """Take over nothing more: another object stands for the device now."""
        self._keys = set()
