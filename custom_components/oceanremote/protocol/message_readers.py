"""From bytes to messages, one way per direction (docs/protocol.cddl).

The hub reads device messages and a device reads hub messages, so that no side ever
takes the other's messages for its own. Everything raises `RemoteProtocolError`.
"""

from collections.abc import Callable
from typing import Any

from . import cbor, fields
from .limits import (
    FIRST_HUB_MESSAGE,
    HASH_SIZE,
    KEY_SIZE,
    MAX_DESCRIPTION,
    MAX_DESCRIPTION_PART,
    MAX_EVENT_DATA,
    MAX_EVENT_TYPE_TEXT,
    MAX_FACT_TEXT,
    MAX_LOG_LEVEL,
    MAX_LOG_TAG_TEXT,
    MAX_LOG_TEXT,
    MAX_REASON_TEXT,
    MAX_STATE_TEXT,
    MAX_STATES_PER_MESSAGE,
    MAX_TICKET,
    MAX_U8,
    MAX_U64,
    NONCE_SIZE,
    TOKEN_SIZE,
)
from .messages import (
    Command,
    CommandStatus,
    Describe,
    DeviceFacts,
    DeviceMessage,
    Event,
    Goodbye,
    HubMessage,
    IssueToken,
    Log,
    NewHubKey,
    Ping,
    Pong,
    Ready,
    Result,
    Revoked,
    Rotate,
    States,
    StatesComplete,
    Stored,
    SubscribeLogs,
    Time,
    Unknown,
    Welcome,
)
from .values import read_address, read_args, read_state


def decode_device_message(data: bytes) -> DeviceMessage | Unknown:
    """Return what a device said; raises `RemoteProtocolError`."""
    return _decode(data, _DEVICE_READERS, _skip)


def decode_hub_message(data: bytes) -> HubMessage:
    """Return what the hub said; raises `RemoteProtocolError`."""
    return _decode(data, _HUB_READERS, _refuse)


type _Readers[M] = dict[int, tuple[int, int, Callable[[list[Any]], M]]]


def _decode[M](data: bytes, readers: _Readers[M], otherwise: Callable[[int], M]) -> M:
    value = cbor.decode(data)
    if type(value) is not list or not value or type(value[0]) is not int:
        raise fields.malformed("not a message")
    if value[0] not in readers:
        return otherwise(value[0])
    fewest, most, reader = readers[value[0]]
    items = value[1:]
    if not fewest <= len(items) <= most:
        raise fields.malformed(f"message {value[0]} of wrong length")
    return reader(items)


def _skip(code: int) -> Unknown:
    """Let a device be newer than this hub."""
    if not 0 < code < FIRST_HUB_MESSAGE:
        raise fields.malformed(f"unknown message {code}")
    return Unknown(code)


def _refuse(code: int) -> HubMessage:
    raise fields.malformed(f"unknown message {code}")


def _read_facts(value: Any) -> DeviceFacts:
    table = fields.table(value)
    if not table.keys() >= set(range(1, 8)):
        raise fields.malformed("facts are missing")
    return DeviceFacts(
        name=fields.text(table[1], MAX_FACT_TEXT),
        friendly_name=fields.text(table[2], MAX_FACT_TEXT),
        esphome_version=fields.text(table[3], MAX_FACT_TEXT),
        project_version=fields.text(table[4], MAX_FACT_TEXT),
        board=fields.text(table[5], MAX_FACT_TEXT),
        platform=fields.text(table[6], MAX_FACT_TEXT),
        safe_mode=fields.boolean(table[7]),
        reset_reason=fields.text(table[8], MAX_FACT_TEXT) if 8 in table else None,
        area=fields.text(table[9], MAX_FACT_TEXT) if 9 in table else None,
        small_store=10 in table and fields.boolean(table[10]),
    )


def _read_describe(items: list[Any]) -> Describe:
    total = fields.uint(items[1], MAX_DESCRIPTION)
    offset = fields.uint(items[0], total)
    part = items[2]
    if type(part) is not bytes or len(part) > min(MAX_DESCRIPTION_PART, total - offset):
        raise fields.malformed("not a part within its bounds")
    if not part and total:
        # Only an empty description has an empty part: every other one must end.
        raise fields.malformed("a part without bytes")
    return Describe(offset, total, part)


def _read_event_data(value: Any) -> dict[int, Any]:
    data = fields.table(value)
    if not 0 < len(data) <= MAX_EVENT_DATA:
        raise fields.malformed("event data out of bounds")
    for key, item in data.items():
        fields.uint(key)
        if isinstance(item, str):
            fields.characters(item, MAX_STATE_TEXT)
        elif isinstance(item, list | dict | bytes):
            raise fields.malformed("event data is not scalar")
    return data


def _read_states(items: list[Any]) -> States:
    states = map(read_state, fields.array(items[0], MAX_STATES_PER_MESSAGE, 1))
    return States(tuple(state for state in states if state is not None))


def _read_event(items: list[Any]) -> Event | Unknown:
    address = read_address(items[:3])
    kind = fields.text(items[3], MAX_EVENT_TYPE_TEXT)
    data = _read_event_data(items[4]) if len(items) == 5 else {}
    return Unknown(Event.CODE) if address is None else Event(address, kind, data)


def _read_status(value: Any) -> CommandStatus:
    status = fields.uint(value, MAX_U8)
    return (
        CommandStatus(status) if status <= max(CommandStatus) else CommandStatus.REFUSED
    )


def _read_command(items: list[Any]) -> Command:
    if (address := read_address(items[2:5])) is None:
        raise fields.malformed("unknown domain")
    return Command(
        fields.uint(items[0], minimum=1),
        fields.uint(items[1]),
        address,
        read_args(address.domain, items[5]),
    )


_DEVICE_READERS: _Readers[DeviceMessage | Unknown] = {
    Ready.CODE: (
        2,
        2,
        lambda items: Ready(fields.octets(items[0], HASH_SIZE), _read_facts(items[1])),
    ),
    Describe.CODE: (3, 3, _read_describe),
    States.CODE: (1, 1, _read_states),
    Event.CODE: (4, 5, _read_event),
    Result.CODE: (
        3,
        3,
        lambda items: Result(
            fields.uint(items[0], minimum=1),
            _read_status(items[1]),
            fields.text(items[2], MAX_REASON_TEXT),
        ),
    ),
    Stored.CODE: (1, 1, lambda items: Stored(fields.octets(items[0], HASH_SIZE))),
    Log.CODE: (
        3,
        3,
        lambda items: Log(
            fields.uint(items[0], MAX_LOG_LEVEL),
            fields.text(items[1], MAX_LOG_TAG_TEXT),
            fields.text(items[2], MAX_LOG_TEXT),
        ),
    ),
    Rotate.CODE: (0, 0, lambda items: Rotate()),
    Pong.CODE: (1, 1, lambda items: Pong(fields.octets(items[0], NONCE_SIZE))),
    Goodbye.CODE: (1, 1, lambda items: Goodbye(fields.uint(items[0]))),
    StatesComplete.CODE: (0, 0, lambda items: StatesComplete()),
}

_HUB_READERS: _Readers[HubMessage] = {
    Welcome.CODE: (
        3,
        3,
        lambda items: Welcome(
            fields.boolean(items[0]),
            fields.uint(items[1], MAX_U64),
            fields.octets_up_to(items[2], MAX_TICKET),
        ),
    ),
    Command.CODE: (6, 6, _read_command),
    IssueToken.CODE: (
        2,
        2,
        lambda items: IssueToken(
            fields.uint(items[0], minimum=1), fields.octets(items[1], TOKEN_SIZE)
        ),
    ),
    Revoked.CODE: (0, 0, lambda items: Revoked()),
    NewHubKey.CODE: (
        2,
        2,
        lambda items: NewHubKey(
            fields.uint(items[0]), fields.octets(items[1], KEY_SIZE)
        ),
    ),
    SubscribeLogs.CODE: (
        1,
        1,
        lambda items: SubscribeLogs(fields.uint(items[0], MAX_LOG_LEVEL)),
    ),
    Time.CODE: (1, 1, lambda items: Time(fields.uint(items[0], MAX_U64))),
    Ping.CODE: (1, 1, lambda items: Ping(fields.octets(items[0], NONCE_SIZE))),
}
