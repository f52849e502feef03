"""The strangers: a child process that is bounded in count and in time.

    python -m lab.attack.storm URL HUB_KEY SECONDS

Prints one JSON object: how often each attack was made.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
import contextlib
import json
import os
import random
import sys
import time
from urllib.parse import urlsplit

import aiohttp

from custom_components.oceanremote.common.const import CONNECT_PATH
from custom_components.oceanremote.protocol import RegistrationToken
from custom_components.oceanremote.protocol.keys import parse_hub_key
from tests.support.device_driver import DeviceDriver

ADDRESSES = 5000
WORKERS = 160
MAX_ATTACKS = 40_000
PER_SECOND = 300
LINGER_SECONDS = 15.0
HALF_OPEN = 100
SLOW_LORIS = 100
ATTACKS = (
    "bad frame",
    "replayed INIT",
    "guessed registration",
    "unknown key",
    "silent link",
    "honeypot",
    "half-open socket",
    "slow loris",
)
PATHS = ("/wp-admin/", "/.env", "/wp-login.php", "/phpmyadmin/", "/xmlrpc.php")


type Attack = Callable[[dict[str, str]], Awaitable[None]]


class Storm:
    """All strangers of the run; an attack counts when it has reached the hub."""

    def __init__(self, url: str, hub_key: str, seconds: float) -> None:
        """Attack the hub at `url` for so many seconds."""
        self.counts: Counter[str] = Counter()
        self._url = url
        self._hub_public = parse_hub_key(hub_key)
        self._end = time.monotonic() + seconds
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=LINGER_SECONDS),
        )
        self._recorded: list[bytes] = []

    async def run(self) -> None:
        """Storm until the time or the count is over."""
        async with self._session:
            tasks = [asyncio.create_task(self._work()) for _ in range(WORKERS)]
            tasks += [asyncio.create_task(self._half_open()) for _ in range(HALF_OPEN)]
            tasks += [asyncio.create_task(self._loris()) for _ in range(SLOW_LORIS)]
            await asyncio.gather(*tasks)

    @property
    def _over(self) -> bool:
        return time.monotonic() >= self._end or sum(self.counts.values()) >= MAX_ATTACKS

    async def _work(self) -> None:
        attacks: list[tuple[str, Attack]] = [
            ("bad frame", self._bad_frame),
            ("replayed INIT", self._replay),
            ("guessed registration", self._guess_registration),
            ("unknown key", self._unknown_key),
            ("silent link", self._silent),
            ("honeypot", self._scan),
        ]
        while not self._over:
            name, attack = random.choices(attacks, weights=(5, 5, 5, 5, 1, 4))[0]
            began = time.monotonic()
            # In two steps: what is added to must be read after the waiting.
            if await _has_reached(attack):
                self.counts[name] += 1
            spent = time.monotonic() - began
            await asyncio.sleep(max(0.0, WORKERS / PER_SECOND - spent))

    async def _say(self, headers: dict[str, str], frame: bytes) -> None:
        async with self._session.ws_connect(
            f"{self._url}{CONNECT_PATH}", headers=headers
        ) as socket:
            await socket.receive()
            await socket.send_bytes(frame)
            while (await socket.receive()).type is aiohttp.WSMsgType.BINARY:
                pass

    async def _bad_frame(self, headers: dict[str, str]) -> None:
        await self._say(headers, os.urandom(random.randrange(1, 600)))

    async def _replay(self, headers: dict[str, str]) -> None:
        if self._recorded:
            await self._say(headers, random.choice(self._recorded))
        else:
            await self._unknown_key(headers)

    async def _guess_registration(self, headers: dict[str, str]) -> None:
        await self._handshake(headers, permanent=False)

    async def _unknown_key(self, headers: dict[str, str]) -> None:
        await self._handshake(headers, permanent=True)

    async def _handshake(self, headers: dict[str, str], *, permanent: bool) -> None:
        """Send an INIT whose mac1 is right, from somebody nobody knows."""
        driver = DeviceDriver(
            self._hub_public,
            RegistrationToken.generate(os.urandom),
            b"\x02" + os.urandom(5),
        )
        if permanent:
            driver.flash.identity = driver.flash.identity.with_token(1, os.urandom(32))
            driver.connect()
        async with self._session.ws_connect(
            f"{self._url}{CONNECT_PATH}", headers=headers
        ) as socket:
            async for message in socket:
                for frame in driver.receive(message.data):
                    if len(self._recorded) < 64:
                        self._recorded.append(frame)
                    await socket.send_bytes(frame)

    async def _silent(self, headers: dict[str, str]) -> None:
        async with self._session.ws_connect(
            f"{self._url}{CONNECT_PATH}", headers=headers
        ) as socket:
            while (await socket.receive()).type is aiohttp.WSMsgType.BINARY:
                pass

    async def _scan(self, headers: dict[str, str]) -> None:
        path = random.choice(PATHS)
        async with self._session.get(f"{self._url}{path}", headers=headers) as answer:
            await answer.read()

    async def _half_open(self) -> None:
        """Hold TCP connections on which nothing is ever said."""
        await self._hold("half-open socket", b"")

    async def _loris(self) -> None:
        """Hold requests whose headers never end."""
        await self._hold("slow loris", b"X")

    async def _hold(self, name: str, drop: bytes) -> None:
        target = urlsplit(self._url)
        while not self._over:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(target.hostname, target.port)
                self.counts[name] += 1
                if drop:
                    writer.write(f"GET {CONNECT_PATH} HTTP/1.1\r\nHost: a\r\n".encode())
                for _ in range(20):
                    if self._over or writer.is_closing():
                        break
                    writer.write(drop)
                    await asyncio.sleep(1.0)
                writer.transport.abort()
            await asyncio.sleep(0.1)


async def _has_reached(attack: Attack) -> bool:
    """Make an attack; whether the hub took notice, by whatever answer."""
    try:
        await attack({"X-Forwarded-For": _address()})
    except aiohttp.ClientConnectorError:
        return False
    except aiohttp.ClientError, OSError, TimeoutError:
        return True
    return True


def _address() -> str:
    """Return one of ADDRESSES (RFC 2544's range, which nobody routes)."""
    number = random.randrange(ADDRESSES)
    return f"198.18.{number // 250}.{number % 250 + 1}"


async def main(url: str, hub_key: str, seconds: str) -> None:
    """Storm and print what was done."""
    storm = Storm(url, hub_key, float(seconds))
    await storm.run()
    print(json.dumps(storm.counts), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
