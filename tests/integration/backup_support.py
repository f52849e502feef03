"""Copies of the vault: what the tests of making and restoring them share."""

from datetime import timedelta
import errno
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.vault import backups

KEPT = 7
ANSWERED = ("create_backup", "list_backups")


async def act(hass: HomeAssistant, action: str, **data: Any) -> Any:
    """Call an action as an automation does."""
    return await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=action in ANSWERED
    )


async def kept(hass: HomeAssistant) -> list[str]:
    """Return the copies that are there, oldest first."""
    directory = backups.backup_directory(hass)
    return await hass.async_add_executor_job(backups.names, directory)


def only_file(hass: HomeAssistant) -> Path:
    """Return the one copy."""
    (path,) = backups.backup_directory(hass).glob("*.sealed")
    return path


async def forward(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, **time: float
) -> None:
    """Let time pass for every clock of the hub."""
    freezer.tick(timedelta(**time))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


def disk_is_full(*args: object) -> None:
    """Fail as a write does when the disk is full."""
    raise OSError(errno.ENOSPC, "No space left")
