"""Copies of the sealed vault with the audit head, seven of them.

    magic "OCRBACK1" | length of the head u32 | head (JSON) | the vault's file as it is

The copy is sealed by the vault's own key, which is not in it. Blocking functions are
for the executor.
"""

from datetime import UTC, datetime
import json
from pathlib import Path
import shutil
import struct
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR

from ..common.durable import write_durably
from ..policy.audit.record import AuditHead
from .errors import VaultDamaged
from .file import MAX_VAULT_BYTES, open_or_create

KEEP: Final = 7
DIRECTORY: Final = "oceanremote_backups"

_MAGIC: Final = b"OCRBACK1"
_HEADER: Final = struct.Struct(">8sI")
_MAX_HEAD: Final = 1024
_FORMAT: Final = "%Y%m%dT%H%M%S"


def backup_directory(hass: HomeAssistant) -> Path:
    """Return where the copies of this installation lie."""
    return Path(hass.config.path(STORAGE_DIR, DIRECTORY))


def names(directory: Path) -> list[str]:
    """Return the copies, oldest first; any other files there are not ours."""
    found = (path.stem for path in directory.glob("vault-*.sealed"))
    return sorted(name for name in found if _is_name(name))


def made_at(name: str) -> datetime:
    """Return when a copy was made; raises ValueError for another name."""
    return datetime.strptime(name, f"vault-{_FORMAT}").replace(tzinfo=UTC)


def _is_name(name: str) -> bool:
    try:
        return f"vault-{made_at(name):{_FORMAT}}" == name
    except ValueError:
        return False


def write(directory: Path, vault: Path, head: AuditHead, now: datetime) -> str:
    """Copy the vault's file; drop the oldest copies; raises OSError."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    plain = json.dumps(head.to_json()).encode()
    name = f"vault-{now:{_FORMAT}}"
    data = _HEADER.pack(_MAGIC, len(plain)) + plain + vault.read_bytes()
    write_durably(directory / f"{name}.sealed", data)
    # A clock that was once ahead must not make the new copy the oldest.
    others = [other for other in names(directory) if other != name]
    for old in others[: 1 - KEEP]:
        (directory / f"{old}.sealed").unlink(missing_ok=True)
    return name


def read(directory: Path, name: str) -> tuple[AuditHead, bytes]:
    """Return head and sealed vault of a copy; raises OSError, VaultDamaged."""
    if name not in names(directory):
        raise VaultDamaged("there is no such backup")
    data = (directory / f"{name}.sealed").read_bytes()
    if len(data) < _HEADER.size or len(data) > MAX_VAULT_BYTES:
        raise VaultDamaged("the backup is cut short")
    magic, length = _HEADER.unpack_from(data)
    end = _HEADER.size + length
    if magic != _MAGIC or length > _MAX_HEAD or end > len(data):
        raise VaultDamaged("this is no backup")
    try:
        head = AuditHead.from_json(json.loads(data[_HEADER.size : end]))
    except ValueError as err:
        raise VaultDamaged("the backup's head is damaged") from err
    return head, data[end:]


def proved(directory: Path, name: str, key: Path) -> bytes:
    """Return the sealed vault of a copy that opens under the current key.

    Raises OSError, VaultDamaged, VaultKeyMissing.
    """
    _, sealed = read(directory, name)
    trial = directory / "trial"
    write_durably(trial, sealed)
    try:
        open_or_create(trial, key, create=False)
    finally:
        trial.unlink(missing_ok=True)
    return sealed


async def async_wipe(hass: HomeAssistant) -> None:
    """Delete the copies of a hub that is removed."""
    directory = backup_directory(hass)
    await hass.async_add_executor_job(
        lambda: shutil.rmtree(directory, ignore_errors=True)
    )
