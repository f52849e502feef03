"""Where an administrator may put the vault's key. Blocking; for the executor."""

from pathlib import Path

from homeassistant.core import HomeAssistant

from . import default_key_path, vault_path
from .errors import VaultDamaged, VaultError, VaultKeyMissing, VaultMissing
from .file import open_or_create


class KeyPathError(ValueError):
    """A path that cannot hold the vault's key; its text is a translation key."""


def check_key_path(hass: HomeAssistant, text: str) -> Path:
    """Return where the administrator wants the vault's key.

    Raises KeyPathError: the path must be absolute, in a directory that exists, and
    not where Home Assistant serves files to everybody.
    """
    path = Path(text.strip())
    if not path.is_absolute():
        raise KeyPathError("key_path_relative")
    if path.resolve().is_relative_to(Path(hass.config.path("www")).resolve()):
        raise KeyPathError("key_path_public")
    if path.is_dir() or not path.parent.is_dir():
        raise KeyPathError("key_path_directory")
    return path


def check_key_file(hass: HomeAssistant, text: str) -> None:
    """Open the vault that is there with a key file, and change nothing.

    An empty path is the default one. Raises KeyPathError.
    """
    path = check_key_path(hass, text) if text else default_key_path(hass)
    try:
        open_or_create(vault_path(hass), path, create=False)
    except VaultMissing:
        raise KeyPathError("vault_missing") from None
    except VaultKeyMissing:
        is_there = path.is_file()
        raise KeyPathError("key_of_another" if is_there else "key_missing") from None
    except VaultDamaged:
        raise KeyPathError("key_damaged") from None
    except VaultError:
        raise KeyPathError("vault_unreadable") from None
