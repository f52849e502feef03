"""What one device asks: judged, done, answered, each request on its own.

RequestReceived ─▶ bounds ─▶ task: templates ─▶ judged ─▶ runs ─▶ answer
                      └────────▶ refused: answered, recorded, offered
"""

import asyncio
from collections.abc import Callable
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..audit.containment import one_line
from ..device.coordinator import AskEvent, DeviceCoordinator
from ..policy.audit.kinds import AuditKind
from ..policy.permits import NotPermitted, Permits
from ..policy.ratelimit import Bucket, RateLimitedError
from ..policy.settings import Rate
from ..protocol import Answer, AnswerStatus, ImportReceived, LocalProtocolError, Request
from ..transport.link import Link
from .account import DeviceAccount
from .imports import Imports
from .offers import Offers
from .run import Asker, Outcome, RequestFailed, async_run
from .targets import async_key_of

# Requests of one device: so many at once, then one every fifth of a second.
RATE: Final = Rate(5.0, 40)
# The board is answered in this time, whatever the action does afterwards.
TIMEOUT: Final = 30.0
# Actions of one device that run, those too late for an answer included.
MAX_RUNNING: Final = 8


class DeviceRequests:
    """Serves one device as long as it is known."""

    def __init__(
        self,
        hass: HomeAssistant,
        coordinator: DeviceCoordinator,
        account: DeviceAccount,
        offers: Offers,
        record: Callable[..., None],
    ) -> None:
        """Hear the device from now on; nothing is allowed before `permit`."""
        self._hass = hass
        self._coordinator = coordinator
        self._account = account
        self.offers = offers
        self._record = record
        self._permits = Permits()
        self._bucket = Bucket(RATE)
        self._link: Link | None = None
        self._running: set[asyncio.Task[Outcome]] = set()
        self._imports = Imports(hass, self._may_read, self._refuse_read)
        coordinator.on_ask = self._on_ask
        self._ends = [coordinator.subscribe_availability(self._on_availability)]

    @callback
    def on_stop(self, end: CALLBACK_TYPE) -> None:
        """Call `end` when the device is served no more."""
        self._ends.append(end)

    @callback
    def stop(self) -> None:
        """Serve no more, and end what runs."""
        self._coordinator.on_ask = lambda link, event: None
        for end in self._ends:
            end()
        self._ends.clear()
        self._imports.end()
        self.offers.end()
        for task in self._running:
            task.cancel()

    @callback
    def permit(self, permits: Permits) -> None:
        """Judge by another list from now on."""
        self._permits = permits
        self.offers.follow(permits)
        self._imports.look_again()

    def _may_read(self, entity_id: str) -> bool:
        if not self._coordinator.trusted:
            return False
        return async_key_of(self._hass, entity_id) in self._permits.read

    def _refuse_read(self, entity_id: str) -> None:
        if not self._coordinator.trusted:
            return
        missing = Permits(read=frozenset({async_key_of(self._hass, entity_id)}))
        there = self._hass.states.get(entity_id) is not None
        # What is not there is offered to nobody.
        refused = NotPermitted("the entity", missing if there else None)
        self._refuse(refused, f"read {entity_id}")

    @callback
    def _on_availability(self) -> None:
        if (link := self._coordinator.link) is None:
            self._link = None
            self._imports.end()
        else:
            self._adopt(link)
            self._imports.look_again()

    def _adopt(self, link: Link) -> None:
        if link is not self._link:
            self._link = link
            self._imports.begin(link)

    @callback
    def _on_ask(self, link: Link, event: AskEvent) -> None:
        self._adopt(link)
        if isinstance(event, ImportReceived):
            self._imports.want(event.wanted)
            return
        if (failed := self._obstacle(link)) is not None:
            self._answer(link, event.request, failed)
        else:
            self._begin(link, event.request)

    def _obstacle(self, link: Link) -> Outcome | None:
        """Return what keeps a request from being looked at, None if nothing does."""
        if not self._coordinator.available:
            return Outcome(AnswerStatus.NOT_ALLOWED, "not ready")
        if len(self._running) >= MAX_RUNNING:
            return Outcome(AnswerStatus.FAILED, "too many are running")
        try:
            self._bucket.take(link.now())
        except RateLimitedError:
            return Outcome(AnswerStatus.FAILED, "too often")
        return None

    def _begin(self, link: Link, request: Request) -> None:
        """Do a request in a task of its own, and answer once: when done, or late."""

        @callback
        def late() -> None:
            task.remove_done_callback(done)
            task.add_done_callback(self._running.discard)
            outcome = Outcome(AnswerStatus.FAILED, "no answer in 30 s")
            self._answer(link, request, outcome)

        def done(task: asyncio.Task[Outcome]) -> None:
            timer.cancel()
            self._running.discard(task)
            if not task.cancelled():
                self._answer(link, request, task.result())

        task = self._hass.async_create_background_task(
            self._async_do(request), "oceanremote request"
        )
        self._running.add(task)
        timer = self._hass.loop.call_later(TIMEOUT, late)
        task.add_done_callback(done)

    async def _async_do(self, request: Request) -> Outcome:
        """Return what became of a request; never raises."""
        what = f"{request.kind.name.lower()} {request.name}"
        try:
            return await async_run(
                self._hass,
                request,
                Asker(
                    subentry_id=self._coordinator.subentry_id,
                    entry_id=self._coordinator.entry_id,
                    name=self._coordinator.name,
                    permits=self._present_permits,
                    context=self._account.async_context,
                ),
            )
        except NotPermitted as refused:
            self._refuse(refused, what)
            return Outcome(AnswerStatus.NOT_ALLOWED, f"not allowed: {refused}")
        except RequestFailed as failed:
            return Outcome(failed.status, str(failed))
        except Exception as err:  # noqa: BLE001 - the boundary: an action raises anything
            self._coordinator.containment.failed(what, err)
            return Outcome(AnswerStatus.FAILED, "it failed")

    def _present_permits(self) -> Permits:
        """Return the list as it is now; raises NotPermitted without trust."""
        if not self._coordinator.available:
            raise NotPermitted("not ready")
        return self._permits

    def _refuse(self, refused: NotPermitted, what: str) -> None:
        self._record(
            AuditKind.REQUEST,
            "not allowed",
            enrolment_id=self._coordinator.enrolment_id,
            detail=one_line(what),
        )
        if refused.missing is not None:
            self.offers.offer(refused.missing)

    def _answer(self, link: Link, request: Request, outcome: Outcome) -> None:
        if link.closing:
            return
        response = outcome.response
        status, reason = outcome.status, outcome.reason
        if response is not None and not self._coordinator.trusted:
            # It ran; what it said is not for a device under suspicion.
            response, status, reason = None, AnswerStatus.NOT_ALLOWED, "not ready"
        answer = Answer(request.request_id, status, reason, response)
        try:
            link.connection.answer(answer, link.now())
        except LocalProtocolError:
            # The link has ended, or the answer would come too late.
            return
        link.flush()
