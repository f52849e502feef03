"""What is told of commands that wait: in events, in the caller's context, and the audit.

Of what a command says, nothing is told: it may be anybody's secret.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Protocol

from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID, ATTR_NAME
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..audit.containment import one_line
from ..audit.record import SecurityLog
from ..common.const import DOMAIN, EVENT_COMMAND
from ..common.errors import OceanRemoteError
from ..policy.audit.kinds import COMMAND_WAITS, AuditKind
from ..protocol.entities import EntityDescriptor
from ..protocol.user_actions import UserAction
from .commands import Wish
from .state import EntityIdentity

ATTR_ACTION: Final = "action"
ATTR_OUTCOME: Final = "outcome"
ATTR_REASON: Final = "reason"
ATTR_SECONDS: Final = "seconds"

type Target = EntityDescriptor | UserAction


class WaitingOutcome(StrEnum):
    """What an event says of a command that has waited, or begins to."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"
    REPLACED = "replaced"
    CANCELLED = "cancelled"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


_OF_ERRORS: Final = MappingProxyType(
    {
        "command_refused": WaitingOutcome.REFUSED,
        "command_expired": WaitingOutcome.EXPIRED,
        "device_offline": WaitingOutcome.NOT_SENT,
        "device_not_ready": WaitingOutcome.NOT_SENT,
    }
)


def outcome_of(error: OceanRemoteError) -> WaitingOutcome:
    """Return what the error of a command that was to be sent means."""
    return _OF_ERRORS.get(error.key, WaitingOutcome.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asked for, of which board, and what they saw when they did.

    What it says is in `wish` alone, and in no text.
    """

    wish: Wish = field(repr=False)
    context: Context | None
    identity: str | None
    target: Target


class ReportedDevice(Protocol):
    """What is told of the device."""

    hass: HomeAssistant
    entry_id: str
    subentry_id: str
    enrolment_id: str

    @property
    def name(self) -> str:
        """What a person calls it."""


class WaitingReports:
    """Tells of one device's commands."""

    def __init__(self, device: ReportedDevice, log: SecurityLog) -> None:
        """Record in `log`."""
        self._device = device
        self._log = log

    def unique_id(self, descriptor: EntityDescriptor) -> str:
        """Return the unique id of a described entity."""
        return EntityIdentity.of(descriptor).unique_id(self._device.subentry_id)

    def entity_id(self, target: Target) -> str | None:
        """Return the entity that a command is for, None of an action or one gone."""
        if isinstance(target, UserAction):
            return None
        return er.async_get(self._device.hass).async_get_entity_id(
            target.address.domain.platform, DOMAIN, self.unique_id(target)
        )

    @callback
    def tell(
        self,
        order: Order,
        outcome: WaitingOutcome,
        reason: str = "",
        *,
        seconds: float | None = None,
        noted: bool = False,
    ) -> None:
        """Tell whoever listens, in the caller's context, and the audit log."""
        device, target = self._device, order.target
        page = dr.async_get(device.hass).async_get_device_by_identifier(
            (DOMAIN, device.subentry_id), device.entry_id
        )
        data: dict[str, Any] = {
            ATTR_DEVICE_ID: None if page is None else page.id,
            ATTR_NAME: device.name,
            ATTR_ENTITY_ID: self.entity_id(target),
            ATTR_OUTCOME: outcome.value,
        }
        if isinstance(target, UserAction):
            data[ATTR_ACTION] = target.name
        if reason:
            data[ATTR_REASON] = one_line(reason)
        if seconds is not None:
            data[ATTR_SECONDS] = int(seconds)
        device.hass.bus.async_fire(EVENT_COMMAND, data, context=order.context)
        if not noted:
            self.note(
                order,
                COMMAND_WAITS if outcome is WaitingOutcome.WAITING else outcome.value,
                reason,
            )

    @callback
    def note(self, order: Order, outcome: str, reason: str = "") -> None:
        """Have the audit log tell."""
        context = order.context
        self._log.note(
            AuditKind.COMMAND,
            outcome,
            enrolment_id=self._device.enrolment_id,
            user_id=None if context is None else context.user_id,
            detail=": ".join(filter(None, (order.wish.detail, reason))),
        )
