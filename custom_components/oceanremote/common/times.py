"""Points in time that devices tell."""

from datetime import datetime

from homeassistant.util import dt as dt_util


def time_from_seconds(seconds: float) -> datetime | None:
    """Return the Unix time, None for one that no calendar holds."""
    try:
        return dt_util.utc_from_timestamp(seconds)
    except ValueError, OverflowError, OSError:
        return None
