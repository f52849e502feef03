"""Actions that a device's owner has defined on it (docs/protocol.md, section 13).

They stand in its description behind the entities, as descriptors of a domain of their
own, and are called by commands. Reading raises `RemoteProtocolError`.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar, Final

from . import fields
from .limits import (
    MAX_ACTION_ARGUMENTS,
    MAX_ACTION_VALUES,
    MAX_NAME_TEXT,
    MAX_PAIR_NAME_TEXT,
    MAX_PAIR_TEXT,
    MAX_STATE_TEXT,
    MAX_U8,
    MAX_U32,
)

ACTION_DOMAIN: Final = 26
_ARGUMENTS, _RESPONSE, _DESCRIPTION = 160, 161, 162
_VALUES, _WANTS_RESPONSE = 1, 2
_MAX_I32: Final = 0x7FFF_FFFF

type Value = bool | int | float | str | list[Any]


class ArgumentType(IntEnum):
    """What an argument is; a list holds any number of one kind."""

    BOOLEAN = 0
    INTEGER = 1
    REAL = 2
    TEXT = 3
    BOOLEANS = 4
    INTEGERS = 5
    REALS = 6
    TEXTS = 7


class ResponseKind(IntEnum):
    """Whether an action has something to say; STATUS is that it was done."""

    NONE = 0
    OPTIONAL = 1
    ONLY = 2
    STATUS = 3


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of an action."""

    name: str
    type: ArgumentType
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserAction:
    """What a device says about one of its actions."""

    key: int
    name: str
    arguments: tuple[Argument, ...] = ()
    response: ResponseKind = ResponseKind.NONE
    description: str = ""

    def items(self) -> list[Any]:
        """Return the descriptor on the wire."""
        properties: dict[int, Any] = {}
        if self.arguments:
            properties[_ARGUMENTS] = [
                [each.name, int(each.type), *filter(None, [each.description])]
                for each in self.arguments
            ]
        if self.response:
            properties[_RESPONSE] = int(self.response)
        if self.description:
            properties[_DESCRIPTION] = self.description
        return [ACTION_DOMAIN, 0, self.key, self.name, self.name, properties]


@dataclass(frozen=True, slots=True)
class UserActionCall:
    """A command to an action; its values come in the order of the arguments."""

    CODE: ClassVar = 66
    command_id: int
    deadline_ms: int
    key: int
    values: tuple[Value, ...] = ()
    wants_response: bool = False

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        args: dict[int, Any] = {_VALUES: list(self.values)}
        if self.wants_response:
            args[_WANTS_RESPONSE] = True
        head = [self.CODE, self.command_id, self.deadline_ms]
        return [*head, ACTION_DOMAIN, 0, self.key, args]


def read_user_action(parts: list[Any]) -> UserAction | None:
    """Return what a descriptor says, None if it needs a newer hub."""
    properties = fields.table(parts[5])
    arguments = fields.array(properties.get(_ARGUMENTS, []), MAX_ACTION_ARGUMENTS)
    found = [_read_argument(item) for item in arguments]
    if len({name for name, _, _ in found}) < len(found):
        raise fields.malformed("an argument that is there twice")
    response = fields.uint(properties.get(_RESPONSE, 0), MAX_U8)
    newer = any(kind > max(ArgumentType) for _, kind, _ in found)
    if newer or response > max(ResponseKind):
        return None
    return UserAction(
        key=fields.uint(parts[2]),
        name=fields.text(parts[3], MAX_NAME_TEXT),
        arguments=tuple(
            Argument(name, ArgumentType(kind), says) for name, kind, says in found
        ),
        response=ResponseKind(response),
        description=fields.characters(properties.get(_DESCRIPTION, ""), MAX_STATE_TEXT),
    )


def _read_argument(item: Any) -> tuple[str, int, str]:
    name, kind, *says = fields.array(item, 3, 2)
    return (
        fields.text(name, MAX_PAIR_NAME_TEXT),
        fields.uint(kind, MAX_U8),
        fields.text(says[0], MAX_NAME_TEXT) if says else "",
    )


def read_call(items: list[Any]) -> UserActionCall:
    """Return a command to an action."""
    args = fields.table(items[5])
    if fields.uint(items[3], 0) or not args.keys() <= {_VALUES, _WANTS_RESPONSE}:
        raise fields.malformed("no call of an action")
    values = fields.array(args.get(_VALUES), MAX_ACTION_ARGUMENTS)
    return UserActionCall(
        fields.uint(items[0], minimum=1),
        fields.uint(items[1]),
        fields.uint(items[4], MAX_U32),
        tuple(_read_value(value) for value in values),
        _WANTS_RESPONSE in args and fields.boolean(args[_WANTS_RESPONSE]),
    )


def check_values(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """Return values that a command may carry."""
    return tuple(_read_value(value) for value in values)


def _read_value(value: Any) -> Value:
    if type(value) is list:
        items = fields.array(value, MAX_ACTION_VALUES)
        if len({type(item) for item in items}) > 1:
            raise fields.malformed("a list of several kinds")
        return [_read_scalar(item) for item in items]
    return _read_scalar(value)


def _read_scalar(value: Any) -> bool | int | float | str:
    match value:
        case bool():
            return value
        case int():
            return fields.uint(value, _MAX_I32, -_MAX_I32 - 1)
        case float():
            return fields.real(value)
        case _:
            return fields.text(value, MAX_PAIR_TEXT)
