"""Follows a device's log in a terminal."""

import argparse
import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
import os
import sys
from typing import Any

import aiohttp

from .client import ApiError, Client

TOKEN = "HOME_ASSISTANT_TOKEN"
LEVELS = ("error", "warning", "info", "config", "debug", "verbose", "very_verbose")
COLOURS = {"error": 31, "warning": 33, "info": 32, "config": 35, "debug": 36}


class LogsError(Exception):
    """What keeps the log from being followed; its text is for the person."""


def one_line(event: dict[str, str], *, colour: bool, timed: bool = True) -> str:
    """Return a line as ESPHome shows it, with the time at which it arrived."""
    when = datetime.fromisoformat(event["time"]).astimezone().strftime("[%H:%M:%S]")
    text = f"[{event['level'][0].upper()}][{event['tag']}] {event['text']}"
    text = when + text if timed else text
    if not colour or event["level"] not in COLOURS:
        return text
    return f"\033[0;{COLOURS[event['level']]}m{text}\033[0m"


def crash_lines(crash: dict[str, Any] | None, *, colour: bool) -> Iterator[str]:
    """Yield how a device last crashed and what it logged before; nothing if it has not."""
    if crash is None:
        return
    when = datetime.fromisoformat(crash["time"]).astimezone()
    reason = crash["reset_reason"] or "unknown"
    yield f"It has crashed ({reason}), told at {when:%Y-%m-%d %H:%M:%S}, after:"
    for line in crash["lines"]:
        yield one_line(line, colour=colour, timed=False)
    yield "From now on:"


async def find_device(client: Client, name: str) -> str:
    """Return the id of the device called `name`; raises LogsError."""
    ours = {
        device["name_by_user"] or device["name"]: device["id"]
        for device in await client.command("config/device_registry/list")
        if any(domain == "oceanremote" for domain, *_ in device["identifiers"])
    }
    if name not in ours:
        known = ", ".join(sorted(ours)) or "none"
        raise LogsError(f"there is no device called {name!r}; there are: {known}")
    return str(ours[name])


async def run(arguments: argparse.Namespace, say: Callable[[str], None]) -> None:
    """Say the last crash, then every line until the connection ends; raises LogsError."""
    colour = sys.stdout.isatty()

    def say_crash(result: dict[str, Any]) -> None:
        for line in crash_lines(result["last_crash"], colour=colour):
            say(line)

    token = os.environ.get(TOKEN, "")
    if not token:
        raise LogsError(f"set {TOKEN} to an administrator's long-lived access token")
    try:
        async with Client(arguments.url.rstrip("/"), token, verify=True) as client:
            async for event in client.follow(
                "oceanremote/logs/follow",
                device_id=await find_device(client, arguments.name),
                level=arguments.level,
                answered=say_crash,
            ):
                say(one_line(event, colour=colour))
    except ApiError as err:
        raise LogsError(f"Home Assistant refuses: {err}") from err
    except aiohttp.ClientError as err:
        raise LogsError(f"Home Assistant cannot be reached: {err}") from err


def main() -> int:
    """Follow until Ctrl-C; return 1 where that cannot be."""
    parser = argparse.ArgumentParser(prog="script/logs")
    parser.add_argument("name", help="what Home Assistant calls the device")
    parser.add_argument("--url", default="http://homeassistant.local:8123")
    parser.add_argument("--level", default="debug", choices=LEVELS)
    arguments = parser.parse_args()
    try:
        asyncio.run(run(arguments, lambda line: print(line, flush=True)))
    except LogsError as err:
        print(err, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
