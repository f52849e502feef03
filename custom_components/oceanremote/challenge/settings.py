"""What is known of a challenge device besides its secret; stored in its subentry.

The tables are written by a person as rows; `read_commands` and `read_responses` turn
rows into what the rest works with, and say which text fits where a row is wrong.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from homeassistant.const import CONF_HOST, CONF_PORT

from .protocol import (
    HASHES,
    MAX_TABLE_SIZE,
    RECOMMENDED_SECRET_LENGTH,
    STRICT_NONCE_LENGTH,
    ChallengeProfile,
    Mode,
)

CONF_MODE: Final = "mode"
CONF_HASH: Final = "hash"
CONF_WAKE_LENGTH: Final = "wake_length"
CONF_CHALLENGE_LENGTH: Final = "challenge_length"
CONF_PROTOCOL_ID: Final = "protocol_id"
CONF_COMMANDS: Final = "commands"
CONF_RESPONSES: Final = "responses"
CONF_RESPONSE_TIME: Final = "response_time"
CONF_STATUS_BYTE: Final = "status_byte"
CONF_STATUS_INTERVAL: Final = "status_interval"

ROW_NAME: Final = "name"
ROW_KIND: Final = "kind"
ROW_KEY: Final = "key"
ROW_BYTE: Final = "byte"
ROW_MEANING: Final = "meaning"

SECRET_NAME: Final = "challenge_secret"
DEFAULT_PORT: Final = 6064
MAX_NAME_LENGTH: Final = 64
RAW_PREFIX: Final = "hex:"
MAX_RESPONSE_TIME: Final = 60  # seconds
MAX_STATUS_INTERVAL: Final = 24 * 60  # minutes
DEFAULT_STATUS_INTERVAL: Final = 10


class CommandKind(StrEnum):
    """What a row of the command table becomes."""

    BUTTON = "button"
    SWITCH = "switch"
    COVER = "cover"
    LOCK = "lock"


class Action(StrEnum):
    """What one byte of a row does."""

    PRESS = "press"
    ON = "on"
    OFF = "off"
    OPEN = "open"
    CLOSE = "close"
    STOP = "stop"
    LOCK = "lock"
    UNLOCK = "unlock"


class Meaning(StrEnum):
    """What a response says."""

    DONE = "done"
    REFUSED = "refused"
    STATE_ON = "state_on"
    STATE_OFF = "state_off"
    OPENING = "opening"
    CLOSING = "closing"


# What a response says of a row's state. A cover that moves is neither open nor closed.
STATES: Final = MappingProxyType({Meaning.STATE_ON: True, Meaning.STATE_OFF: False})
MOVEMENTS: Final = MappingProxyType({Meaning.OPENING: True, Meaning.CLOSING: False})

# The actions of a kind, in the order of the row's three byte fields. Only a cover's
# third is optional.
ACTIONS: Final = MappingProxyType(
    {
        CommandKind.BUTTON: (Action.PRESS,),
        CommandKind.SWITCH: (Action.ON, Action.OFF),
        CommandKind.COVER: (Action.OPEN, Action.CLOSE, Action.STOP),
        CommandKind.LOCK: (Action.LOCK, Action.UNLOCK),
    }
)
# What an action leads to: on, open or locked, or the opposite; unknown after others.
LEADS_TO: Final = MappingProxyType(
    {
        Action.ON: True,
        Action.OFF: False,
        Action.OPEN: True,
        Action.CLOSE: False,
        Action.LOCK: True,
        Action.UNLOCK: False,
    }
)
# Besides "done", what a device may answer that has carried an action out.
_MEANT_BY: Final = MappingProxyType(
    {
        Action.ON: (Meaning.STATE_ON,),
        Action.OFF: (Meaning.STATE_OFF,),
        Action.OPEN: (Meaning.STATE_ON, Meaning.OPENING),
        Action.CLOSE: (Meaning.STATE_OFF, Meaning.CLOSING),
        Action.LOCK: (Meaning.STATE_ON,),
        Action.UNLOCK: (Meaning.STATE_OFF,),
    }
)
OPTIONAL_ACTIONS: Final = frozenset({Action.STOP})
BYTE_FIELDS: Final = ("byte", "second_byte", "third_byte")


class TableError(ValueError):
    """An invalid row; its text is a translation key."""


@dataclass(frozen=True, slots=True)
class CommandRow:
    """One entity of a challenge device and the bytes that command it."""

    name: str
    kind: CommandKind
    bytes: Mapping[Action, int]
    key: str
    """What identifies the row, whatever of it changes (row_keys.py)."""


@dataclass(frozen=True, slots=True)
class ResponseRow:
    """One response that the device may give."""

    byte: int
    name: str
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class StatusRequest:
    """The command that only asks for the state, and how often it is sent."""

    byte: int
    interval: int
    """Minutes."""


@dataclass(frozen=True, slots=True)
class ChallengeSettings:
    """One challenge device, without its secret."""

    host: str
    port: int
    profile: ChallengeProfile
    commands: tuple[CommandRow, ...]
    responses: tuple[ResponseRow, ...]
    response_time: int = 0
    """Seconds that its slowest action takes before it responds."""
    status: StatusRequest | None = None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> ChallengeSettings:
        """Read a subentry's data; raises ValueError for what no flow has stored."""
        return cls(
            data[CONF_HOST],
            data[CONF_PORT],
            read_profile(data),
            read_commands(data[CONF_COMMANDS]),
            read_responses(data[CONF_RESPONSES]),
            int(data.get(CONF_RESPONSE_TIME, 0)),
            read_status(data),
        )

    @property
    def command_bytes(self) -> frozenset[int]:
        """Return every byte of the command table."""
        asks = () if self.status is None else (self.status.byte,)
        return frozenset(
            (*asks, *(byte for row in self.commands for byte in row.bytes.values()))
        )

    @property
    def stateful_rows(self) -> tuple[CommandRow, ...]:
        """Return the rows that have a state."""
        return tuple(r for r in self.commands if r.kind is not CommandKind.BUTTON)

    @property
    def status_problem(self) -> str | None:
        """Return why its status cannot be asked for, None if it can or is not."""
        if self.status is None:
            return None
        if any(self.status.byte in row.bytes.values() for row in self.commands):
            return "status_byte_twice"
        if len(self.stateful_rows) != 1:
            # One response cannot say the state of several rows.
            return "status_rows"
        if not {row.meaning for row in self.responses} & STATES.keys():
            return "status_responses"
        if len(self.command_bytes) > MAX_TABLE_SIZE:
            return "table_too_large"
        return None

    @property
    def forgeable(self) -> bool:
        """Whether sending an answer back passes for a response (section 9)."""
        return self.profile.mode is Mode.CLASSIC and not self.command_bytes.isdisjoint(
            row.byte for row in self.responses
        )

    @property
    def without_response(self) -> tuple[tuple[CommandRow, Action], ...]:
        """Return the actions that the device could answer only with another's response.

        None where it never responds.
        """
        return tuple(
            (row, action)
            for row in self.commands
            for action in row.bytes
            if self.responses and self.response_to(action) is None
        )

    def response_to(self, action: Action) -> ResponseRow | None:
        """Return the response that says it was carried out, None if none says that."""
        wanted = [Meaning.DONE, *_MEANT_BY.get(action, ())]
        for meaning in wanted:
            for row in self.responses:
                if row.meaning is meaning:
                    return row
        return None

    def action_of(self, byte: int) -> tuple[CommandRow, Action] | None:
        """Return what a command byte stands for, None if nothing."""
        for row in self.commands:
            for action, value in row.bytes.items():
                if value == byte:
                    return row, action
        return None


def read_profile(data: Mapping[str, Any]) -> ChallengeProfile:
    """Return the protocol's parameters; raises ChallengeParameterError."""
    mode = Mode(data[CONF_MODE])
    return ChallengeProfile(
        mode,
        HASHES[data[CONF_HASH]],
        STRICT_NONCE_LENGTH if mode is Mode.STRICT else int(data[CONF_WAKE_LENGTH]),
        int(data[CONF_CHALLENGE_LENGTH]),
        data[CONF_PROTOCOL_ID].encode() if mode is Mode.STRICT else b"",
    )


def read_secret(text: str) -> bytes:
    """Return the bytes of a secret: its text, or what is in hex behind "hex:".

    Raises ValueError, whose text must not be shown.
    """
    if text.startswith(RAW_PREFIX):
        return bytes.fromhex(text.removeprefix(RAW_PREFIX))
    return text.encode()


def is_weak(secret: bytes) -> bool:
    """Return whether a secret is short enough to be guessed offline."""
    return len(secret) < RECOMMENDED_SECRET_LENGTH


def read_byte(text: str | int) -> int:
    """Return the byte that is written as 0x4F, 79 or 'O'; raises TableError."""
    written = str(text).strip()
    if len(written) == 3 and written[0] == written[2] == "'" and written.isascii():
        return ord(written[1])
    try:
        value = int(written, 0)
    except ValueError:
        raise TableError("byte_invalid") from None
    if not 0 <= value <= 255:
        raise TableError("byte_invalid")
    return value


def read_commands(rows: Iterable[Mapping[str, Any]]) -> tuple[CommandRow, ...]:
    """Return the command table; raises TableError."""
    table = tuple(_read_command(row) for row in rows)
    used = [byte for row in table for byte in row.bytes.values()]
    if not table:
        raise TableError("commands_empty")
    if len(used) != len(set(used)):
        raise TableError("command_twice")
    if len(used) > MAX_TABLE_SIZE:
        raise TableError("table_too_large")
    return table


def read_responses(rows: Iterable[Mapping[str, Any]]) -> tuple[ResponseRow, ...]:
    """Return the response table; raises TableError."""
    table = tuple(
        ResponseRow(
            read_byte(row[ROW_BYTE]),
            _read_name(row),
            Meaning(row.get(ROW_MEANING, Meaning.DONE)),
        )
        for row in rows
    )
    if len({row.byte for row in table}) != len(table):
        raise TableError("response_twice")
    if len(table) > MAX_TABLE_SIZE:
        raise TableError("table_too_large")
    return table


def read_status(data: Mapping[str, Any]) -> StatusRequest | None:
    """Return how the status is asked for, None if it is not; raises TableError."""
    if not (written := str(data.get(CONF_STATUS_BYTE, "")).strip()):
        return None
    interval = int(data.get(CONF_STATUS_INTERVAL, DEFAULT_STATUS_INTERVAL))
    return StatusRequest(read_byte(written), interval)


def default_key(kind: CommandKind, found: Mapping[Action, int]) -> str:
    """Return the key of a row that was stored without one: its kind and first byte."""
    return f"{kind}-{found[ACTIONS[kind][0]]:02x}"


def _read_command(row: Mapping[str, Any]) -> CommandRow:
    kind = CommandKind(row[ROW_KIND])
    written = [str(row.get(field, "")).strip() for field in BYTE_FIELDS]
    found: dict[Action, int] = {}
    for action, text in zip(ACTIONS[kind], written, strict=False):
        if text:
            found[action] = read_byte(text)
        elif action not in OPTIONAL_ACTIONS:
            raise TableError("byte_missing")
    if any(written[len(ACTIONS[kind]) :]):
        raise TableError("byte_too_many")
    key = row.get(ROW_KEY) or default_key(kind, found)
    return CommandRow(_read_name(row), kind, MappingProxyType(found), key)


def _read_name(row: Mapping[str, Any]) -> str:
    name = " ".join(str(row[ROW_NAME]).split())
    if not 0 < len(name) <= MAX_NAME_LENGTH:
        raise TableError("row_name_length")
    return name
