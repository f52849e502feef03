"""The entities that a device has and Home Assistant does not get, and why."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ..common.const import LOGGER
from ..common.texts import clean_line
from ..protocol.domains import Domain, find_domain
from ..protocol.entities import Description, EntityDescriptor, SkippedEntity, SkipReason
from .border import Refusal, refusal_of
from .state import EntityIdentity

# Shown, or logged, by name; the rest is a number. A device decides how many there are.
MAX_SHOWN: Final = 32
MAX_LOGGED: Final = 10

_WORDS: Final[Mapping[SkipReason, str]] = {
    SkipReason.NOT_CARRIED: "OceanRemote does not carry this kind of entity yet",
    SkipReason.NEWER: "it needs a newer OceanRemote in Home Assistant",
    SkipReason.TWICE: "another entity of the device has the same object id",
    SkipReason.MALFORMED: "the device describes it wrongly",
}


@dataclass(frozen=True, slots=True)
class LeftOutEntity:
    """One of them. `identity` is None where nothing in Home Assistant can be it."""

    kind: str
    name: str
    reason: str
    identity: EntityIdentity | None


class LeftOut:
    """What of the present description Home Assistant does not get."""

    def __init__(self, name: Callable[[], str]) -> None:
        """Log under the device's `name()`; nothing is left out yet."""
        self._name = name
        self._reasons: dict[str, str] = {}
        self.entities: tuple[LeftOutEntity, ...] = ()
        # Properties of entities that are there, and values of these.
        self.not_understood = 0

    def __len__(self) -> int:
        """Return how many entities are left out."""
        return len(self.entities)

    @property
    def identities(self) -> Iterator[EntityIdentity]:
        """Who may come back, and keeps its place until then."""
        return (entity.identity for entity in self.entities if entity.identity)

    @property
    def reasons(self) -> Mapping[str, str]:
        """Why, by the names that people know; at most MAX_SHOWN of them."""
        return self._reasons

    def sift(
        self,
        description: Description,
        admit: Callable[[EntityIdentity], bool],
        can_show: Callable[[Domain], bool],
    ) -> list[EntityDescriptor]:
        """Return what Home Assistant can hold of a description; remember the rest.

        `admit` tells whether there is room for one more, `can_show` whether there is
        a platform.
        """
        held: list[EntityDescriptor] = []
        left_out = [_skipped(entity) for entity in description.skipped]
        for descriptor in description.entities:
            refusal = refusal_of(descriptor)
            if not can_show(descriptor.address.domain):
                refusal = Refusal.NOT_LOADED
            if refusal is None and not admit(EntityIdentity.of(descriptor)):
                refusal = Refusal.TOO_MANY
            if refusal is None:
                held.append(descriptor)
            else:
                left_out.append(_refused(descriptor, refusal))
        self.entities = tuple(left_out)
        self.not_understood = description.not_understood
        self._reasons = _by_name(left_out[:MAX_SHOWN])
        return held

    def log(self) -> None:
        """Say once who is left out: to be called for every new description."""
        for name, reason in list(self._reasons.items())[:MAX_LOGGED]:
            LOGGER.warning("%s: %s is left out: %s", self._name(), name, reason)
        if (more := len(self) - MAX_LOGGED) > 0:
            LOGGER.warning("%s: %s more entities are left out", self._name(), more)
        if self.not_understood:
            LOGGER.warning(
                "%s: %s properties of its entities need a newer OceanRemote in "
                "Home Assistant; the entities work without them",
                self._name(),
                self.not_understood,
            )


def _by_name(entities: list[LeftOutEntity]) -> dict[str, str]:
    """Return the reasons by names that differ."""
    found: dict[str, str] = {}
    for entity in entities:
        name = entity.name
        if name in found:
            name = f"{entity.kind} {name}"
        number = 2
        while name in found:
            name = f"{entity.kind} {entity.name} ({number})"
            number += 1
        found[name] = entity.reason
    return found


def _refused(descriptor: EntityDescriptor, refusal: str) -> LeftOutEntity:
    return LeftOutEntity(
        kind=descriptor.address.domain.name.lower(),
        name=clean_line(descriptor.name or descriptor.object_id),
        reason=refusal,
        identity=EntityIdentity.of(descriptor),
    )


def _skipped(entity: SkippedEntity) -> LeftOutEntity:
    known = find_domain(entity.domain)
    kind = known.name.lower() if known else clean_line(entity.kind) or "entity"
    reason = _WORDS[entity.reason]
    if entity.reason is SkipReason.NOT_CARRIED:
        reason = f"{reason}: {kind}"
    elif entity.detail:
        reason = f"{reason}: {entity.detail}"
    identity = None
    if known and entity.object_id and entity.reason is not SkipReason.TWICE:
        identity = EntityIdentity(known, entity.sub, entity.object_id)
    return LeftOutEntity(
        kind=kind,
        name=clean_line(entity.name or entity.object_id or kind),
        reason=reason,
        identity=identity,
    )
