"""Real firmware whose hub takes another key: told, stored, proved, power cuts at each."""

import os

import pytest

from custom_components.oceanremote.protocol import (
    HubKeyPhase,
    HubKeyReported,
    KeyPair,
    SessionProved,
)
from custom_components.oceanremote.protocol.keys import hub_key_id
from lab.firmware import Device

from .bench_hub import BenchHub
from .test_host_addresses import device, hub, program  # noqa: F401

# The program of the addresses serves here, too.
pytestmark = pytest.mark.xdist_group("addresses")


@pytest.fixture
def second() -> KeyPair:
    """The key pair that is to come."""
    return KeyPair.generate(os.urandom)


async def tell(bench: BenchHub, phase: HubKeyPhase, key: KeyPair) -> None:
    """Tell a key to the device that is there."""
    await bench.act(lambda link, now: link.tell_hub_key(phase, key.public, now))


async def stored(bench: BenchHub, key: KeyPair, since: int = 0) -> None:
    """Wait until the device says that it holds the key."""
    key_id = hub_key_id(key.public)
    await bench.wait_for(HubKeyReported, since, lambda event: event.key_id == key_id)


async def proved(bench: BenchHub, key: KeyPair, since: int = 0) -> None:
    """Wait for a session under the key."""
    await bench.wait_for(
        SessionProved, since, lambda event: event.hub_public == key.public
    )


async def test_from_one_key_to_the_next_on_one_link(
    hub: BenchHub,  # noqa: F811
    device: Device,  # noqa: F811
    second: KeyPair,
) -> None:
    await device.start()
    await hub.wait_until_ready()
    await tell(hub, HubKeyPhase.TO_COME, second)
    await stored(hub, second)
    # A restart in between goes on with the first.
    await device.kill()
    mark = len(hub.events)
    await device.start()
    await proved(hub, hub.key, mark)
    await hub.wait_until_ready(mark)
    hub.keys = [second, hub.key]
    mark, links = len(hub.events), hub.links
    await tell(hub, HubKeyPhase.IN_FORCE, second)
    await stored(hub, second, mark)
    await hub.act(lambda link, now: link.rotate(now))
    await proved(hub, second, mark)
    # Once more, so that it has written down what its welcome has made of it.
    mark = len(hub.events)
    await hub.act(lambda link, now: link.rotate(now))
    await proved(hub, second, mark)
    assert hub.links == links
    # The old key is no more, and the program still names it.
    hub.keys = [second]
    await device.kill()
    mark = len(hub.events)
    await device.start()
    await proved(hub, second, mark)
    assert hub.links == links + 1


@pytest.mark.parametrize(
    "step", ["new_hub_key_received", "new_hub_key_saved", "new_hub_key_stored_sent"]
)
async def test_a_power_cut_while_it_is_stored_heals(
    hub: BenchHub,  # noqa: F811
    device: Device,  # noqa: F811
    second: KeyPair,
    step: str,
) -> None:
    device.environment["OCEANREMOTE_CRASH_AT"] = step
    await device.start()
    await hub.wait_until_ready()
    await tell(hub, HubKeyPhase.TO_COME, second)
    assert await device.wait() == 137
    del device.environment["OCEANREMOTE_CRASH_AT"]
    mark = len(hub.events)
    await device.start()
    await hub.wait_until_ready(mark)
    await tell(hub, HubKeyPhase.TO_COME, second)
    await stored(hub, second, mark)


@pytest.mark.parametrize("step", ["hub_key_proved", "hub_key_moved"])
async def test_a_power_cut_while_it_moves_heals(
    hub: BenchHub,  # noqa: F811
    device: Device,  # noqa: F811
    second: KeyPair,
    step: str,
) -> None:
    """Before it is written down the former key is tried, refused, and left."""
    device.environment["OCEANREMOTE_CRASH_AT"] = step
    await device.start()
    await hub.wait_until_ready()
    hub.keys = [second, hub.key]
    await tell(hub, HubKeyPhase.IN_FORCE, second)
    await stored(hub, second)
    await hub.act(lambda link, now: link.rotate(now))
    assert await device.wait() == 137
    del device.environment["OCEANREMOTE_CRASH_AT"]
    hub.keys = [second]
    mark = len(hub.events)
    await device.start()
    await proved(hub, second, mark)


async def test_who_missed_the_change_comes_by_the_key_that_it_was_told(
    hub: BenchHub,  # noqa: F811
    device: Device,  # noqa: F811
    second: KeyPair,
) -> None:
    await device.start()
    await hub.wait_until_ready()
    await tell(hub, HubKeyPhase.TO_COME, second)
    await stored(hub, second)
    await device.kill()
    hub.keys = [second]
    mark = len(hub.events)
    await device.start()
    await proved(hub, second, mark)
    await hub.wait_until_ready(mark)
