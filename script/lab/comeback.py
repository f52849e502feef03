"""How long a restart of Home Assistant keeps devices away."""

import asyncio
from collections.abc import Collection
import time

from .house import House

POLL_SECONDS = 0.05
ABSENT = ("unavailable", "unknown")


async def restart_and_time(
    house: House, entity_ids: Collection[str], within: float
) -> dict[str, float]:
    """Restart Home Assistant as a person does; return when each entity was back.

    The times are seconds since the first answer of its HTTP server. Raises TimeoutError,
    naming who is missing, when they are not all available `within` so many seconds.
    """
    await house.home_assistant.stop()
    await house.home_assistant.start()
    up = time.monotonic()
    # A token from before may be lost: one that stops too slowly is killed.
    await house.client.login()
    back: dict[str, float] = {}
    while missing := set(entity_ids) - back.keys():
        states = await house.client.get("/api/states")
        now = time.monotonic() - up
        available = {s["entity_id"] for s in states if s["state"] not in ABSENT}
        back |= dict.fromkeys(missing & available, now)
        if now > within:
            raise TimeoutError(f"not back after {within:.0f} s: {sorted(missing)}")
        await asyncio.sleep(POLL_SECONDS)
    return back
