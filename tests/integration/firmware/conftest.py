"""A device whose firmware takes updates."""

from collections.abc import Callable
from typing import Any

import pytest

from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.firmware.manager import FirmwareManager
from custom_components.oceanremote.firmware.ports import SECRET_PASSWORD, SECRET_PORT
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.vault import changes
from tests.support.update_board import UpdateBoard, image_of

from ..runtime_support import Device, eventually, only_coordinator
from .support import start
from .upload_support import PASSWORD

type Equip = Callable[..., Any]


@pytest.fixture
def coordinator(hub: Hub) -> DeviceCoordinator:
    """Return the one device."""
    return only_coordinator(hub)


@pytest.fixture
def manager(hub: Hub) -> FirmwareManager:
    """Return what has devices updated."""
    manager: FirmwareManager = hub.entry.runtime_data.firmware
    return manager


@pytest.fixture
def image(hub: Hub) -> bytes:
    """Return an image for the device."""
    return image_of(hub.vault.hub_key.public)


@pytest.fixture
def equip(connected_device: Device, coordinator: DeviceCoordinator) -> Equip:
    """Give the device firmware that takes updates."""

    async def equip(**traits: Any) -> UpdateBoard:
        board = UpdateBoard(**traits)
        await connected_device.hang_up()
        await start(connected_device, board)
        await eventually(lambda: coordinator.updates.facts == board.facts)
        await eventually(lambda: coordinator.available)
        return board

    return equip


@pytest.fixture
async def port(hub: Hub, coordinator: DeviceCoordinator, unused_tcp_port: int) -> int:
    """Give the device a port and a password, as its YAML shows them."""
    await hub.vault.apply(
        changes.put_secrets(
            coordinator.enrolment_id,
            {
                SECRET_PORT: str(unused_tcp_port).encode(),
                SECRET_PASSWORD: PASSWORD.encode(),
            },
        )
    )
    return unused_tcp_port
