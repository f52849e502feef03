"""From the files on disk to a hub that knows whether it was restored."""

from collections.abc import Callable
from pathlib import Path
import shutil
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR

from .audit_log import AuditLog, open_log

AUDIT_DIRECTORY: Final = "oceanremote_audit"


def audit_directory(hass: HomeAssistant) -> Path:
    """Return where the audit log of this installation lies."""
    return Path(hass.config.path(STORAGE_DIR, AUDIT_DIRECTORY))


async def async_open_audit(
    hass: HomeAssistant, generation: Callable[[], int]
) -> AuditLog:
    """Open the audit log; raises OSError."""
    opened = await hass.async_add_executor_job(open_log, audit_directory(hass))
    return AuditLog(hass, opened, generation)


async def async_wipe_audit(hass: HomeAssistant) -> None:
    """Delete the audit log of a hub that is removed."""
    directory = audit_directory(hass)
    await hass.async_add_executor_job(
        lambda: shutil.rmtree(directory, ignore_errors=True)
    )
