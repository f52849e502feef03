"""Where the vault and its key lie, and how they are deleted for good."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util.hass_dict import HassKey

from ..common.const import CONF_KEY_PATH
from . import file as vault_file
from .errors import VaultUnavailable, VaultWriteError
from .unwritten import unwritten_changes

_OPEN_VAULTS: HassKey[set[Path]] = HassKey("oceanremote_open_vaults")


def vault_path(hass: HomeAssistant) -> Path:
    """Return where the vault of this installation lies."""
    return Path(hass.config.path(STORAGE_DIR, "oceanremote.vault"))


def default_key_path(hass: HomeAssistant) -> Path:
    """Return where the vault's key lies unless the administrator named a path."""
    return Path(hass.config.path(STORAGE_DIR, "oceanremote.key"))


def key_path_for(hass: HomeAssistant, entry: ConfigEntry) -> Path:
    """Return where the key of this hub's vault lies."""
    named = entry.data.get(CONF_KEY_PATH)
    return Path(named) if named else default_key_path(hass)


def claim(hass: HomeAssistant, path: Path) -> Callable[[], None]:
    """Mark a vault as open, because it has one writer; return what releases it.

    Raises VaultUnavailable where it is open already.
    """
    opened = hass.data.setdefault(_OPEN_VAULTS, set())
    if path in opened:
        raise VaultUnavailable(f"{path.name} is already open")
    opened.add(path)
    return partial(opened.discard, path)


async def async_wipe_files(hass: HomeAssistant, path: Path, key_path: Path) -> None:
    """Delete a vault that is not open, damaged or not; raises VaultWriteError."""
    try:
        await hass.async_add_executor_job(vault_file.delete, path, key_path)
    except OSError as err:
        raise VaultWriteError(f"cannot delete the vault: {err}") from err
    unwritten_changes(hass, path).clear()
