"""Listeners to security events: those of a device, or those of the hub."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from homeassistant.core import CALLBACK_TYPE, callback

from .containment import Containment
from .record import SecurityLog

type EventListener = Callable[[str, dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class _Audience:
    containment: Containment
    listeners: set[EventListener] = field(default_factory=set)


class Audiences:
    """Listeners by enrolment id; None stands for the hub."""

    def __init__(
        self, log: SecurityLog, name_of: Callable[[str | None], str | None]
    ) -> None:
        """Record failing listeners in `log`; `name_of` gives a device's name."""
        self._log = log
        self._name_of = name_of
        self._audiences: dict[str | None, _Audience] = {}

    def __contains__(self, enrolment_id: str | None) -> bool:
        """Whether anybody listens."""
        return enrolment_id in self._audiences

    @callback
    def add(self, enrolment_id: str | None, listener: EventListener) -> CALLBACK_TYPE:
        """Hand every later event of a device, or of the hub, to `listener`."""
        audience = self._audiences.get(enrolment_id)
        if audience is None:
            containment = self._log.containment(
                lambda: self._name_of(enrolment_id) or "the hub", enrolment_id
            )
            audience = self._audiences[enrolment_id] = _Audience(containment)
        audience.listeners.add(listener)

        def stop() -> None:
            audience.listeners.discard(listener)
            if not audience.listeners and self._audiences.get(enrolment_id) is audience:
                del self._audiences[enrolment_id]

        return stop

    @callback
    def tell(self, enrolment_id: str | None, kind: str, detail: dict[str, Any]) -> None:
        """Hand an event to everybody it concerns."""
        if (audience := self._audiences.get(enrolment_id)) is None:
            return
        for listener in tuple(audience.listeners):
            audience.containment.call(
                "a listener to security events", listener, kind, detail
            )
