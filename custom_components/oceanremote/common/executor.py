"""Work that is carried to its end, even when its caller is cancelled."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from homeassistant.core import HomeAssistant


async def async_finish[T](
    hass: HomeAssistant, work: Coroutine[Any, Any, T], name: str
) -> T:
    """Do `work` as a task of its own; a cancelled caller only stops waiting for it.

    Home Assistant cancels a request when its browser is closed, and background tasks
    when it stops.
    """
    return await asyncio.shield(hass.async_create_task(work, name))


async def async_run_to_end[*Ts, T](
    hass: HomeAssistant, work: Callable[[*Ts], T], *args: *Ts
) -> T:
    """Run `work` in the executor; return, or raise, only when its thread is done.

    A thread cannot be cancelled. If a cancelled caller released its lock at once, the
    next writer would get at a file that the thread is still writing. So the caller
    waits, and is cancelled afterwards.
    """
    # Not one of Home Assistant's jobs: it may cancel their futures when it stops.
    future = hass.loop.run_in_executor(None, work, *args)
    cancelled: asyncio.CancelledError | None = None
    while not future.done():
        try:
            await asyncio.wait((future,))
        except asyncio.CancelledError as err:
            cancelled = err
    if cancelled is not None:
        # Nobody is left to take what it raised; retrieved, asyncio does not log it.
        future.exception()
        raise cancelled
    return future.result()
