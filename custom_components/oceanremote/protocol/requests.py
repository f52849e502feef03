"""What a device asks of Home Assistant, and the answers (docs/protocol.md, section 13).

Messages as those of `messages`; their readers are in `request_readers`.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar

# Names and their texts, in the order in which a configuration has them.
type Pairs = tuple[tuple[str, str], ...]


class RequestKind(IntEnum):
    """What is asked for."""

    ACTION = 0
    EVENT = 1
    TAG = 2


class AnswerStatus(IntEnum):
    """What became of a request."""

    DONE = 0
    NOT_ALLOWED = 1
    FAILED = 2
    UNKNOWN = 3  # there is no such action


class ImportStatus(IntEnum):
    """What there is of an entity that a device wants to see."""

    VALUE = 0
    ABSENT = 1
    NOT_ALLOWED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestParts:
    """What comes with a request beside its name.

    `templates` are rendered by the hub over `variables` and join `data`; so is
    `response_template`, over the action's response, which it replaces.
    """

    data: Pairs = ()
    templates: Pairs = ()
    variables: Pairs = ()
    wants_response: bool = False
    response_template: str | None = None

    def items(self) -> dict[int, Any]:
        """Return the map on the wire."""
        found: dict[int, Any] = {
            key: [list(pair) for pair in pairs]
            for key, pairs in (
                (1, self.data),
                (2, self.templates),
                (3, self.variables),
            )
            if pairs
        }
        if self.wants_response:
            found[4] = True
        if self.response_template is not None:
            found[5] = self.response_template
        return found


@dataclass(frozen=True, slots=True)
class Request:
    """Call an action, fire an event or scan a tag."""

    CODE: ClassVar = 12
    request_id: int
    kind: RequestKind
    name: str
    parts: RequestParts = RequestParts()

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        head = [self.CODE, self.request_id, int(self.kind), self.name]
        return [*head, self.parts.items()]


@dataclass(frozen=True, slots=True)
class Import:
    """Tell the state of an entity, or one of its attributes, from now on."""

    CODE: ClassVar = 13
    slot: int
    entity_id: str
    attribute: str = ""

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.slot, self.entity_id, self.attribute]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request, with the action's response if it was wanted."""

    CODE: ClassVar = 73
    request_id: int
    status: AnswerStatus
    reason: str = ""
    response: str | None = None

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        head = [self.CODE, self.request_id, int(self.status)]
        return [*head, self.reason, self.response]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an imported entity says now; `value` is empty unless there is one."""

    CODE: ClassVar = 74
    slot: int
    status: ImportStatus
    value: str = ""

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.slot, int(self.status), self.value]
