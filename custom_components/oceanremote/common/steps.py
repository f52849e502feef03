"""Steps that are all taken, even if one fails."""

from collections.abc import Awaitable, Callable

from .const import LOGGER


async def async_take_all(*steps: tuple[str, Callable[[], Awaitable[object]]]) -> None:
    """Take steps, each with its name; a failure is logged with its traceback."""
    for what, step in steps:
        try:
            await step()
        except Exception:  # noqa: BLE001 - the boundary between the steps
            LOGGER.exception("%s failed", what)
