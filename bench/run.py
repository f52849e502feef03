"""Run every benchmark, or the one named, and print a table."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
import inspect
import json
from pathlib import Path
import sys

from . import command, handshake, reconnect, size, traffic, updates, wakeup
from .measure import Row, table

RESULTS = Path(__file__).parent / "results.json"
BENCHMARKS: dict[str, Callable[[], list[Row] | Awaitable[list[Row]]]] = {
    "handshake": handshake.run,
    "command": command.run,
    "reconnect": reconnect.run,
    "size": size.run,
    "traffic": traffic.run,
    "updates": updates.run,
    "wakeup": wakeup.run,
}


async def _run(names: list[str]) -> list[Row]:
    rows: list[Row] = []
    for name in names:
        print(f"{name} …", file=sys.stderr, flush=True)
        result = BENCHMARKS[name]()
        rows += await result if inspect.isawaitable(result) else result
    return rows


def main() -> None:
    """Read the command line, run, print, and keep the results of a whole run."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=sorted(BENCHMARKS))
    name = parser.parse_args().name
    rows = asyncio.run(_run([name] if name else list(BENCHMARKS)))
    print(table(rows))
    if name is None:
        text = json.dumps([row.as_json() for row in rows], indent=2)
        RESULTS.write_text(text + "\n")


if __name__ == "__main__":
    main()
