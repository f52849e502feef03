"""One request, from its text to its outcome: an action, an event or a tag."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.components import tag
from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID, ATTR_NAME
from homeassistant.core import Context, HomeAssistant, State
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceNotFound,
    TemplateError,
    Unauthorized,
)
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.json import json_dumps
import voluptuous as vol

from ..common.const import DOMAIN, EVENT_REQUEST
from ..policy.permits import (
    Call,
    NotPermitted,
    Permits,
    check_action,
    check_event,
    check_reach,
    check_tag,
)
from ..protocol import AnswerStatus, Request, RequestKind
from .sandbox import Sandbox, parsed
from .targets import async_entity_of, async_reach, is_administrative

ATTR_ACTION: Final = "action"
_RESPONSE: Final = "response"


class RequestFailed(Exception):
    """A request that is allowed, or might be, and cannot be done."""

    def __init__(self, reason: str, status: AnswerStatus = AnswerStatus.FAILED) -> None:
        """Carry the reason for the board."""
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a board is answered."""

    status: AnswerStatus
    reason: str = ""
    response: str | None = None


_DONE: Final = Outcome(AnswerStatus.DONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """The device that asks: whom it is shown as, its list, and its account."""

    subentry_id: str
    entry_id: str
    name: str
    permits: Callable[[], Permits]
    context: Callable[[], Awaitable[Context]]

    def registry_id(self, hass: HomeAssistant) -> str | None:
        """Return the id of its page, as events and tags name it."""
        device = dr.async_get(hass).async_get_device_by_identifier(
            (DOMAIN, self.subentry_id), self.entry_id
        )
        return None if device is None else device.id


async def async_run(hass: HomeAssistant, request: Request, asker: Asker) -> Outcome:
    """Do what a device asks; raises NotPermitted or RequestFailed."""
    try:
        match request.kind:
            case RequestKind.ACTION:
                return await _Call(hass, request, asker).async_run()
            case RequestKind.EVENT:
                return await _async_fire(hass, request, asker)
            case _:
                return await _async_scan(hass, request, asker)
    except TemplateError as err:
        raise RequestFailed(f"template: {err}") from err
    except Unauthorized as err:
        raise NotPermitted(f"{request.name} is for administrators") from err
    except ServiceNotFound as err:
        raise RequestFailed("no such action", AnswerStatus.UNKNOWN) from err
    except (HomeAssistantError, vol.Invalid) as err:
        raise RequestFailed(str(err) or type(err).__name__) from err


class _Call:
    """A call of an action: judged, rendered, judged by what it reaches, run."""

    def __init__(self, hass: HomeAssistant, request: Request, asker: Asker) -> None:
        self._hass = hass
        self._request = request
        self._parts = request.parts
        self._asker = asker
        self._domain, _, self._service = request.name.lower().partition(".")
        texts = {text for _, text in self._parts.templates}
        if self._parts.response_template is not None:
            texts.add(self._parts.response_template)
        self._texts = frozenset(texts)

    async def async_run(self) -> Outcome:
        """Run it; what no list allows is not even rendered."""
        if not self._service:
            raise RequestFailed("no such action", AnswerStatus.UNKNOWN)
        plain: dict[str, Any] = dict(self._parts.data)
        self._judge(plain)
        if not self._exists:
            raise RequestFailed("no such action", AnswerStatus.UNKNOWN)
        rendered = await _async_rendered(self._hass, self._request, self._asker)
        context = await self._asker.context()
        # From here to the call nothing is awaited: what is judged is what runs.
        data, call = self._judge(plain | rendered)
        check_reach(call)
        self._announce(context, call)
        response = await self._hass.services.async_call(
            self._domain,
            self._service,
            data,
            blocking=True,
            context=context,
            return_response=self._parts.wants_response,
        )
        if not self._parts.wants_response:
            return _DONE
        return Outcome(AnswerStatus.DONE, "", await self._async_response(response))

    @property
    def _exists(self) -> bool:
        return self._hass.services.has_service(self._domain, self._service)

    def _judge(self, data: dict[str, Any]) -> tuple[dict[str, Any], Call]:
        """Return the data with its targets resolved; raises NotPermitted."""
        reach = async_reach(self._hass, self._domain, data)
        call = Call(
            domain=self._domain,
            service=self._service,
            entities=reach.entities,
            templates=self._texts,
            everything=reach.everything,
            administrative=is_administrative(self._hass, self._domain, self._service),
        )
        try:
            check_action(self._asker.permits(), call)
        except NotPermitted as refused:
            if not self._exists:
                # What is not there is offered to nobody.
                raise NotPermitted(str(refused)) from refused
            raise
        return reach.data, call

    async def _async_response(self, response: Any) -> str:
        template = self._parts.response_template
        if template is None:
            return json_dumps(response)
        sandbox = Sandbox(self._hass, _readable(self._hass, self._asker))
        variables = {**dict(self._parts.variables), _RESPONSE: response}
        return (await sandbox.async_render({_RESPONSE: template}, variables))[_RESPONSE]

    def _announce(self, context: Context, call: Call) -> None:
        """Let the logbook say which device was behind what happens in this context."""
        entities = sorted(async_entity_of(self._hass, key) for key in call.entities)
        self._hass.bus.async_fire(
            EVENT_REQUEST,
            {
                ATTR_DEVICE_ID: self._asker.registry_id(self._hass),
                ATTR_NAME: self._asker.name,
                ATTR_ACTION: call.name,
                ATTR_ENTITY_ID: entities,
            },
            context=context,
        )


async def _async_fire(hass: HomeAssistant, request: Request, asker: Asker) -> Outcome:
    texts = frozenset(text for _, text in request.parts.templates)
    check_event(asker.permits(), request.name, texts)
    rendered = await _async_rendered(hass, request, asker)
    context = await asker.context()
    check_event(asker.permits(), request.name, texts)
    device = {ATTR_DEVICE_ID: asker.registry_id(hass)}
    data = {**dict(request.parts.data), **rendered, **device}
    hass.bus.async_fire(request.name, data, context=context)
    return _DONE


async def _async_scan(hass: HomeAssistant, request: Request, asker: Asker) -> Outcome:
    check_tag(asker.permits(), request.name)
    context = await asker.context()
    check_tag(asker.permits(), request.name)
    await tag.async_scan_tag(hass, request.name, asker.registry_id(hass), context)
    return _DONE


async def _async_rendered(
    hass: HomeAssistant, request: Request, asker: Asker
) -> dict[str, Any]:
    parts = request.parts
    sandbox = Sandbox(hass, _readable(hass, asker))
    rendered = await sandbox.async_render(dict(parts.templates), dict(parts.variables))
    return {name: parsed(text) for name, text in rendered.items()}


def _readable(hass: HomeAssistant, asker: Asker) -> dict[str, State]:
    """Return the states that templates may see, as they are now."""
    entities = (async_entity_of(hass, key) for key in asker.permits().read)
    found = (hass.states.get(entity_id) for entity_id in entities)
    return {state.entity_id: state for state in found if state is not None}
