"""From the files on disk to a hub that knows whether it was restored."""

from collections.abc import Callable
import contextlib
from pathlib import Path
import shutil
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util.hass_dict import HassKey

from ..common.const import DOMAIN
from ..common.executor import async_run_to_end
from .files import open_log
from .log import AuditLog

AUDIT_DIRECTORY: Final = "oceanremote_audit"
# Backups leave out `*.log` at the top level of the configuration only, and being in no
# backup is the whole point.
ANCHOR_NAME: Final = "oceanremote_anchor.log"
# Two writers would break the chain.
_OPEN_LOGS: HassKey[set[Path]] = HassKey(f"{DOMAIN}_open_logs")


def audit_directory(hass: HomeAssistant) -> Path:
    """Return where the audit log of this installation lies."""
    return Path(hass.config.path(STORAGE_DIR, AUDIT_DIRECTORY))


def anchor_path(hass: HomeAssistant) -> Path:
    """Return where the anchor lies: outside Home Assistant's backups."""
    return Path(hass.config.path(ANCHOR_NAME))


async def async_open_audit(
    hass: HomeAssistant, generation: Callable[[], int]
) -> AuditLog:
    """Open the audit log; raises OSError, also while it is open already."""
    directory, anchor = audit_directory(hass), anchor_path(hass)
    open_logs = hass.data.setdefault(_OPEN_LOGS, set())
    if directory in open_logs:
        raise OSError(f"{directory.name} is already open")
    open_logs.add(directory)

    def release() -> None:
        open_logs.discard(directory)

    try:
        opened = await async_run_to_end(hass, open_log, directory, anchor)
    except BaseException:
        release()
        raise
    return AuditLog(hass, opened, anchor, generation, release)


async def async_wipe_audit(hass: HomeAssistant) -> None:
    """Delete the audit log and the anchor of a hub that is removed."""
    directory, anchor = audit_directory(hass), anchor_path(hass)

    def wipe() -> None:
        shutil.rmtree(directory, ignore_errors=True)
        for path in (anchor, anchor.with_name(f"{anchor.name}.new")):
            with contextlib.suppress(OSError):
                path.unlink()

    await hass.async_add_executor_job(wipe)
