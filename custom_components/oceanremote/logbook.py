"""Says, in the logbook, what devices have called, and what became of what waited."""

from collections.abc import Callable
from typing import Final

from homeassistant.components.logbook import (
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
    LazyEventPartialState,
)
from homeassistant.const import ATTR_ENTITY_ID, ATTR_NAME
from homeassistant.core import HomeAssistant, callback

from .common.const import DOMAIN, EVENT_COMMAND, EVENT_REQUEST
from .device.waiting_reports import ATTR_OUTCOME, ATTR_REASON, WaitingOutcome
from .requests.run import ATTR_ACTION

# What the logbook says of a command to a device that was asleep.
_OUTCOMES: Final = {
    WaitingOutcome.WAITING: "a command waits until the device wakes up",
    WaitingOutcome.DONE: "the command that waited was carried out",
    WaitingOutcome.REFUSED: "the device refused the command that waited",
    WaitingOutcome.EXPIRED: "the command that waited has expired",
    WaitingOutcome.REPLACED: "a later command replaced the one that waited",
    WaitingOutcome.CANCELLED: "the command that waited was cancelled",
    WaitingOutcome.NOT_SENT: "the command that waited could not be sent",
    WaitingOutcome.UNKNOWN: "nobody knows what became of the command that waited",
}


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[
        [str, str, Callable[[LazyEventPartialState], dict[str, str]]], None
    ],
) -> None:
    """Describe what devices do."""

    @callback
    def describe(event: LazyEventPartialState) -> dict[str, str]:
        return {
            LOGBOOK_ENTRY_NAME: event.data[ATTR_NAME],
            LOGBOOK_ENTRY_MESSAGE: f"called {event.data[ATTR_ACTION]}",
        }

    @callback
    def describe_command(event: LazyEventPartialState) -> dict[str, str]:
        data = event.data
        message = _OUTCOMES.get(data[ATTR_OUTCOME], data[ATTR_OUTCOME])
        if reason := data.get(ATTR_REASON):
            message = f"{message}: {reason}"
        if action := data.get(ATTR_ACTION):
            message = f"{action}: {message}"
        line = {LOGBOOK_ENTRY_NAME: data[ATTR_NAME], LOGBOOK_ENTRY_MESSAGE: message}
        if entity_id := data.get(ATTR_ENTITY_ID):
            line[LOGBOOK_ENTRY_ENTITY_ID] = entity_id
        return line

    async_describe_event(DOMAIN, EVENT_REQUEST, describe)
    async_describe_event(DOMAIN, EVENT_COMMAND, describe_command)
