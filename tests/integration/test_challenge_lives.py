"""Random lives of a challenge device: the hub never shows as proved what is not so.

The device is real ESPHome firmware on the host; between it and the hub lies a network
that cuts, swallows and delays. The model is one line: a bolt is where the last command
that the firmware executed has put it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
import random
from types import MappingProxyType

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import ATTR_ASSUMED_STATE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.challenge import client, known_states
from custom_components.oceanremote.challenge.protocol import ChallengeProfile, Mode
from custom_components.oceanremote.challenge.settings import SECRET_NAME
from custom_components.oceanremote.common.const import SUBENTRY_CHALLENGE_DEVICE
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.vault import changes
from tests.challenge.esphome_host import (
    STRICT_SECRET,
    HostDevice,
    Program,
    compile_host,
    running_host,
)

from .challenge_support import OWNER, data_of

pytestmark = [
    pytest.mark.usefixtures("socket_enabled"),
    # It compiles firmware first.
    pytest.mark.timeout(300),
]

GATE = "lock.garage_gate"
STEPS = 40
PROFILE = ChallengeProfile(Mode.STRICT, device_id=b"garage")
# What the network does to the connections of a step, and how often.
FATES = ("good", "refuses", "cuts the way there", "cuts the way back", "swallows")
WEIGHTS = (10, 1, 3, 3, 3)
COMMANDS = [{"name": "Gate", "kind": "lock", "byte": "'C'", "second_byte": "'O'"}]
RESPONSES = [
    {"name": "Unlocked", "byte": "1", "meaning": "state_off"},
    {"name": "Locked", "byte": "2", "meaning": "state_on"},
]


_compiled: dict[str, Program] = {}


@pytest.fixture
def program(tmp_path_factory: pytest.TempPathFactory, socket_enabled: None) -> Program:
    """Return the firmware of the protocol's own tests, compiled once.

    Finding ports for it needs sockets, which a test has and a module has not.
    """
    if "sha256" not in _compiled:
        target = tmp_path_factory.mktemp("lives") / "program"
        _compiled["sha256"] = compile_host("sha256", target)
    return _compiled["sha256"]


def image_of(file: Path) -> bytes | None:
    """Return what lies on the disk."""
    return file.read_bytes() if file.exists() else None


def restore(file: Path, image: bytes | None) -> None:
    """Put back what lay on the disk."""
    if image is None:
        file.unlink(missing_ok=True)
    else:
        file.write_bytes(image)


@dataclass
class Network:
    """A relay to the device that does to a connection what `fate` says."""

    target: int
    draw: random.Random
    fate: str = "good"
    port: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Carry one connection."""
        if self.fate == "refuses":
            writer.close()
            return
        try:
            device_reader, device = await asyncio.open_connection(
                "127.0.0.1", self.target
            )
        except OSError:
            writer.close()
            return
        up = self.draw.randrange(49) if self.fate == "cuts the way there" else 1 << 20
        down = self.draw.randrange(49) if self.fate == "cuts the way back" else 1 << 20
        with suppress(OSError):
            async with asyncio.TaskGroup() as group:
                group.create_task(self._carry(reader, device, up))
                group.create_task(self._carry(device_reader, writer, down))
        for end in (writer, device):
            end.close()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: int
    ) -> None:
        while left > 0 and (data := await reader.read(min(left, 64))):
            left -= len(data)
            if self.fate == "swallows" and left < (1 << 20) - 40:
                continue
            await asyncio.sleep(self.draw.random() * 0.01)
            writer.write(data)
            await writer.drain()
        raise ConnectionResetError


@asynccontextmanager
async def connected(network: Network) -> AsyncIterator[Network]:
    """Let the network carry connections until the end of the block."""
    server = await asyncio.start_server(network.serve, "127.0.0.1", 0)
    network.port = server.sockets[0].getsockname()[1]
    try:
        yield network
    finally:
        server.close()


class Life:
    """One device with its hub, for as many steps as it lives."""

    def __init__(
        self, hass: HomeAssistant, hub: Hub, program: Program, flash: Path, seed: int
    ) -> None:
        """Begin with a bolt that nobody has moved."""
        self.hass, self.hub = hass, hub
        self.draw = random.Random(seed)
        self.network = Network(program.strict_port, self.draw)
        self.program, self.flash = program, flash
        self.executed: list[str] = []
        self.proofs = 0

    def add(self) -> None:
        """Add the device."""
        self.hass.config_entries.async_add_subentry(
            self.hub.entry,
            ConfigSubentry(
                data=MappingProxyType(self._data()),
                subentry_type=SUBENTRY_CHALLENGE_DEVICE,
                title="Garage",
                unique_id=None,
            ),
        )

    def _data(self) -> dict[str, object]:
        data = data_of(
            PROFILE, self.network.port, commands=COMMANDS, responses=RESPONSES
        )
        return data | {"response_time": self.draw.randrange(3)}

    async def live(self) -> None:
        """Live through several lives of the firmware."""
        steps = STEPS
        while steps > 0:
            async with running_host(self.program, self.flash) as device:
                for _ in range(min(steps, self.draw.randint(4, 15))):
                    await self._step(device)
                    await self._check(device)
                    steps -= 1
                self.executed += device.executed("strict")
                # What the last life of the firmware did, the next one does not forget.

    async def _step(self, device: HostDevice) -> None:
        match self.draw.randrange(12):
            case 0:
                await self._restart(kill=self.draw.random() < 0.5)
            case 1:
                self._reconfigure()
            case _:
                (self.network.fate,) = self.draw.choices(FATES, WEIGHTS)
                calls = [self._call() for _ in range(self.draw.randint(1, 3))]
                await asyncio.gather(*calls)

    async def _call(self) -> None:
        service = self.draw.choice(("lock", "unlock"))
        with suppress(HomeAssistantError):
            await self.hass.services.async_call(
                "lock", service, {"entity_id": GATE}, blocking=True
            )

    async def _restart(self, *, kill: bool) -> None:
        """Start the hub again; a kill leaves on the disk what was there before."""
        file = Path(self.hass.config.path(".storage", known_states.FILE_NAME))
        image = image_of(file)
        entry_id = self.hub.entry.entry_id
        assert await self.hass.config_entries.async_unload(entry_id)
        await self.hass.async_block_till_done()
        self.hass.data.pop(known_states._KNOWN_STATES)
        if kill:
            restore(file, image)
        assert await self.hass.config_entries.async_setup(entry_id)
        await self.hass.async_block_till_done()

    def _reconfigure(self) -> None:
        (subentry,) = (
            found
            for found in self.hub.entry.subentries.values()
            if found.subentry_type == SUBENTRY_CHALLENGE_DEVICE
        )
        self.hass.config_entries.async_update_subentry(
            self.hub.entry, subentry, data=self._data()
        )

    async def _check(self, device: HostDevice) -> None:
        await self.hass.async_block_till_done()
        state = self.hass.states.get(GATE)
        assert state is not None
        if state.attributes.get(ATTR_ASSUMED_STATE):
            return
        self.proofs += 1
        for _ in range(100):  # the firmware's log comes through a pipe
            if self._bolt(device) == state.state:
                break
            await asyncio.sleep(0.01)
        assert state.state == self._bolt(device), self.network.fate

    def _bolt(self, device: HostDevice) -> str | None:
        executed = [*self.executed, *device.executed("strict")]
        if not executed:
            return None
        return {"43": "locked", "4f": "unlocked"}[executed[-1]]


@pytest.mark.parametrize("seed", range(3))
async def test_no_proved_state_is_untrue(
    hass: HomeAssistant,
    hub: Hub,
    hub_entry: MockConfigEntry,
    program: Program,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    monkeypatch.setattr(client, "RETRY_DELAY", 0.01)
    monkeypatch.setattr(client, "MAX_RETRY_DELAY", 0.05)
    monkeypatch.setattr(client, "CHALLENGE_TIMEOUT", 0.5)
    monkeypatch.setattr(client, "RESPONSE_TIMEOUT", 0.3)
    monkeypatch.setattr(known_states, "WRITE_TIMEOUT", 5.0)
    await hub.vault.apply(
        changes.put_secret(OWNER, SECRET_NAME, STRICT_SECRET.encode())
    )
    life = Life(hass, hub, program, tmp_path, seed)
    async with connected(life.network):
        life.add()
        await hass.async_block_till_done()
        await life.live()
    assert life.proofs >= 5
    assert len(life.executed) >= 5
