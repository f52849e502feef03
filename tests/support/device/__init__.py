"""The device's side of the protocol in Python: the reference for firmware."""

from .connection import DeviceConnection
from .events import (
    CommandExpired,
    CommandReceived,
    DeviceEvent,
    DeviceLinkClosed,
    EpochStarted,
    LogsWanted,
    RevokedReceived,
    TimeReceived,
    TokenIssued,
    Welcomed,
)
from .handshake import DeviceIdentity

__all__ = [
    "CommandExpired",
    "CommandReceived",
    "DeviceConnection",
    "DeviceEvent",
    "DeviceIdentity",
    "DeviceLinkClosed",
    "EpochStarted",
    "LogsWanted",
    "RevokedReceived",
    "TimeReceived",
    "TokenIssued",
    "Welcomed",
]
