"""The states that one device wants to see, told at once and at every change.

A change marks a slot; what the entity says is read when there is room to send it, so
the latest value wins and no more than RATE messages a second go out.
"""

from collections.abc import Callable
from typing import Any, Final

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers.event import async_track_state_change_event

from ..policy.ratelimit import Bucket
from ..policy.settings import Rate
from ..protocol import Import, Imported, ImportStatus, LocalProtocolError
from ..protocol.limits import MAX_STATE_TEXT
from ..transport.link import Link

RATE: Final = Rate(20.0, 20)
# When nothing passes between two epochs, look again after so many seconds.
_RETRY: Final = 0.25


class Imports:
    """The imports of one device over one link after the other."""

    def __init__(
        self,
        hass: HomeAssistant,
        may_read: Callable[[str], bool],
        refused: Callable[[str], None],
    ) -> None:
        """Tell nothing before `begin`.

        `may_read` judges an entity id; one that is wanted and may not be read is told
        to `refused`, once.
        """
        self._hass = hass
        self._may_read = may_read
        self._refused = refused
        self._link: Link | None = None
        self._wanted: dict[int, Import] = {}
        self._told: dict[int, Imported] = {}
        self._due: dict[int, None] = {}
        self._bucket = Bucket(RATE)
        self._timer: CALLBACK_TYPE | None = None
        self._untrack: CALLBACK_TYPE | None = None

    @callback
    def begin(self, link: Link) -> None:
        """Forget what an earlier link wanted, and serve this one."""
        self.end()
        self._link = link

    @callback
    def end(self) -> None:
        """Follow nothing any more."""
        self._link = None
        for state in (self._wanted, self._told, self._due):
            state.clear()
        self._cancel_timer()
        if self._untrack is not None:
            self._untrack()
            self._untrack = None

    @callback
    def want(self, wanted: Import) -> None:
        """Follow an entity; a slot that is there already is replaced."""
        self._wanted[wanted.slot] = wanted
        self._told.pop(wanted.slot, None)
        self._due[wanted.slot] = None
        if self._untrack is not None:
            self._untrack()
        entities = {each.entity_id for each in self._wanted.values()}
        self._untrack = async_track_state_change_event(
            self._hass, sorted(entities), self._on_change
        )
        if not self._may_read(wanted.entity_id):
            self._refused(wanted.entity_id)
        self._send()

    @callback
    def look_again(self) -> None:
        """Judge and read every entity anew: the list may have changed."""
        self._due |= dict.fromkeys(self._wanted)
        self._send()

    @callback
    def _on_change(self, event: Event[EventStateChangedData]) -> None:
        entity_id = event.data["entity_id"]
        self._due |= {
            slot: None
            for slot, wanted in self._wanted.items()
            if wanted.entity_id == entity_id
        }
        self._send()

    def _send(self) -> None:
        """Send what is due as far as there is room, the rest later."""
        link = self._link
        if link is None or self._timer is not None:
            return
        while self._due and not link.closing:
            slot = next(iter(self._due))
            told = self._read(self._wanted[slot])
            if told != self._told.get(slot):
                if (wait := self._bucket.wait(link.now())) > 0:
                    self._later(wait)
                    break
                try:
                    link.connection.send_imported(told, link.now())
                except LocalProtocolError:
                    self._later(_RETRY)
                    break
                self._bucket.take(link.now())
                self._told[slot] = told
            del self._due[slot]
        link.flush()

    def _read(self, wanted: Import) -> Imported:
        if not self._may_read(wanted.entity_id):
            return Imported(wanted.slot, ImportStatus.NOT_ALLOWED)
        state = self._hass.states.get(wanted.entity_id)
        if state is None or state.state == STATE_UNAVAILABLE:
            return Imported(wanted.slot, ImportStatus.ABSENT)
        if not wanted.attribute:
            return Imported(wanted.slot, ImportStatus.VALUE, _cut(state.state))
        if wanted.attribute not in state.attributes:
            return Imported(wanted.slot, ImportStatus.ABSENT)
        value = _text(state.attributes[wanted.attribute])
        return Imported(wanted.slot, ImportStatus.VALUE, _cut(value))

    def _later(self, seconds: float) -> None:
        handle = self._hass.loop.call_later(seconds, self._on_timer)
        self._timer = handle.cancel

    @callback
    def _on_timer(self) -> None:
        self._timer = None
        self._send()

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer()
            self._timer = None


def _text(value: Any) -> str:
    """Return an attribute as Home Assistant's own ESPHome integration sends it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def _cut(text: str) -> str:
    """Return what a message holds: so many characters, none that UTF-8 has not."""
    return text[:MAX_STATE_TEXT].encode(errors="replace").decode()
