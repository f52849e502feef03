"""What one proved device may cost the hub: messages, states, bytes, descriptions.

A device that exceeds a budget is not refused but slowed down, and reported.
"""

from enum import StrEnum
from typing import NamedTuple

from .ratelimit import Bucket
from .settings import PolicySettings


class Budget(StrEnum):
    """What is counted, in the audit's words."""

    MESSAGES = "messages"
    STATES = "states"
    BYTES = "bytes"


class Pace(NamedTuple):
    """How to continue after a message.

    Read nothing for `delay` seconds; report the budgets in `report`.
    """

    delay: float
    report: tuple[Budget, ...]


class _Ceiling:
    """One budget: how long to wait for it, and whether to say so."""

    def __init__(self, bucket: Bucket, interval: float) -> None:
        self._bucket = bucket
        self._interval = interval
        self._reported_at: float | None = None

    def spend(self, cost: int, now: float) -> tuple[float, bool]:
        """Take `cost`; return the wait, and whether a report is due.

        One is due the first time the budget is exceeded, and then once per interval.
        """
        delay = self._bucket.delay(now, cost)
        if delay <= 0:
            return 0.0, False
        due = self._reported_at is None or now - self._reported_at >= self._interval
        if due:
            self._reported_at = now
        return delay, due


class DeviceBudget:
    """The budgets of one device's messages; bounded by the devices that exist."""

    def __init__(self, settings: PolicySettings) -> None:
        """Start with all of them full."""
        rates = {
            Budget.MESSAGES: settings.device_message_rate,
            Budget.STATES: settings.device_state_rate,
            Budget.BYTES: settings.device_byte_rate,
        }
        self._ceilings = {
            budget: _Ceiling(Bucket(rate), settings.device_report_interval)
            for budget, rate in rates.items()
        }

    def on_message(self, now: float, *, size: int, states: int) -> Pace:
        """Count a message of `size` bytes with so many states in it."""
        costs = {Budget.MESSAGES: 1, Budget.STATES: states, Budget.BYTES: size}
        longest = 0.0
        report: list[Budget] = []
        for budget, cost in costs.items():
            delay, due = (
                self._ceilings[budget].spend(cost, now) if cost else (0.0, False)
            )
            longest = max(longest, delay)
            if due:
                report.append(budget)
        return Pace(longest, tuple(report))


class DescriptionBudget:
    """How often one device may describe itself anew."""

    def __init__(self, settings: PolicySettings) -> None:
        """Start with a full bucket."""
        self._bucket = Bucket(settings.new_description_rate)

    def wait(self, now: float) -> float:
        """Return the seconds until another description may come, 0 if it may now."""
        return self._bucket.wait(now)

    def spend(self, now: float) -> None:
        """A new description has come: count it, expected or not."""
        self._bucket.delay(now)
