"""The one thing that a person is told about a device; a pure function."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final

from ..policy.presence import Presence
from ..policy.trust import Standing
from ..protocol import RefusalReason
from ..vault.records import DeviceRecord


class DeviceStatus(StrEnum):
    """What a person is told about a device, one value at a time."""

    NOT_ENROLLED = "not_enrolled"
    WAITING = "waiting_for_first_connection"
    REGISTERING = "registering"
    REFUSED_EXPIRED = "refused_token_expired"
    REFUSED_EARLY = "refused_token_early"
    REFUSED_USED = "refused_token_used"
    REFUSED_KEY = "refused_unknown_key"
    REFUSED_MAC = "refused_other_mac"
    REFUSED_MAC_ACTIVE = "refused_mac_active_elsewhere"
    REFUSED_CLONE = "refused_clone"
    WAITING_FOR_APPROVAL = "waiting_for_approval"
    ONLINE = "online"
    SAFE_MODE = "safe_mode"
    DESCRIBED_TOO_OFTEN = "described_too_often"
    ASLEEP = "asleep"
    AWAY = "away"
    OFFLINE = "offline"
    QUARANTINED = "quarantined"
    REVOKED = "revoked"


STATUS_OF_REFUSAL: Final = MappingProxyType(
    {
        RefusalReason.TOKEN_EXPIRED: DeviceStatus.REFUSED_EXPIRED,
        RefusalReason.TOKEN_EARLY: DeviceStatus.REFUSED_EARLY,
        RefusalReason.TOKEN_USED: DeviceStatus.REFUSED_USED,
        RefusalReason.UNKNOWN_KEY: DeviceStatus.REFUSED_KEY,
        RefusalReason.WRONG_MAC: DeviceStatus.REFUSED_MAC,
        RefusalReason.MAC_ACTIVE_ELSEWHERE: DeviceStatus.REFUSED_MAC_ACTIVE,
        RefusalReason.REPLAYED_COUNTER: DeviceStatus.REFUSED_CLONE,
    }
)
# What a second board, or a board with a stranger's record, is refused for.
BOARD_REFUSALS: Final = STATUS_OF_REFUSAL.keys() | {RefusalReason.UNKNOWN_HANDLE}


def device_status(
    record: DeviceRecord | None,
    *,
    where: Presence,
    safe_mode: bool,
    pausing: bool,
    registering: bool,
    refusal: DeviceStatus | None,
) -> DeviceStatus:
    """Return the status; what the vault decided comes first, hints come last.

    `record` is None when the vault holds none: it was restored, or another's.
    """
    if record is None:
        return DeviceStatus.NOT_ENROLLED
    if record.standing is Standing.REVOKED:
        return DeviceStatus.REVOKED
    if record.standing is Standing.QUARANTINED:
        return DeviceStatus.QUARANTINED
    if record.standing is Standing.WAITING_FOR_APPROVAL:
        return DeviceStatus.WAITING_FOR_APPROVAL
    if where is Presence.ONLINE:
        if pausing:
            return DeviceStatus.DESCRIBED_TOO_OFTEN
        return DeviceStatus.SAFE_MODE if safe_mode else DeviceStatus.ONLINE
    if registering:
        return DeviceStatus.REGISTERING
    if refusal is not None:
        return refusal
    if not record.trusted:
        return DeviceStatus.WAITING
    return DeviceStatus(where.value)
