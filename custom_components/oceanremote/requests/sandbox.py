"""Templates of devices: over a call's own variables and what the device may read.

Home Assistant's `limited` templates still reach areas, labels and config entries. This
environment has no Home Assistant behind it at all; what may be read is handed in.
Rendering runs in a thread of its own, within a time and a size.
"""

from ast import literal_eval
import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
import re
from typing import Any, Final, override

from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import TemplateError
from homeassistant.helpers.template import TemplateEnvironment
from homeassistant.util.thread import ThreadWithException
from jinja2 import Template
from jinja2.exceptions import SecurityError

from ..audit.containment import one_line
from ..common.const import LOGGER

TIMEOUT: Final = 1.0
MAX_OUTPUT: Final = 8192
# A number whose digits would fill the output, and what may stand behind a `**`.
MAX_NUMBER: Final = 10**64
MAX_EXPONENT: Final = 64

# A width or precision that would blow a text up, or one that comes from elsewhere.
_WIDE: Final = re.compile(r"%[^a-zA-Z%]*(\d{4}|\*)|\{[^}]*(\d{4}|\{)")
_NUMBER: Final = re.compile(r"[+-]?(?!0\d)\d+(\.\d+)?")
_PADDING: Final = frozenset({"center", "expandtabs", "ljust", "rjust", "zfill"})
_UNBOUNDED_FILTERS: Final = ("batch", "center", "indent", "slice", "wordwrap")


class _Environment(TemplateEnvironment):
    """Home Assistant's environment without Home Assistant, over some states."""

    intercepted_binops = frozenset({"%", "*", "**"})

    def __init__(self, states: Mapping[str, State]) -> None:
        super().__init__(None, limited=True, log_fn=_log)

        def state(entity_id: str) -> str:
            found = states.get(entity_id)
            return "unknown" if found is None else found.state

        def state_attr(entity_id: str, name: str) -> Any:
            found = states.get(entity_id)
            return None if found is None else found.attributes.get(name)

        def is_state(entity_id: str, value: str | list[str]) -> bool:
            return entity_id in states and state(entity_id) in (
                value if isinstance(value, list) else [value]
            )

        def is_state_attr(entity_id: str, name: str, value: Any) -> bool:
            return bool(state_attr(entity_id, name) == value)

        def has_value(entity_id: str) -> bool:
            return state(entity_id) not in ("unknown", "unavailable")

        reading: dict[str, Callable[..., Any]] = {
            "states": state,
            "state_attr": state_attr,
            "is_state": is_state,
            "is_state_attr": is_state_attr,
            "has_value": has_value,
        }
        self.globals |= reading
        self.filters |= {name: reading[name] for name in _READING_FILTERS}
        self.tests |= {name: reading[name] for name in _READING_TESTS}
        self.globals.pop("lipsum", None)
        for name in _UNBOUNDED_FILTERS:
            self.filters.pop(name, None)
        self.filters["format"] = _format

    @override
    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Refuse what makes something huge out of something small."""
        if operator == "%" and isinstance(left, str):
            _refuse_wide(left)
        elif operator == "*":
            _refuse_repeat(left, right)
            _refuse_repeat(right, left)
        elif operator == "**" and not (_small(left) and abs(right) <= MAX_EXPONENT):
            raise SecurityError("a number that is too large")
        return super().call_binop(context, operator, left, right)

    @override
    def call(self, context: Any, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Refuse methods of texts that pad them without end."""
        # The sandbox of Jinja wraps `format`.
        method = getattr(obj, "__wrapped__", obj)
        owner, name = getattr(method, "__self__", None), getattr(obj, "__name__", "")
        if isinstance(owner, str):
            if name in _PADDING and any(
                isinstance(arg, int) and abs(arg) > MAX_OUTPUT
                for arg in (*args, *kwargs.values())
            ):
                raise SecurityError("a text that is too long")
            if name in ("format", "format_map"):
                _refuse_wide(owner)
        return super().call(context, obj, *args, **kwargs)


_READING_FILTERS: Final = ("states", "state_attr", "has_value")
_READING_TESTS: Final = ("is_state", "is_state_attr", "has_value")


def _log(level: int, message: str) -> None:
    """Keep what a template does wrong for those who look: the board is told."""
    LOGGER.debug("A device's template: %s", one_line(message))


def _format(value: Any, *args: Any, **kwargs: Any) -> str:
    _refuse_wide(str(value))
    return str(value) % (kwargs or args)


def _refuse_wide(text: str) -> None:
    if _WIDE.search(text):
        raise SecurityError("a text that is too long")


def _refuse_repeat(what: Any, times: Any) -> None:
    if isinstance(what, str | list | tuple | bytes) and isinstance(times, int):
        if len(what) * times > MAX_OUTPUT:
            raise SecurityError("a text that is too long")
    elif not _small(what):
        raise SecurityError("a number that is too large")


def _small(value: Any) -> bool:
    return not isinstance(value, int) or abs(value) <= MAX_NUMBER


class Sandbox:
    """Renders templates of one call."""

    def __init__(self, hass: HomeAssistant, states: Mapping[str, State]) -> None:
        """Let templates see `states`, by entity id, and no others."""
        self._hass = hass
        self._states = dict(states)

    async def async_render(
        self, templates: Mapping[str, str], variables: Mapping[str, Any]
    ) -> dict[str, str]:
        """Return what each template makes; raises TemplateError.

        All of them together have TIMEOUT seconds and MAX_OUTPUT characters.
        """
        if not templates:
            return {}
        done = asyncio.Event()
        results: dict[str, str] = {}
        failures: list[Exception] = []

        def work() -> None:
            try:
                results.update(self._render(templates, variables))
            except TimeoutError:
                pass
            except Exception as err:  # noqa: BLE001 - a template may raise anything
                failures.append(err)
            finally:
                self._hass.loop.call_soon_threadsafe(done.set)

        thread = ThreadWithException(target=work, daemon=True)
        thread.start()
        try:
            async with asyncio.timeout(TIMEOUT):
                await done.wait()
        except TimeoutError:
            await _async_end(thread, done)
            raise TemplateError("it takes too long") from None
        finally:
            if done.is_set():
                thread.join()
            else:
                _interrupt(thread)
        if failures:
            raise TemplateError(failures[0]) from failures[0]
        return results

    def _render(
        self, templates: Mapping[str, str], variables: Mapping[str, Any]
    ) -> dict[str, str]:
        environment = _Environment(self._states)
        left = MAX_OUTPUT
        results: dict[str, str] = {}
        for name, text in templates.items():
            compiled: Template = environment.from_string(text)
            parts = []
            for part in compiled.generate(**variables):
                left -= len(part)
                if left < 0:
                    raise SecurityError("a text that is too long")
                parts.append(part)
            results[name] = "".join(parts).strip()
        return results


async def _async_end(thread: ThreadWithException, done: asyncio.Event) -> None:
    """Interrupt a template and give it time to end: several shall not pile up."""
    _interrupt(thread)
    with suppress(TimeoutError):
        async with asyncio.timeout(TIMEOUT):
            await done.wait()


def _interrupt(thread: ThreadWithException) -> None:
    """End a template that does not end; it has no thread of Home Assistant's."""
    try:
        thread.raise_exc(TimeoutError)
    except ValueError, SystemError:
        # It has ended at this moment.
        return


def parsed(text: str) -> Any:
    """Return what a rendered text means: a number, a list, a word, as HA does."""
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    try:
        value = literal_eval(text)
    except ValueError, TypeError, SyntaxError, MemoryError, RecursionError:
        return text
    return value if isinstance(value, bool | list | dict | tuple | set) else text
