"""A hub with a challenge device whose other end the test plays."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.challenge.device import ChallengeDevice
from custom_components.oceanremote.challenge.protocol import ChallengeProfile, Mode
from custom_components.oceanremote.challenge.settings import SECRET_NAME
from custom_components.oceanremote.common.const import (
    CONF_ENROLMENT_ID,
    DOMAIN,
    SUBENTRY_CHALLENGE_DEVICE,
)
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.vault import changes

SECRET = b"a secret of many bytes"
OWNER = "challenge-device-under-test"
STRICT = ChallengeProfile(Mode.STRICT, device_id=b"garage")
CLASSIC = ChallengeProfile(Mode.CLASSIC, wake_length=1, challenge_length=8)

LIGHT = {"name": "Light", "kind": "switch", "byte": "'O'", "second_byte": "'C'"}
BELL = {"name": "Bell", "kind": "button", "byte": "0x42"}
DOOR = {
    "name": "Door",
    "kind": "cover",
    "byte": "1",
    "second_byte": "2",
    "third_byte": "3",
}
GATE = {"name": "Gate", "kind": "lock", "byte": "4", "second_byte": "5"}
COMMANDS = [LIGHT, BELL, DOOR, GATE]
ON, OFF = ord("O"), ord("C")

DONE = {"name": "Done", "byte": "0x81", "meaning": "done"}
BLOCKED = {"name": "Blocked", "byte": "0x82", "meaning": "refused"}
NOW_ON = {"name": "Now on", "byte": "0x83", "meaning": "state_on"}
NOW_OFF = {"name": "Now off", "byte": "0x84", "meaning": "state_off"}
RESPONSES = [DONE, BLOCKED, NOW_ON, NOW_OFF]

type Conversation = Callable[
    [asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]
]


def data_of(
    profile: ChallengeProfile,
    port: int,
    *,
    commands: list[dict[str, str]] | None = None,
    responses: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    """Return what the flow would have stored."""
    return {
        CONF_ENROLMENT_ID: OWNER,
        "host": "127.0.0.1",
        "port": port,
        "mode": profile.mode.value,
        "hash": profile.hash.name,
        "wake_length": profile.wake_length,
        "challenge_length": profile.challenge_length,
        "protocol_id": profile.device_id.decode(),
        "commands": COMMANDS if commands is None else commands,
        "responses": RESPONSES if responses is None else responses,
    }


async def add_challenge_device(
    hass: HomeAssistant, entry: MockConfigEntry, data: dict[str, Any]
) -> ChallengeDevice:
    """Add "Garage" to a loaded hub, its secret in the vault."""
    hub: Hub = entry.runtime_data.hub
    await hub.vault.apply(changes.put_secret(OWNER, SECRET_NAME, SECRET))
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=MappingProxyType(data),
            subentry_type=SUBENTRY_CHALLENGE_DEVICE,
            title="Garage",
            unique_id=None,
        ),
    )
    await hass.async_block_till_done()
    return next(iter(entry.runtime_data.challenges.devices.values()))


def find_registered(hass: HomeAssistant, subentry_id: str) -> dr.DeviceEntry | None:
    """Return what the device registry holds for a subentry."""
    entry = hass.config_entries.async_entries(DOMAIN)[0]
    return dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, subentry_id), entry.entry_id
    )


@asynccontextmanager
async def listening(conversation: Conversation) -> AsyncIterator[int]:
    """Hold `conversation` with whoever connects; yield the port."""

    served: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.add(asyncio.current_task())
        try:
            await conversation(reader, writer)
        except ConnectionError, asyncio.IncompleteReadError:
            return
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        # A connection that its other end has just given up may still be accepted.
        await asyncio.sleep(0.02)
        server.close()
        for task in served:
            assert task is not None
            task.cancel()
        await asyncio.gather(*served, return_exceptions=True)
        await server.wait_closed()
