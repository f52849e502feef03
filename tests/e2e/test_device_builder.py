"""ESPHome Device Builder, driven as its page does, and a program that listens nowhere.

The address is typed, as the page lets one under *Advanced options*. *On the network* does
not do. To Device Builder an address of its own machine is never a device's: it takes the
device for offline, compiles, and waits. And `esphome` looks for the address in `wifi:` or
its like, of which a host program has none.

For its log the program listens at last, for `esphome logs` reads the native API. It shares
its machine with the hub here, so the YAML has one port when it is compiled, and the hub's
when the log is read; with a board elsewhere both have the same number.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import cycle
import re

import pytest
import pytest_asyncio

from lab.device_builder import DeviceBuilder
from lab.firmware import Device
from lab.flows import Enrolment
from lab.house import House
from lab.network import HOST, free_port, listening_ports

pytestmark = pytest.mark.asyncio(loop_scope="session")

NAME = "Workshop fan"
SLUG = "workshop-fan"
SESSION = r"Session [0-9a-f]{8} proved"
SWITCH = "switch-0-example_switch"
PATIENCE = 60.0


@dataclass
class Workshop:
    """A device, and the Device Builder that its owner has."""

    house: House
    builder: DeviceBuilder
    enrolment: Enrolment
    device: Device
    configuration: str
    yaml: str
    entities: dict[str, str] = field(default_factory=dict)

    async def save(self, yaml: str) -> None:
        """Edit the YAML."""
        self.yaml = yaml
        await self.builder.save(self.configuration, yaml)

    async def wait_for_entity(self, unique: str) -> str:
        """Wait until Home Assistant has one of the device's entities; return its id."""
        async with asyncio.timeout(PATIENCE):
            while unique not in self.entities:
                await asyncio.sleep(0.2)
                self.entities = await self.house.entity_ids(self.enrolment.subentry_id)
        return self.entities[unique]

    async def switch(self, on: bool) -> None:
        """Switch the example switch."""
        entity_id = await self.wait_for_entity(SWITCH)
        action = "switch.turn_on" if on else "switch.turn_off"
        await self.house.client.call(action, entity_id=entity_id)

    async def switch_again_and_again(self) -> None:
        """Switch it until this is cancelled."""
        for on in cycle((True, False)):
            await self.switch(on)
            await asyncio.sleep(0.5)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def workshop(house: House) -> AsyncIterator[Workshop]:
    """A device with a session; Device Builder has compiled what *Add device* shows."""
    enrolment = await house.add_device(NAME)
    (mac,) = re.findall(r'mac_address: "(.*)"', enrolment.yaml)
    house.claim_board(mac.upper(), NAME)
    builder = DeviceBuilder(house.directory)
    await builder.start()
    try:
        configuration = await builder.create(NAME, enrolment.yaml)
        program = await builder.compile(configuration)
        # What a cable does for a board: the program's first copy.
        device = Device(SLUG, program, house.directory)
        device.own_program()
        house.devices.append(device)
        await device.start()
        await device.wait_for_log(SESSION)
        found = Workshop(
            house, builder, enrolment, device, configuration, enrolment.yaml
        )
        await found.wait_for_entity("own-firmware")
        yield found
        await device.stop()
    finally:
        await builder.stop()


def with_examples(yaml: str) -> str:
    """Take away the leading # and the space of the two entities to begin with."""
    text, heading, examples = yaml.partition("# Two entities to begin with")
    assert heading
    rest = examples.partition("\n")[2]
    return text + re.sub(r"(?m)^# ?", "", rest)


async def test_install_reaches_a_device_that_listens_nowhere(
    workshop: Workshop,
) -> None:
    device = workshop.device
    assert listening_ports(device.pid) == set()
    assert SWITCH not in workshop.entities
    await workshop.save(with_examples(workshop.yaml))
    log = device.mark()
    told = await workshop.builder.install(workshop.configuration, HOST)
    assert "OTA successful" in told
    await device.wait_for_log(SESSION, since=log)
    await workshop.switch(True)
    await device.wait_for_log(r"Command switch .*ON", since=log)
    assert listening_ports(device.pid) == set()


async def test_logs_follow_a_device_after_its_update(workshop: Workshop) -> None:
    """The update gives it `api:`, which its log is read by through a tunnel."""
    house, device = workshop.house, workshop.device
    if SWITCH not in workshop.entities:
        workshop.yaml = with_examples(workshop.yaml)
    own = free_port()
    api = f"\napi:\n  port: {own}\n  reboot_timeout: 0s\n"
    tunnels = "\noceanremote:\n  tunnels: [api]\n"
    await workshop.save(workshop.yaml.replace("\noceanremote:\n", tunnels) + api)
    log = device.mark()
    told = await workshop.builder.install(workshop.configuration, HOST)
    assert "OTA successful" in told
    await device.wait_for_log(SESSION, since=log)

    await house.allow_tunnels(workshop.enrolment, api=True)
    registry_id = await house.registry_id(workshop.enrolment.subentry_id)
    opened = await house.client.call(
        "oceanremote.open_tunnel",
        {"device_id": registry_id, "service": "api"},
        response=True,
    )
    await workshop.save(
        workshop.yaml.replace(f"port: {own}", f"port: {opened['port']}")
    )
    # Nobody says when the log begins to be followed.
    switching = asyncio.create_task(workshop.switch_again_and_again())
    try:
        async with asyncio.timeout(PATIENCE):
            line = await workshop.builder.line_of_logs(
                workshop.configuration, HOST, "Command switch"
            )
    finally:
        switching.cancel()
    assert "[oceanremote:" in line
