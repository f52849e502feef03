"""As many entities as a hub takes, on as many sub-devices; equal names on each.

A real program of 1,024 entities: all of them are described, told, and reached.
"""

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandStatus,
    DescriptionReceived,
    Domain,
    EntityAddress,
    StatesCompleted,
)
from custom_components.oceanremote.protocol.entities import SubDevice
from custom_components.oceanremote.protocol.limits import MAX_ENTITIES, MAX_SUB_DEVICES
from tests.support.commands import switch_command

from .bench_hub import BenchHub
from .conftest import Starter
from .small_device import fnv1a_32, small_yaml_for

ON_EACH = MAX_ENTITIES // MAX_SUB_DEVICES
PARTS = "".join(
    f"    - {{id: part{number}, name: Part {number}"
    + (", area_id: garden}\n" if number % 2 else "}\n")
    for number in range(MAX_SUB_DEVICES)
)
NODE = f"  friendly_name: Anything\n  areas:\n    - {{id: garden, name: Garten}}\n  devices:\n{PARTS}"
# One of each part's has no name, and that of the part.
ENTITIES = "switch:\n" + "".join(
    f"  - {{platform: template, name: {f'Relay {number}' if number else 'None'}, "
    f"device_id: part{part}, restore_mode: ALWAYS_OFF, optimistic: true}}\n"
    for part in range(MAX_SUB_DEVICES)
    for number in range(ON_EACH)
)


async def test_every_one_of_1024_entities_is_reached(
    new_hub: BenchHub, start_device: Starter
) -> None:
    await start_device("sub-devices", small_yaml_for(new_hub, ENTITIES, node=NODE))
    description = (await new_hub.wait_for(DescriptionReceived)).description
    ids = [fnv1a_32(f"part{number}".encode()) for number in range(MAX_SUB_DEVICES)]
    assert description.sub_devices == tuple(
        SubDevice(ids[number], f"Part {number}", "Garten" if number % 2 else "")
        for number in range(MAX_SUB_DEVICES)
    )
    assert description.skipped == ()
    addresses = {entity.address for entity in description.entities}
    assert len(addresses) == MAX_ENTITIES
    names = sorted(
        entity.name for entity in description.entities if entity.address.sub == ids[7]
    )
    assert names == sorted(["", *(f"Relay {n}" for n in range(1, ON_EACH))])
    await new_hub.wait_for(StatesCompleted)
    await new_hub.wait_for_states(addresses)

    (relay,) = (
        entity.address
        for entity in description.entities
        if entity.address.sub == ids[-1] and entity.name == "Relay 3"
    )
    done = await new_hub.command(relay, switch_command(on=True))
    assert isinstance(done, CommandCompleted)
    assert done.status is CommandStatus.DONE
    await new_hub.wait(lambda: new_hub.states[relay] is True)
    assert [address for address, on in new_hub.states.items() if on] == [relay]

    nobody = EntityAddress(Domain.SWITCH, 12345, relay.key)
    refused = await new_hub.command(nobody, switch_command(on=True))
    assert isinstance(refused, CommandCompleted)
    assert (refused.status, refused.reason) == (
        CommandStatus.REFUSED,
        "unknown entity",
    )
