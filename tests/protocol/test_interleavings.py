"""Ten thousand random lives of a hub and a device.

No message is lost, doubled or accepted under a dead session, and every registration
converges, whatever the order of frames, rotations, reconnects and crashes.
"""

from collections import Counter

import pytest

from tests.support.chaos import Chaos

LIVES = 10_000
GROUPS = 20
STEPS = 60


@pytest.mark.parametrize("group", range(GROUPS))
def test_random_interleavings(group: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(group, LIVES, GROUPS):
        world = Chaos(seed)
        try:
            world.live(STEPS)
            world.settle()
        except BaseException:
            print(f"seed {seed}")  # noqa: T201 - what to run again
            raise
        seen["links"] += world.links
        seen["crashes"] += world.crashes
        seen["rotations"] += world.rotations
        seen.update(type(event).__name__ for event in world.hub_events)
    # The lives must be eventful, or they prove nothing.
    lives = LIVES // GROUPS
    assert seen["crashes"] > lives / 4
    assert seen["links"] > 2 * lives
    assert seen["rotations"] > lives / 4
    assert seen["CommandCompleted"] > lives
    assert seen["CommandDeadline"] > lives / 20
    assert seen["StatesReceived"] > lives
