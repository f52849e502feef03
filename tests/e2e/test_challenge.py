"""Challenge devices commanded from real Home Assistant, in both modes.

Real ESPHome firmware on the host, and the Arduino library on an ATmega328P in simavr.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from custom_components.oceanremote.challenge.protocol import Mode
from lab import flows
from lab.client import ApiError
from lab.house import House
from tests.challenge.avr_chip import build_harness, build_program, running_chip
from tests.challenge.esphome_host import (
    CLASSIC_SECRET,
    STRICT_SECRET,
    Program,
    compile_host,
    running_host,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

RELAY = {"name": "Relay", "kind": "switch", "byte": "'O'", "second_byte": "'C'"}
PULSE = {"name": "Pulse", "kind": "button", "byte": "0x4F"}
NOW_ON = {"name": "Opened", "byte": "1", "meaning": "state_on"}
NOW_OFF = {"name": "Closed", "byte": "2", "meaning": "state_off"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def program(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    """Return a host program with a strict and a classic challenge device."""
    yield compile_host("sha256", tmp_path_factory.mktemp("challenge") / "program")


async def add_challenge_device(house: House, name: str, **given: Any) -> str:
    """Walk through the dialog with the connection test; return the subentry's id."""
    before = await flows.subentries(house.client, house.entry_id)
    steps = await flows.run_flow(
        house.client,
        flows.SUBENTRY_FLOW,
        {"handler": [house.entry_id, "challenge_device"]},
        {"name": name, "host": "127.0.0.1", "test_connection": True, **given},
    )
    assert steps[-1]["type"] == "create_entry", steps[-1]
    after = await flows.subentries(house.client, house.entry_id)
    known = {item["subentry_id"] for item in before}
    (subentry_id,) = {item["subentry_id"] for item in after} - known
    return str(subentry_id)


async def send(house: House, subentry_id: str, command: str) -> dict[str, Any]:
    """Call the action; return its response."""
    response = await house.client.call(
        "oceanremote.send_challenge_command",
        {"device_id": await house.registry_id(subentry_id), "command": command},
        response=True,
    )
    return dict(response)


async def test_strict_firmware_is_commanded_from_home_assistant(
    house: House, program: Program, tmp_path: Path
) -> None:
    async with running_host(program, tmp_path) as device:
        subentry_id = await add_challenge_device(
            house,
            "Strict board",
            port=program.strict_port,
            protocol_id="garage",
            secret=STRICT_SECRET,
            commands=[RELAY],
            responses=[NOW_ON, NOW_OFF],
        )
        assert device.executed("strict") == []
        relay = "switch.strict_board_relay"
        await house.client.wait_for_state(relay, "unknown")
        await house.client.call("switch.turn_on", entity_id=relay)
        await house.client.wait_for_state(relay, "on")
        assert "assumed_state" not in await house.client.attributes(relay)
        await house.client.call("switch.turn_off", entity_id=relay)
        await house.client.wait_for_state(relay, "off")
        answer = await send(house, subentry_id, "0x4F")
        assert (answer["outcome"], answer["response"]) == ("confirmed", "Opened")
        assert device.executed("strict") == ["4f", "43", "4f"]

    with pytest.raises(ApiError, match="could not be reached"):
        await house.client.call("switch.turn_off", entity_id=relay)
    await flows.remove_device(house.client, house.entry_id, subentry_id)


async def test_classic_firmware_is_commanded_from_home_assistant(
    house: House, program: Program, tmp_path: Path
) -> None:
    async with running_host(program, tmp_path) as device:
        subentry_id = await add_challenge_device(
            house,
            "Classic board",
            port=program.classic_port,
            mode="classic",
            secret=CLASSIC_SECRET,
            wake_length=1,
            challenge_length=8,
            commands=[PULSE],
            responses=[],
        )
        pulse = "button.classic_board_pulse"
        await house.client.wait_for_state(pulse, "unknown")
        await house.client.call("button.press", entity_id=pulse)
        await device.logged("executed classic", 1)
        assert await send(house, subentry_id, "0x4F") == {"outcome": "sent"}
        await device.logged("executed classic", 2)
        assert device.executed("classic") == ["4f", "4f"]
    await flows.remove_device(house.client, house.entry_id, subentry_id)


@pytest.mark.parametrize(
    ("mode", "algorithm"),
    [(Mode.STRICT, "sha256"), (Mode.CLASSIC, "sha256"), (Mode.CLASSIC, "sha1")],
)
async def test_the_chip_is_commanded_from_home_assistant(
    house: House, tmp_path: Path, mode: Mode, algorithm: str
) -> None:
    """An ATmega328P in simavr, its UART joined to TCP."""
    classic = mode is Mode.CLASSIC
    wake, challenge = (1, 8) if classic else (16, 16)
    secret = f"the chip's secret, {mode} {algorithm}"
    chip_program = build_program(
        "receiver_main",
        {
            "HASH": {"sha256": "Sha256", "sha1": "Sha1"}[algorithm],
            "MODE": mode.name,
            "DEVICE_ID": '""' if classic else '"attic"',
            "SECRET": f'"{secret}"',
            "WAKE": str(wake),
            "CHALLENGE": str(challenge),
        },
    )
    name = f"Chip {mode} {algorithm}"
    harness = build_harness()
    async with running_chip(harness, chip_program, tmp_path / "eeprom") as chip:
        subentry_id = await add_challenge_device(
            house,
            name,
            port=chip.port,
            mode=mode.value,
            hash=algorithm,
            protocol_id="attic",
            secret=secret,
            wake_length=wake,
            challenge_length=challenge,
            commands=[RELAY],
            responses=[NOW_ON, NOW_OFF],
        )
        relay = f"switch.{name.lower().replace(' ', '_')}_relay"
        await house.client.wait_for_state(relay, "unknown")
        await house.client.call("switch.turn_on", entity_id=relay)
        await house.client.wait_for_state(relay, "on")
        answer = await send(house, subentry_id, "'C'")
        assert (answer["outcome"], answer["response"]) == ("confirmed", "Closed")
        await house.client.wait_for_state(relay, "off")
        assert bytes(chip.executed) == b"OC"
    await flows.remove_device(house.client, house.entry_id, subentry_id)


async def test_a_wrong_secret_commands_nothing_and_says_unknown(
    house: House, program: Program, tmp_path: Path
) -> None:
    async with running_host(program, tmp_path) as device:
        subentry_id = await add_challenge_device(
            house,
            "Wrong board",
            port=program.strict_port,
            protocol_id="garage",
            secret="not the secret of this board",
            commands=[RELAY],
            responses=[NOW_ON, NOW_OFF],
        )
        with pytest.raises(ApiError, match="nobody knows|unknown"):
            await send(house, subentry_id, "0x4F")
        await device.logged("Refused: unknown answer")
        assert device.executed("strict") == []
    await flows.remove_device(house.client, house.entry_id, subentry_id)
