"""Where the vault and its key lie, and how they go away for good."""

from pathlib import Path

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR

from ..common.const import CONF_KEY_PATH
from . import file as vault_file
from .errors import VaultWriteError


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


async def async_wipe_files(hass: HomeAssistant, path: Path, key_path: Path) -> None:
    """Delete a vault that is not open, damaged or not; raises VaultWriteError."""
    try:
        await hass.async_add_executor_job(vault_file.delete, path, key_path)
    except OSError as err:
        raise VaultWriteError(f"cannot delete the vault: {err}") from err
