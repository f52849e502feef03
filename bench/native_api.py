"""Read one command's round trip over ESPHome's native API, as JSON on the last line.

Runs in ESPHome's environment, where `aioesphomeapi` lives: PORT ROUNDS are its
arguments. A round trip is a switch command until the state that it causes.
"""

import asyncio
import json
import sys
import time

from aioesphomeapi import APIClient, EntityState, SwitchInfo, SwitchState


async def measure(port: int, rounds: int) -> list[float]:
    """Return the microseconds of each round."""
    client = APIClient("127.0.0.1", port, None)
    await client.connect(login=True)
    entities, _ = await client.list_entities_services()
    (switch,) = [entity for entity in entities if isinstance(entity, SwitchInfo)]
    changed = asyncio.Event()

    def on_state(state: EntityState) -> None:
        if isinstance(state, SwitchState) and state.key == switch.key:
            changed.set()

    client.subscribe_states(on_state)
    await asyncio.sleep(1)
    times = []
    for number in range(rounds):
        changed.clear()
        began = time.perf_counter()
        client.switch_command(switch.key, number % 2 == 0)
        await asyncio.wait_for(changed.wait(), 10)
        times.append((time.perf_counter() - began) * 1e6)
    await client.disconnect()
    return times


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(int(sys.argv[1]), int(sys.argv[2])))))
