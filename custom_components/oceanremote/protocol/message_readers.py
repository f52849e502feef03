"""From bytes to messages, one way per direction (docs/protocol.cddl).

The hub reads device messages and a device reads hub messages, so that no side ever
takes the other's messages for its own. Everything raises `RemoteProtocolError`.
"""

from collections.abc import Callable
from typing import Any

from . import cbor, fields
from .addresses import Addresses, AddressesStored, read_addresses, read_stored
from .facts import read_facts
from .health import (
    Health,
    LastLines,
    ReportHealth,
    read_health,
    read_last_lines,
    read_report_health,
)
from .hub_keys import HubKeyStored, NewHubKey, read_hub_key_stored, read_new_hub_key
from .limits import (
    FIRST_HUB_MESSAGE,
    HASH_SIZE,
    MAX_DESCRIPTION,
    MAX_DESCRIPTION_PART,
    MAX_EVENT_TYPES,
    MAX_LOG_LEVEL,
    MAX_LOG_TAG_TEXT,
    MAX_LOG_TEXT,
    MAX_REASON_TEXT,
    MAX_STATES_PER_MESSAGE,
    MAX_TICKET,
    MAX_U8,
    MAX_U64,
    MAX_ZONE_TEXT,
    NONCE_SIZE,
    TOKEN_SIZE,
)
from .messages import (
    Command,
    CommandStatus,
    Describe,
    DeviceMessage,
    Event,
    Goodbye,
    GoodbyeReason,
    HubMessage,
    IssueToken,
    Log,
    Ping,
    Pong,
    Ready,
    Result,
    Revoked,
    Rotate,
    States,
    StatesComplete,
    StayAwake,
    Stored,
    SubscribeLogs,
    Time,
    Unknown,
    Welcome,
)
from .pictures import Image, read_image
from .readings import Readings, ReadingsTaken, read_readings, read_readings_taken
from .request_readers import (
    read_answer,
    read_import,
    read_imported,
    read_request,
    read_response,
)
from .requests import Answer, Import, Imported, Request
from .signals import HeardSignal, read_heard_signal
from .tunnels import (
    TunnelCreditDown,
    TunnelCreditUp,
    TunnelDataDown,
    TunnelDataUp,
    TunnelEndDown,
    TunnelEndUp,
    TunnelOpen,
    TunnelOpened,
    read_credit_down,
    read_credit_up,
    read_data_down,
    read_data_up,
    read_end_down,
    read_end_up,
    read_open,
    read_opened,
)
from .updates import (
    AbandonUpdate,
    InstallUpdate,
    OfferUpdate,
    UpdateChunk,
    UpdateOutcome,
    UpdatePosition,
    read_chunk,
    read_install,
    read_offer,
    read_outcome,
    read_position,
)
from .user_actions import ACTION_DOMAIN, UserActionCall, read_call
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


def _read_states(items: list[Any]) -> States:
    states = map(read_state, fields.array(items[0], MAX_STATES_PER_MESSAGE, 1))
    return States(tuple(state for state in states if state is not None))


def _read_event(items: list[Any]) -> Event | Unknown:
    address = read_address(items[:3])
    kind = fields.uint(items[3], MAX_EVENT_TYPES - 1)
    return Unknown(Event.CODE) if address is None else Event(address, kind)


def _read_status(value: Any) -> CommandStatus:
    status = fields.uint(value, MAX_U8)
    return (
        CommandStatus(status) if status <= max(CommandStatus) else CommandStatus.REFUSED
    )


def _read_goodbye(items: list[Any]) -> Goodbye:
    # An older device gives no reason: it leaves to restart.
    why = fields.uint(items[1], MAX_U8) if len(items) == 2 else 0
    known = why <= max(GoodbyeReason)
    return Goodbye(
        fields.uint(items[0]), GoodbyeReason(why) if known else GoodbyeReason.RESTART
    )


def _read_time(items: list[Any]) -> Time:
    time_ms = fields.uint(items[0], MAX_U64)
    if len(items) == 1:
        return Time(time_ms)
    if not (zone := fields.text(items[1], MAX_ZONE_TEXT)):
        raise fields.malformed("an empty zone")
    return Time(time_ms, zone)


def _read_command(items: list[Any]) -> Command | UserActionCall:
    if items[2] == ACTION_DOMAIN:
        return read_call(items)
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
        lambda items: Ready(fields.octets(items[0], HASH_SIZE), read_facts(items[1])),
    ),
    Describe.CODE: (3, 3, _read_describe),
    States.CODE: (1, 1, _read_states),
    Event.CODE: (4, 4, _read_event),
    Result.CODE: (
        3,
        4,
        lambda items: Result(
            fields.uint(items[0], minimum=1),
            _read_status(items[1]),
            fields.text(items[2], MAX_REASON_TEXT),
            read_response(items[3]) if len(items) == 4 else (),
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
    Goodbye.CODE: (1, 2, _read_goodbye),
    StatesComplete.CODE: (0, 0, lambda items: StatesComplete()),
    Request.CODE: (4, 4, read_request),
    Import.CODE: (3, 3, read_import),
    Image.CODE: (5, 5, read_image),
    AddressesStored.CODE: (3, 3, read_stored),
    Readings.CODE: (7, 7, read_readings),
    LastLines.CODE: (2, 2, read_last_lines),
    Health.CODE: (1, 1, read_health),
    TunnelOpened.CODE: (3, 3, read_opened),
    TunnelDataUp.CODE: (2, 2, read_data_up),
    TunnelCreditUp.CODE: (2, 2, read_credit_up),
    TunnelEndUp.CODE: (2, 2, read_end_up),
    UpdatePosition.CODE: (2, 2, read_position),
    UpdateOutcome.CODE: (3, 3, read_outcome),
    HeardSignal.CODE: (
        4,
        4,
        lambda items: read_heard_signal(items) or Unknown(HeardSignal.CODE),
    ),
    HubKeyStored.CODE: (1, 1, read_hub_key_stored),
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
    NewHubKey.CODE: (2, 2, read_new_hub_key),
    SubscribeLogs.CODE: (
        1,
        1,
        lambda items: SubscribeLogs(fields.uint(items[0], MAX_LOG_LEVEL)),
    ),
    Time.CODE: (1, 2, _read_time),
    Ping.CODE: (1, 1, lambda items: Ping(fields.octets(items[0], NONCE_SIZE))),
    StayAwake.CODE: (1, 1, lambda items: StayAwake(fields.boolean(items[0]))),
    Answer.CODE: (4, 4, read_answer),
    Imported.CODE: (3, 3, read_imported),
    Addresses.CODE: (2, 2, read_addresses),
    ReadingsTaken.CODE: (3, 3, read_readings_taken),
    ReportHealth.CODE: (1, 1, read_report_health),
    TunnelOpen.CODE: (3, 3, read_open),
    TunnelDataDown.CODE: (2, 2, read_data_down),
    TunnelCreditDown.CODE: (2, 2, read_credit_down),
    TunnelEndDown.CODE: (2, 2, read_end_down),
    OfferUpdate.CODE: (4, 4, read_offer),
    UpdateChunk.CODE: (2, 2, read_chunk),
    AbandonUpdate.CODE: (0, 0, lambda items: AbandonUpdate()),
    InstallUpdate.CODE: (1, 1, read_install),
}
