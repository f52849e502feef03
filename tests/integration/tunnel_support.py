"""A board whose services are a few lines of Python, for tests of tunnels."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from enum import Enum, auto

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.const import CONF_TUNNELS
from custom_components.oceanremote.policy.tunnels import TunnelRule, TunnelRules
from custom_components.oceanremote.protocol import (
    TunnelEnd,
    TunnelService,
    TunnelStatus,
)
from custom_components.oceanremote.protocol.tunnels import (
    TunnelCreditDown,
    TunnelCreditUp,
    TunnelDataDown,
    TunnelDataUp,
    TunnelEndDown,
    TunnelEndUp,
    TunnelNews,
    TunnelOpen,
    TunnelOpened,
)
from tests.support.device import TunnelOrdered

from .runtime_support import Device

BOARD_WINDOW = 2048


class Manner(Enum):
    """What a service does with a connection."""

    ECHO = auto()
    FLOOD = auto()
    DEAF = auto()
    REFUSE = auto()
    SILENT = auto()  # it does not even answer


class TunnelBoard:
    """Does for a driver what the firmware's tunnels do."""

    def __init__(self, device: Device) -> None:
        """Let both services of a device that has not dialled be reached."""
        self.device = device
        self.manner = Manner.ECHO
        self.streams: dict[int, int] = {}  # what the hub still takes, by stream
        self.opened: list[TunnelOpen] = []
        self.ended: list[tuple[int, TunnelEnd]] = []
        self.received = b""
        self.flooded = 0
        self._seen = 0
        driver = device.driver
        driver.facts = replace(driver.facts, tunnels=frozenset(TunnelService))

    async def say(self, *news: TunnelNews) -> None:
        """Say something of a stream."""
        driver = self.device.driver
        for one in news:
            driver.connection.send_tunnel(one, driver._clock())
        await self.device.send(driver.connection.frames_to_send())

    @asynccontextmanager
    async def serving(self) -> AsyncGenerator[None]:
        """Serve what the hub opens."""
        task = asyncio.create_task(self._async_serve())
        try:
            yield
        finally:
            task.cancel()

    async def _async_serve(self) -> None:
        while True:
            events = self.device.driver.events
            while self._seen < len(events):
                event = events[self._seen]
                self._seen += 1
                if isinstance(event, TunnelOrdered):
                    await self._async_obey(event.order)
            await asyncio.sleep(0.002)

    async def _async_obey(self, order: object) -> None:
        match order:
            case TunnelOpen(stream=stream):
                self.opened.append(order)
                await self._async_open(order)
            case TunnelCreditDown(stream=stream, size=size):
                self.streams[stream] += size
                await self._async_flood(stream)
            case TunnelDataDown(stream=stream, data=data):
                self.received += data
                if self.manner is Manner.ECHO:
                    self.streams[stream] -= len(data)
                    await self.say(
                        TunnelDataUp(stream, data), TunnelCreditUp(stream, len(data))
                    )
            case TunnelEndDown(stream=stream, how=how):
                self.ended.append((stream, how))
                if how is TunnelEnd.FINISHED and self.manner is Manner.ECHO:
                    await self.say(TunnelEndUp(stream, TunnelEnd.FINISHED))

    async def _async_open(self, order: TunnelOpen) -> None:
        if self.manner is Manner.SILENT:
            return
        if self.manner is Manner.REFUSE:
            await self.say(TunnelOpened(order.stream, TunnelStatus.NOT_LISTENING))
            return
        self.streams[order.stream] = order.window
        answer = TunnelOpened(order.stream, TunnelStatus.OPENED, BOARD_WINDOW)
        await self.say(answer)
        await self._async_flood(order.stream)

    async def _async_flood(self, stream: int) -> None:
        while self.manner is Manner.FLOOD and self.streams[stream]:
            size = min(1024, self.streams[stream])
            self.streams[stream] -= size
            self.flooded += size
            await self.say(TunnelDataUp(stream, bytes(size)))


async def allow(
    hass: HomeAssistant, entry: MockConfigEntry, **rules: TunnelRule
) -> None:
    """Let an administrator open tunnels of the one device by these rules."""
    (subentry,) = entry.subentries.values()
    data = {**subentry.data, CONF_TUNNELS: TunnelRules(rules).as_data()}
    hass.config_entries.async_update_subentry(entry, subentry, data=data)
    await hass.async_block_till_done()
