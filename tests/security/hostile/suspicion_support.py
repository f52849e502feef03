"""A suspected device: what the tests about suspicion share."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import threading
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.device.status import DeviceStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.trust import Standing
from custom_components.oceanremote.vault import file as vault_file
from tests.integration.runtime_support import PUMP, Device
from tests.integration.vault_support import full_disk
from tests.support.commands import switch_command


@asynccontextmanager
async def slow_disk() -> AsyncGenerator[threading.Event]:
    """Hold the next writes of the vault until the event is set."""
    go, write = threading.Event(), vault_file.write_durably

    def held(*args: Any) -> None:
        assert go.wait(10)
        write(*args)

    with patch.object(vault_file, "write_durably", held):
        try:
            yield go
        finally:
            go.set()


def issues(hass: HomeAssistant, pump: DeviceCoordinator) -> list[str]:
    """Return which decisions about the device are open."""
    registry = ir.async_get(hass)
    return [
        kind
        for kind in ("quarantined", "approval")
        if registry.async_get_issue(DOMAIN, f"{kind}_{pump.subentry_id}")
    ]


async def settled(hass: HomeAssistant) -> None:
    """Let suspicion take its course."""
    await hass.async_block_till_done()


async def assert_not_believed(pump: DeviceCoordinator, device: Device) -> None:
    """No command passes and no state counts."""
    obeyed = len(device.driver.commands)
    with pytest.raises(HomeAssistantError):
        await pump.async_command(PUMP.address, switch_command(on=True), None)
    assert len(device.driver.commands) == obeyed
    assert pump.status is DeviceStatus.QUARANTINED


async def suspect_on_a_full_disk(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator
) -> None:
    """Let a clone be noticed while nothing can be written."""
    with full_disk():
        hub.suspect(pump.enrolment_id, "two live links")
        await settled(hass)
    assert pump.record is not None
    assert pump.record.standing is Standing.ACTIVE
