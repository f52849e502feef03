"""The vault as a sealed file, and the file of its key. Blocking; for the executor.

    magic "OCRVAULT" | version u8 | key id [8] | generation u64 | nonce [12]
    | AES-256-GCM ciphertext and tag; everything before it is associated data

The key id distinguishes "another key" from "damaged". Writes are durable: at every
moment either the old vault or the new one is there, whole.
"""

import hashlib
import os
from pathlib import Path
import struct
from types import MappingProxyType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..common.durable import sync_directory, temporary_of, write_durably
from ..protocol.keys import KeyPair
from .encoding import decode, encode
from .errors import VaultDamaged, VaultKeyMissing, VaultMissing, VaultUnavailable
from .records import Snapshot

MAGIC = b"OCRVAULT"
VERSION = 1
MAX_VAULT_BYTES = 32 * 1024 * 1024

_HEADER = struct.Struct(">8sB8sQ12s")
_KEY_SIZE = 32
_KEY_MAGIC = b"OCRVKEY1"
_KEY_CHECK_SIZE = 8
_KEY_FILE_SIZE = len(_KEY_MAGIC) + _KEY_SIZE + _KEY_CHECK_SIZE


class SealedFile:
    """One vault file and the key that seals it."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Keep the 32-byte key."""
        self.path = path
        self._key_id = _key_id(key)
        self._cipher = AESGCM(key)

    def read(self) -> Snapshot:
        """Open the seal; raises VaultDamaged, VaultKeyMissing, VaultUnavailable."""
        data = _read_file(self.path, MAX_VAULT_BYTES)
        if len(data) < _HEADER.size:
            raise VaultDamaged("the vault's file is cut short")
        magic, version, key_id, generation, nonce = _HEADER.unpack_from(data)
        if magic != MAGIC:
            raise VaultDamaged("this is no vault")
        if version != VERSION:
            raise VaultDamaged("the vault was written by another version")
        if key_id != self._key_id:
            raise VaultKeyMissing("the key is not the one that sealed the vault")
        header, sealed = data[: _HEADER.size], data[_HEADER.size :]
        try:
            snapshot = decode(self._cipher.decrypt(nonce, sealed, header))
        except InvalidTag:
            raise VaultDamaged("the vault's seal is broken") from None
        if snapshot.generation != generation:
            raise VaultDamaged("the vault contradicts its own header")
        return snapshot

    def write(self, snapshot: Snapshot) -> None:
        """Seal and replace the file durably; raises OSError with nothing replaced.

        The nonce is random: 96 bits carry 2**32 writes of one key with a collision
        chance below 2**-32 (NIST SP 800-38D, section 8.3).
        """
        nonce = os.urandom(12)
        header = _HEADER.pack(MAGIC, VERSION, self._key_id, snapshot.generation, nonce)
        sealed = self._cipher.encrypt(nonce, encode(snapshot), header)
        write_durably(self.path, header + sealed)


def open_or_create(
    path: Path, key_path: Path, *, create: bool
) -> tuple[SealedFile, Snapshot]:
    """Open what is there; create it only if `create` and nothing is there.

    Raises VaultMissing, VaultUnavailable, VaultKeyMissing, VaultDamaged.
    """
    try:
        if _is_there(path):
            file = SealedFile(path, _read_key(key_path))
            return file, file.read()
        if not create:
            raise VaultMissing("the vault's file is gone")
        return _create(path, key_path)
    except OSError as err:
        raise VaultUnavailable(f"{err.strerror or err}: {path.name}") from err


def delete(path: Path, key_path: Path) -> None:
    """Delete a vault, damaged or not; a key that lies elsewhere is not ours."""
    if key_path.parent == path.parent:
        key_path.unlink(missing_ok=True)
    path.unlink(missing_ok=True)
    temporary_of(path).unlink(missing_ok=True)
    sync_directory(path.parent)


def _create(path: Path, key_path: Path) -> tuple[SealedFile, Snapshot]:
    """Create key and vault. A key that already exists is used, never replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not _is_there(key_path):
        key = os.urandom(_KEY_SIZE)
        write_durably(key_path, _KEY_MAGIC + key + _key_check(key))
    file = SealedFile(path, _read_key(key_path))
    snapshot = Snapshot(
        generation=1,
        hub_private=KeyPair.generate(os.urandom).private,
        devices=MappingProxyType({}),
        secrets=MappingProxyType({}),
    )
    file.write(snapshot)
    return file, snapshot


def _is_there(path: Path) -> bool:
    """Distinguish "not there" from "cannot tell", which `Path.exists` does not."""
    try:
        path.stat()
    except FileNotFoundError:
        return False
    return True


def _read_key(key_path: Path) -> bytes:
    try:
        data = _read_file(key_path, _KEY_FILE_SIZE)
    except FileNotFoundError:
        raise VaultKeyMissing("the key of the vault is gone") from None
    key = data[len(_KEY_MAGIC) : len(_KEY_MAGIC) + _KEY_SIZE]
    if data != _KEY_MAGIC + key + _key_check(key) or len(key) != _KEY_SIZE:
        raise VaultDamaged("the key of the vault is damaged")
    return key


def _read_file(path: Path, limit: int) -> bytes:
    with path.open("rb") as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise VaultDamaged(f"{path.name} is larger than it can be")
    return data


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"oceanremote vault key id" + key).digest()[:8]


def _key_check(key: bytes) -> bytes:
    return hashlib.sha256(b"oceanremote vault key file" + key).digest()[
        :_KEY_CHECK_SIZE
    ]
