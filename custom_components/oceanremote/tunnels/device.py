"""The tunnels of one device: its open ports, and the streams on its present link."""

import asyncio
from functools import partial
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ..common.errors import (
    DeviceOfflineError,
    TunnelNotAllowedError,
    TunnelNotOfferedError,
    TunnelPortError,
)
from ..device.coordinator import DeviceCoordinator
from ..hub import Hub
from ..policy.audit.kinds import AuditKind
from ..policy.tunnels import TunnelRule, TunnelRules
from ..protocol import LocalProtocolError, TunnelService
from ..protocol.tunnels import TunnelNews
from ..transport.link import Link
from .listener import TunnelListener
from .stream import TunnelStream

# Streams of a device at a time; a third connection is refused.
MAX_STREAMS: Final = 2


class DeviceTunnels:
    """Opens and closes ports of one device; all end where it is not trusted."""

    def __init__(
        self, hass: HomeAssistant, hub: Hub, coordinator: DeviceCoordinator
    ) -> None:
        """Follow the device from now on."""
        self._hass = hass
        self._hub = hub
        self._coordinator = coordinator
        self._rules = TunnelRules()
        self._link: Link | None = None
        self._listeners: dict[TunnelService, TunnelListener] = {}
        self._streams: dict[int, TunnelStream] = {}
        self._keeping: asyncio.Task[None] | None = None
        self._end = coordinator.subscribe_availability(self._look)

    @property
    def listeners(self) -> tuple[TunnelListener, ...]:
        """The ports that are open."""
        return tuple(self._listeners.values())

    @callback
    def stop(self, why: str) -> None:
        """Follow no more, and end everything."""
        self._end()
        self._close_all(why)

    @callback
    def follow(self, rules: TunnelRules) -> None:
        """Go by other rules; ports that they do not allow so are closed."""
        if rules != self._rules:
            self._rules = rules
            for service, listener in tuple(self._listeners.items()):
                if self._rule(service) != listener.rule:
                    self.close(service, "its rule was changed")
        self._look()

    async def async_open(
        self,
        service: TunnelService,
        seconds: float,
        user_id: str | None,
        port: int | None = None,
    ) -> TunnelListener:
        """Open a port for a time, or for longer where it is open; return it.

        Which one says `port`, else the rule.

        Raises a translated error where that is not allowed, or not possible now.
        """
        coordinator = self._coordinator
        name = {"name": coordinator.name, "service": service.name.lower()}
        if (rule := self._rule(service)) is None or not coordinator.trusted:
            raise TunnelNotAllowedError(**name)
        if not coordinator.connected or coordinator.facts is None:
            raise DeviceOfflineError(name=coordinator.name)
        if service not in coordinator.facts.tunnels:
            raise TunnelNotOfferedError(**name)
        listener = self._listeners.get(service)
        if listener is None:
            listener = TunnelListener(
                self._hass,
                service,
                rule,
                self._async_serve,
                port=rule.port if port is None else port,
                user_id=user_id,
            )
            listener = await self._async_listen(listener)
        if not rule.keep:
            close = partial(self.close, service, "its time is over")
            listener.close_after(seconds, close)
        return listener

    @callback
    def close(
        self, service: TunnelService, why: str, user_id: str | None = None
    ) -> bool:
        """Close a port and end its streams; return whether it was open."""
        if (listener := self._listeners.pop(service, None)) is None:
            return False
        listener.close()
        self._record("port closed", f"{_named(listener)}, {why}", user_id=user_id)
        return True

    @callback
    def take(self, link: Link, news: TunnelNews) -> None:
        """Take what the device says of a stream."""
        if link is self._link and (stream := self._streams.get(news.stream)):
            stream.take(news)

    async def _async_listen(self, listener: TunnelListener) -> TunnelListener:
        service = listener.service
        try:
            await listener.async_open()
        except OSError as err:
            reason = err.strerror or str(err)
            raise TunnelPortError(port=str(listener.port), reason=reason) from err
        # While the port was being opened all of it may have changed.
        if (known := self._listeners.get(service)) is not None:
            listener.close()
            return known
        if self._rule(service) != listener.rule or not self._coordinator.trusted:
            listener.close()
            raise TunnelNotAllowedError(
                name=self._coordinator.name, service=service.name.lower()
            )
        self._listeners[service] = listener
        self._record("port open", _named(listener), user_id=listener.user_id)
        return listener

    async def _async_serve(
        self,
        listener: TunnelListener,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        address: str,
    ) -> None:
        link, named = self._link, _named(listener)
        if link is None or len(self._streams) >= MAX_STREAMS:
            why = "the device is away" if link is None else "two are open"
            self._record("refused", f"{named}, {why}", address=address)
            return
        try:
            stream = TunnelStream(link, listener.service, reader, writer)
        except LocalProtocolError as err:
            self._record("refused", f"{named}, {err}", address=address)
            return
        self._streams[stream.number] = stream
        listener.streams.add(stream)
        self._record("opened", named, address=address)
        why = "the port was closed"
        try:
            why = await stream.async_run()
        except Exception as err:  # noqa: BLE001 - one stream harms itself only
            why = "the hub failed"
            self._coordinator.containment.failed("a tunnel", err, address=address)
        finally:
            listener.streams.discard(stream)
            if self._streams.get(stream.number) is stream:
                del self._streams[stream.number]
            counted = f"{stream.sent} B there, {stream.received} B back"
            self._record("closed", f"{named}, {counted}: {why}", address=address)

    @callback
    def _look(self) -> None:
        """The link, or what the device may, has changed."""
        link = self._coordinator.link
        if link is not self._link:
            self._end_streams("the link has ended")
            self._link = link
        if not self._coordinator.trusted:
            self._close_all("the device is not trusted")
        elif link is not None:
            self._keep()

    def _keep(self) -> None:
        """Open the ports that are to be open always."""
        facts = self._coordinator.facts
        if facts is None or (self._keeping and not self._keeping.done()):
            return
        missing = [
            service
            for service in facts.tunnels
            if (rule := self._rule(service)) is not None
            and rule.keep
            and service not in self._listeners
        ]
        if missing:
            self._keeping = self._hass.async_create_background_task(
                self._async_keep(missing), "oceanremote tunnels"
            )

    async def _async_keep(self, missing: list[TunnelService]) -> None:
        for service in missing:
            await self._coordinator.containment.async_call(
                "a port that is kept open", self.async_open(service, 0, None)
            )

    def _rule(self, service: TunnelService) -> TunnelRule | None:
        return self._rules.services.get(service.name.lower())

    def _close_all(self, why: str) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
        for service in tuple(self._listeners):
            self.close(service, why)
        self._end_streams(why)

    def _end_streams(self, why: str) -> None:
        streams, self._streams = self._streams, {}
        for stream in streams.values():
            stream.end(why)

    def _record(
        self,
        outcome: str,
        detail: str,
        *,
        address: str | None = None,
        user_id: str | None = None,
    ) -> None:
        self._hub.record(
            AuditKind.TUNNEL,
            outcome,
            enrolment_id=self._coordinator.enrolment_id,
            address=address,
            user_id=user_id,
            detail=detail,
        )


def _named(listener: TunnelListener) -> str:
    return f"{listener.service.name.lower()} at {listener.rule.host}:{listener.port}"
