"""Where a vault lies, how it is deleted, and how much it holds for others."""

import errno
from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest

from custom_components.oceanremote.vault import (
    Vault,
    async_wipe_files,
    changes,
    default_key_path,
    vault_path,
)
from custom_components.oceanremote.vault.changes import tokens as vault_upkeep
from custom_components.oceanremote.vault.errors import (
    VaultFull,
    VaultStopping,
    VaultWriteError,
)

from .vault_support import enrol, files_in


async def test_wipe_leaves_nothing(
    hass: HomeAssistant, vault: Vault, storage: Path
) -> None:
    """Vault, key and left-overs are gone, and nothing brings them back."""
    await enrol(vault, "one")
    vault_path(hass).with_name("oceanremote.vault.new").write_bytes(b"left over")
    await vault.stop()
    await async_wipe_files(hass, vault_path(hass), default_key_path(hass))
    assert files_in(storage) == {}
    with pytest.raises(VaultStopping):
        await enrol(vault, "two")
    assert files_in(storage) == {}


async def test_wipe_of_a_damaged_vault(
    hass: HomeAssistant, vault: Vault, storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Removing the hub works without opening the vault; a failure is told."""
    await vault.stop()
    vault_path(hass).write_bytes(b"damaged")
    await async_wipe_files(hass, vault_path(hass), default_key_path(hass))
    assert files_in(storage) == {}

    def fail(self: Path, missing_ok: bool = False) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", fail)
        with pytest.raises(VaultWriteError, match="Read-only"):
            await async_wipe_files(hass, vault_path(hass), default_key_path(hass))


async def test_named_secrets_are_bounded(vault: Vault) -> None:
    """Size and number of an owner's secrets have an end."""
    with pytest.raises(VaultFull):
        await vault.apply(changes.put_secret("one", "big", bytes(4097)))
    with pytest.raises(VaultFull):
        await vault.apply(changes.put_secrets("one", {f"n{n}": b"" for n in range(17)}))
    await vault.apply(changes.put_secret("one", "a", b"1"))
    await vault.apply(changes.put_secret("one", "a", None))
    assert vault.secret("one", "a") is None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault_upkeep, "MAX_DEVICES", 1)
        await vault.apply(changes.put_secret("one", "a", b"1"))
        with pytest.raises(VaultFull):
            await vault.apply(changes.put_secret("two", "a", b"1"))
