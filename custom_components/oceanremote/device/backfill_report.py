"""What became of the readings that a device took while it had no session."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..policy.backfill import LeftOut


@dataclass(slots=True)
class SensorReport:
    """What became of one sensor's readings since the hub has started."""

    readings: int = 0
    hours: int = 0
    oldest: datetime | None = None
    newest: datetime | None = None
    lost: int = 0
    waiting: int = 0
    left_out: Counter[LeftOut] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, Any]:
        """Return it as people and automations read it."""
        return {
            "readings": self.readings,
            "hours": self.hours,
            "oldest": None if self.oldest is None else self.oldest.isoformat(),
            "newest": None if self.newest is None else self.newest.isoformat(),
            "lost": self.lost,
            "waiting": self.waiting,
            "left_out": {str(why): count for why, count in self.left_out.items()},
        }

    def add(self, delivery: SensorReport) -> None:
        """Count one more delivery."""
        self.readings += delivery.readings
        self.hours += delivery.hours
        self.lost += delivery.lost
        self.waiting = delivery.waiting
        self.left_out += delivery.left_out
        known = [time for time in (self.oldest, delivery.oldest) if time is not None]
        self.oldest = min(known, default=None)
        known = [time for time in (self.newest, delivery.newest) if time is not None]
        self.newest = max(known, default=None)
