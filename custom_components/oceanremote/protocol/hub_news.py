"""What a device tells, as events: the messages that change nothing about the link."""

from . import events as e, messages as m
from .events import HubEvent
from .health import Health, LastLines
from .hub_keys import HubKeyStored
from .requests import Import
from .signals import HeardSignal
from .updates import UpdateOutcome, UpdatePosition

type News = (
    m.States
    | m.StatesComplete
    | m.Event
    | m.Log
    | m.Goodbye
    | m.Unknown
    | Import
    | Health
    | LastLines
    | HeardSignal
    | HubKeyStored
    | UpdatePosition
    | UpdateOutcome
)


def events_of(news: News) -> list[HubEvent]:
    """Return what is to be reported; what is unknown, or has no state in it, is not."""
    match news:
        case m.States():
            return [e.StatesReceived(news.states)] if news.states else []
        case m.StatesComplete():
            return [e.StatesCompleted()]
        case m.Event():
            return [e.EntityEvent(news.address, news.type)]
        case HeardSignal():
            return [e.SignalReceived(news.address, news.timings)]
        case m.Log():
            return [e.LogReceived(news.level, news.tag, news.text)]
        case m.Goodbye():
            return [e.GoodbyeReceived(news.next_wakeup, news.why)]
        case Import():
            return [e.ImportReceived(news)]
        case Health():
            return [e.HealthReceived(news)]
        case LastLines():
            return [e.LastLinesReceived(news)]
        case HubKeyStored():
            return [e.HubKeyReported(news.key_id)]
        case UpdatePosition() | UpdateOutcome():
            return [e.UpdateReported(news)]
    return []
