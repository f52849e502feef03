"""The entities that a device describes and Home Assistant does not get, and why."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from ..common.const import LOGGER
from ..common.texts import clean_line
from ..protocol.entities import EntityDescriptor
from .border import refusal_of
from .state import EntityIdentity

# Shown, or logged, by name; the rest is a number. A device decides how many there are.
MAX_SHOWN: Final = 32
MAX_LOGGED: Final = 10


class LeftOut:
    """What the present description has lost at the border."""

    def __init__(self, name: Callable[[], str]) -> None:
        """Log under the device's `name()`; nothing is left out yet."""
        self._name = name
        self._reasons: dict[EntityIdentity, str] = {}
        self._called: dict[str, str] = {}

    def __len__(self) -> int:
        """Return how many entities are left out."""
        return len(self._reasons)

    @property
    def by_identity(self) -> Mapping[EntityIdentity, str]:
        """Who is left out, and why."""
        return MappingProxyType(self._reasons)

    @property
    def reasons(self) -> Mapping[str, str]:
        """Why, by the names that people know; at most MAX_SHOWN of them."""
        return MappingProxyType(self._called)

    def sift(self, descriptors: Iterable[EntityDescriptor]) -> list[EntityDescriptor]:
        """Return what Home Assistant can hold of a description; remember the rest."""
        self._reasons, self._called = {}, {}
        held: list[EntityDescriptor] = []
        for descriptor in descriptors:
            if (refusal := refusal_of(descriptor)) is None:
                held.append(descriptor)
            else:
                self._add(descriptor, refusal)
        return held

    def log(self) -> None:
        """Say once who is left out: to be called for every new description."""
        for name, reason in list(self._called.items())[:MAX_LOGGED]:
            LOGGER.warning("%s: %s is left out: %s", self._name(), name, reason)
        if (more := len(self) - MAX_LOGGED) > 0:
            LOGGER.warning("%s: %s more entities are left out", self._name(), more)

    def _add(self, descriptor: EntityDescriptor, reason: str) -> None:
        identity = EntityIdentity.of(descriptor)
        self._reasons[identity] = reason
        if len(self._called) < MAX_SHOWN:
            name = clean_line(descriptor.name or descriptor.object_id)
            if name in self._called:
                name = clean_line(str(identity))
            self._called[name] = reason
