"""The vault on disk: sealed, private, and closed to whatever was not written by us."""

import os
from pathlib import Path
import stat

from homeassistant.core import HomeAssistant
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.oceanremote.vault import (
    Vault,
    async_wipe_files,
    changes,
    default_key_path,
    file as vault_file,
    vault_path,
)
from custom_components.oceanremote.vault.errors import (
    VaultDamaged,
    VaultKeyMissing,
    VaultMissing,
    VaultUnavailable,
)

from .vault_support import enrol, files_in, make_board, open_vault, register


async def test_content_survives_a_restart(hass: HomeAssistant, vault: Vault) -> None:
    """Everything is there again, to the last field, under the same hub key."""
    await register(vault, "one", make_board(1))
    await register(vault, "two", make_board(2))
    await vault.rotate_token("two", os.urandom(32))
    await enrol(vault, "two", expected_mac=make_board(2).mac, replaces="one")
    token = await enrol(vault, "three")
    board = make_board(3)
    await vault.store_pending(
        "three", board.mac, board.key, os.urandom(32), handle=token.handle
    )
    await vault.apply(changes.revoke("one"))
    await vault.apply(changes.put_secrets("three", {"ota": b"secret", "gone": None}))
    await vault.stop()

    again = await open_vault(hass)
    assert dict(again.devices) == dict(vault.devices)
    assert again.hub_key == vault.hub_key
    assert again.generation == vault.generation
    assert again.secret("three", "ota") == b"secret"
    assert again.secret("three", "gone") is None
    await again.stop()


async def test_files_are_private_and_tell_nothing(
    hass: HomeAssistant, vault: Vault, storage: Path
) -> None:
    """Mode 0600, no left-overs, and no secret in clear."""
    token = await enrol(vault, "one")
    await vault.apply(changes.put_secret("one", "ota", b"a very secret password"))
    files = files_in(storage)
    assert set(files) == {"oceanremote.vault", "oceanremote.key"}
    for name in files:
        assert stat.S_IMODE((storage / name).stat().st_mode) == 0o600
    sealed = files["oceanremote.vault"]
    for secret in (token.secret, vault.hub_key.private, b"a very secret", b"one"):
        assert secret not in sealed


async def test_secrets_are_not_in_the_repr(vault: Vault) -> None:
    """A record in a log or a traceback shows no secret."""
    token = await enrol(vault, "one")
    await register(vault, "two", make_board())
    text = repr(dict(vault.devices))
    assert repr(token.secret) not in text
    assert repr(vault.devices["two"].current.secret) not in text


async def test_every_write_raises_the_generation_by_one(vault: Vault) -> None:
    """A change that changes nothing is no write."""
    assert vault.generation == 1
    await enrol(vault, "one")
    await vault.apply(changes.put_secret("one", "ota", b"1"))
    assert vault.generation == 3
    await vault.flush()
    assert vault.generation == 3


async def test_only_creation_creates(hass: HomeAssistant, storage: Path) -> None:
    """A hub whose vault has vanished fails closed instead of starting afresh."""
    with pytest.raises(VaultMissing):
        await open_vault(hass)
    assert files_in(storage) == {}


async def test_missing_key_is_told_and_nothing_is_made(
    hass: HomeAssistant, vault: Vault, storage: Path
) -> None:
    """Neither a new key nor a new vault, even where creation is allowed."""
    await vault.stop()
    default_key_path(hass).unlink()
    before = files_in(storage)
    for create in (False, True):
        with pytest.raises(VaultKeyMissing):
            await open_vault(hass, create=create)
    assert files_in(storage) == before


async def test_another_key_is_not_called_damage(
    hass: HomeAssistant, vault: Vault, tmp_path: Path
) -> None:
    """A key of another vault is recognised as such."""
    await vault.stop()
    other = await Vault.open(
        hass, tmp_path / "other.vault", tmp_path / "other.key", create=True
    )
    await other.stop()
    with pytest.raises(VaultKeyMissing):
        await Vault.open(hass, vault_path(hass), tmp_path / "other.key", create=False)


async def test_key_outside_is_used_and_not_deleted(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    """A path that the administrator names holds the key, also one made before."""
    key_path = tmp_path / "outside" / "hub.key"
    key_path.parent.mkdir()
    vault = await Vault.open(hass, vault_path(hass), key_path, create=True)
    key = key_path.read_bytes()
    await vault.stop()
    await async_wipe_files(hass, vault_path(hass), key_path)
    assert not vault_path(hass).exists()
    vault = await Vault.open(hass, vault_path(hass), key_path, create=True)
    assert key_path.read_bytes() == key
    await vault.stop()


@pytest.mark.parametrize("position", range(37))
async def test_header_is_authenticated(
    hass: HomeAssistant, vault: Vault, position: int
) -> None:
    """A flipped bit anywhere before the ciphertext is noticed, nothing overwritten."""
    await vault.stop()
    await refuses_damage(hass, position)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_flipped_bit_and_any_cut_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """The whole file is covered by the seal."""
    directory = tmp_path_factory.mktemp("sealed")
    path, key_path = directory / "vault", directory / "key"
    vault_file.open_or_create(path, key_path, create=True)
    sealed = path.read_bytes()
    if data.draw(st.booleans()):
        bad = bytearray(sealed)
        bad[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(
            st.integers(0, 7)
        )
        bad = bytes(bad)
    else:
        bad = sealed[: data.draw(st.integers(0, len(sealed) - 1))]
    path.write_bytes(bad)
    with pytest.raises((VaultDamaged, VaultKeyMissing)):
        vault_file.open_or_create(path, key_path, create=True)
    assert path.read_bytes() == bad


async def refuses_damage(hass: HomeAssistant, position: int) -> None:
    """Flip one bit and expect the vault to stay shut and the file as it is."""
    path = vault_path(hass)
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)
    for create in (False, True):
        with pytest.raises((VaultDamaged, VaultKeyMissing)):
            await open_vault(hass, create=create)
    assert path.read_bytes() == data


@pytest.mark.parametrize("position", [0, 8, 39, 40, 47])
async def test_damaged_key_file_is_noticed(
    hass: HomeAssistant, vault: Vault, position: int
) -> None:
    """The key carries a checksum: damage of the key is not blamed on the vault."""
    await vault.stop()
    path = default_key_path(hass)
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)
    with pytest.raises(VaultDamaged, match="key"):
        await open_vault(hass)
    path.write_bytes(bytes(data) + b"more")
    with pytest.raises(VaultDamaged, match="larger"):
        await open_vault(hass)
    path.write_bytes(b"")
    with pytest.raises(VaultDamaged, match="key"):
        await open_vault(hass)


@pytest.mark.parametrize(
    ("header", "message"),
    [(b"NOTAVALT", "no vault"), (b"OCRVAULT\x02", "another version")],
)
async def test_foreign_files_are_refused(
    hass: HomeAssistant, vault: Vault, header: bytes, message: str
) -> None:
    """What is no vault, or of another version, is not opened."""
    await vault.stop()
    path = vault_path(hass)
    path.write_bytes(header + path.read_bytes()[len(header) :])
    with pytest.raises(VaultDamaged, match=message):
        await open_vault(hass)


async def test_unreadable_vault_is_not_called_damaged(
    hass: HomeAssistant, vault: Vault
) -> None:
    """A disk that does not answer is a reason to try again, not to give up."""
    await vault.stop()
    path = vault_path(hass)
    path.unlink()
    path.mkdir()
    with pytest.raises(VaultUnavailable):
        await open_vault(hass)
    path.rmdir()
    path.symlink_to(path)
    for create in (False, True):
        with pytest.raises(VaultUnavailable):
            await open_vault(hass, create=create)


async def test_one_vault_is_open_once(hass: HomeAssistant, vault: Vault) -> None:
    """A second writer on the same file cannot be."""
    with pytest.raises(VaultUnavailable):
        await open_vault(hass)
    await vault.stop()
    again = await open_vault(hass)
    await again.stop()
