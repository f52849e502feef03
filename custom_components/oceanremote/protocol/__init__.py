"""`OceanRemote/1` without I/O: bytes and `now` in, events and bytes out.

The hub's side: `HubConnection` is the whole of it for a caller; no clock, no
randomness and no network inside. docs/protocol.md is the specification.
"""

from .description import description_hash, encode_description, parse_description
from .domains import Domain
from .domains.light import LightState
from .domains.number import NumberMode
from .domains.sensor import StateClass
from .entities import (
    Description,
    EntityAddress,
    EntityCategory,
    EntityDescriptor,
    EntityState,
    SkippedEntity,
    SkipReason,
)
from .errors import (
    CloseReason,
    KeyTextError,
    LocalProtocolError,
    ProtocolError,
    RefusalReason,
    Refused,
    RemoteProtocolError,
)
from .events import (
    CommandCompleted,
    CommandDeadline,
    DescriptionReceived,
    EntityEvent,
    GoodbyeReceived,
    HubEvent,
    LinkClosed,
    LogReceived,
    PongReceived,
    RegistrationProved,
    RotationRequested,
    SessionProved,
    StatesCompleted,
    StatesReceived,
    TokenStored,
)
from .hub_connection import HubConnection
from .keys import (
    KeyPair,
    Purpose,
    RegistrationToken,
    derive_psk,
    format_mac,
    hub_key_text,
    is_board_mac,
    parse_hub_key,
    parse_mac,
    stored_hash,
)
from .lookup import HubSettings, PeerLookup, RegistrationGrant, SessionGrant
from .messages import CommandStatus, DeviceFacts, Ready

__all__ = [
    "CloseReason",
    "CommandCompleted",
    "CommandDeadline",
    "CommandStatus",
    "Description",
    "DescriptionReceived",
    "DeviceFacts",
    "Domain",
    "EntityAddress",
    "EntityCategory",
    "EntityDescriptor",
    "EntityEvent",
    "EntityState",
    "GoodbyeReceived",
    "HubConnection",
    "HubEvent",
    "HubSettings",
    "KeyPair",
    "KeyTextError",
    "LightState",
    "LinkClosed",
    "LocalProtocolError",
    "LogReceived",
    "NumberMode",
    "PeerLookup",
    "PongReceived",
    "ProtocolError",
    "Purpose",
    "Ready",
    "RefusalReason",
    "Refused",
    "RegistrationGrant",
    "RegistrationProved",
    "RegistrationToken",
    "RemoteProtocolError",
    "RotationRequested",
    "SessionGrant",
    "SessionProved",
    "SkipReason",
    "SkippedEntity",
    "StateClass",
    "StatesCompleted",
    "StatesReceived",
    "TokenStored",
    "derive_psk",
    "description_hash",
    "encode_description",
    "format_mac",
    "hub_key_text",
    "is_board_mac",
    "parse_description",
    "parse_hub_key",
    "parse_mac",
    "stored_hash",
]
