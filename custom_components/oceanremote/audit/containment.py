"""The boundary behind which a device, an entity or a listener fails alone.

Callbacks that others have registered, and work that a device's words decide about, are
called through here. A failure ends nothing but the call: it is recorded, and logged
with its traceback under the name of the device or hub it concerns.
"""

from collections.abc import Awaitable, Callable
import traceback
from typing import Final, Protocol

from homeassistant.core import callback

from ..common.const import LOGGER
from ..policy.ratelimit import Bucket, RateLimitedError
from ..policy.settings import Rate

# Tracebacks of one device: so many at once, then one in ten minutes. A device decides
# how often its entities fail; every failure is recorded all the same.
TRACEBACKS: Final = Rate(1 / 600, 8)
# Different failures that are remembered, so that each is logged with a traceback once.
MAX_KNOWN: Final = 64
MAX_DETAIL: Final = 200


class Note(Protocol):
    """Records a failure."""

    def __call__(self, what: str, detail: str, *, address: str | None) -> None:
        """Record what failed, and how."""


def one_line(text: str) -> str:
    """Return somebody else's text with everything escaped that is not printable."""
    if text.isprintable():
        return text
    return "".join(
        character
        if character.isprintable()
        else character.encode("unicode_escape").decode()
        for character in text
    )


def summary_of(err: BaseException) -> str:
    """Return an exception's type and text as one line of bounded length."""
    return one_line(f"{type(err).__name__}: {err}"[:MAX_DETAIL])


def traceback_of(err: BaseException) -> str:
    """Return a traceback whose every line is marked as part of one.

    The text of an exception may repeat what a device has said. Once marked, no line of
    it can pass for a line of the log.
    """
    lines = "".join(traceback.format_exception(err)).splitlines()
    return "\n".join(f"  | {one_line(line)}" for line in lines)


class Containment:
    """Calls what may fail, for one device or for the hub."""

    def __init__(
        self,
        name: Callable[[], str],
        now: Callable[[], float],
        note: Note | None = None,
    ) -> None:
        """Log under `name()`, record by `note`; `now` gives monotonic seconds."""
        self._name = name
        self._note = note
        self._now = now
        self._tracebacks = Bucket(TRACEBACKS)
        self._known: set[tuple[str, type[Exception]]] = set()

    @callback
    def call[**P](
        self,
        what: object,
        function: Callable[P, object],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> bool:
        """Call a function; return whether it went well. `str(what)` names it."""
        try:
            function(*args, **kwargs)
        except Exception as err:  # noqa: BLE001 - the boundary
            self.failed(str(what), err)
            return False
        return True

    async def async_call(self, what: object, work: Awaitable[object]) -> bool:
        """Await what may fail; return whether it went well."""
        try:
            await work
        except Exception as err:  # noqa: BLE001 - the boundary
            self.failed(str(what), err)
            return False
        return True

    @callback
    def failed(self, what: str, err: Exception, *, address: str | None = None) -> None:
        """Log and record a failure that was caught elsewhere."""
        if self._is_due(what, err):
            LOGGER.error(
                "%s: %s failed: %s\n%s",
                one_line(self._name()),
                one_line(what),
                summary_of(err),
                traceback_of(err),
            )
        if self._note is not None:
            self._note(what, summary_of(err), address=address)

    def _is_due(self, what: str, err: Exception) -> bool:
        """Whether to log a failure: if it is a new one, and there are not too many."""
        if (kind := (what, type(err))) in self._known:
            return False
        try:
            self._tracebacks.take(self._now())
        except RateLimitedError:
            return False
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known.add(kind)
        return True
