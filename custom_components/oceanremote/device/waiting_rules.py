"""Which commands wait for a device that sleeps, and for how long; its owner's choice.

What opens a door, or acts once and cannot be taken back, waits for nobody unless the
owner has named it: a garage that opens ten minutes later opens for somebody else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from ..policy.waiting import DEFAULT_MINUTES, MAX_MINUTES
from ..protocol.domains import Domain
from ..protocol.domains.base import parts_of
from ..protocol.domains.fields import CODE
from ..protocol.domains.text import TextMode, TextProperties
from ..protocol.entities import EntityDescriptor

CONF_MINUTES: Final = "minutes"
CONF_ENTITIES: Final = "entities"
CONF_ACTIONS: Final = "actions"

ONLY_IF_NAMED: Final = frozenset(
    {
        Domain.ALARM_CONTROL_PANEL,
        Domain.BUTTON,
        Domain.COVER,
        Domain.INFRARED,
        Domain.LOCK,
        Domain.RADIO_FREQUENCY,
        Domain.VALVE,
    }
)


@dataclass(frozen=True, slots=True)
class WaitingRules:
    """What the owner has chosen; entities by their unique ids, actions by name."""

    minutes: int = DEFAULT_MINUTES
    entities: frozenset[str] = frozenset()
    actions: frozenset[str] = frozenset()

    def of_entity(self, domain: Domain, unique_id: str) -> float:
        """Return for how many seconds a command to an entity waits, 0 for not."""
        if domain in ONLY_IF_NAMED and unique_id not in self.entities:
            return 0.0
        return self.minutes * 60.0

    def of_action(self, name: str) -> float:
        """Return for how many seconds a call of an action waits, 0 for not."""
        return self.minutes * 60.0 if name in self.actions else 0.0

    def as_data(self) -> dict[str, Any]:
        """Return what a subentry keeps."""
        return {
            CONF_MINUTES: self.minutes,
            CONF_ENTITIES: sorted(self.entities),
            CONF_ACTIONS: sorted(self.actions),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Return the rules of a subentry; what is missing has its default."""
        return cls(
            min(MAX_MINUTES, max(0, int(data.get(CONF_MINUTES, DEFAULT_MINUTES)))),
            frozenset(data.get(CONF_ENTITIES, ())),
            frozenset(data.get(CONF_ACTIONS, ())),
        )


def carries_secret(descriptor: EntityDescriptor, args: Mapping[int, Any]) -> bool:
    """Whether a command has a code, or a password, that nobody may keep."""
    domain = descriptor.address.domain
    properties = descriptor.properties
    if isinstance(properties, TextProperties):
        return properties.mode is TextMode.PASSWORD
    command = domain.spec.command
    parts = {} if command is None else parts_of(command).by_key
    return any(key in args and part.field is CODE for key, part in parts.items())


def merges(domain: Domain) -> bool:
    """Whether the latest command to an entity makes those before it pointless.

    What has no state is not brought into one: each press, each signal is its own.
    """
    return domain.spec.state is not None
