"""Daily copies of the sealed vault with the audit head, seven of them.

A copy is due when the newest one is a day old, however often the hub is restarted.

    magic "OCRBACK1" | length of the head u32 | head (JSON) | the vault's file as it is

The copy is sealed by the vault's own key, which is not in it. Blocking functions are
for the executor.
"""

from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import shutil
import struct
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.storage import STORAGE_DIR

from ..admission.monitor import SecurityMonitor
from ..common.const import LOGGER
from ..policy.audit import Actor, AuditHead, Outcome
from ..policy.kinds import AuditKind
from . import vault_path
from .errors import VaultDamaged
from .file import MAX_VAULT_BYTES, open_or_create, write_durably

KEEP: Final = 7
MAX_AGE: Final = timedelta(days=1)
LOOK_INTERVAL: Final = timedelta(minutes=15)
DIRECTORY: Final = "oceanremote_backups"

_MAGIC: Final = b"OCRBACK1"
_HEADER: Final = struct.Struct(">8sI")
_MAX_HEAD: Final = 1024
_FORMAT: Final = "%Y%m%dT%H%M%S"


def backup_directory(hass: HomeAssistant) -> Path:
    """Return where the copies of this installation lie."""
    return Path(hass.config.path(STORAGE_DIR, DIRECTORY))


def names(directory: Path) -> list[str]:
    """Return the copies, oldest first; what else lies there is none of ours."""
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
    # A clock that was ahead once must not make the new copy the oldest.
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
    """Return the sealed vault of a copy that opens under the present key.

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


class DailyBackup:
    """Makes a copy a day; lives in the event loop."""

    def __init__(self, hass: HomeAssistant, security: SecurityMonitor) -> None:
        """Copy the vault of `hass` with the head of the log of `security`."""
        self._hass = hass
        self._security = security
        self.last: datetime | None = None
        self._failing = False

    async def async_start(self) -> None:
        """Make a copy if one is due, and look often whether one is."""
        directory = backup_directory(self._hass)
        found = await self._hass.async_add_executor_job(names, directory)
        now = datetime.now(UTC)
        # A copy of the future tells of a clock that was ahead, and of no age.
        made = [moment for moment in map(made_at, found) if moment <= now]
        self.last = max(made, default=None)
        await self._async_look(now)
        self._security.until_stop(
            async_track_time_interval(self._hass, self._async_look, LOOK_INTERVAL)
        )

    async def async_make(self) -> str:
        """Make a copy now; return its name. Raises OSError, which is audited."""
        now = datetime.now(UTC)
        try:
            # What is queued is part of the log that the copy's head vouches for.
            await self._security.audit.flush()
            name = await self._hass.async_add_executor_job(
                write,
                backup_directory(self._hass),
                vault_path(self._hass),
                self._security.audit.head,
                now,
            )
        except OSError as err:
            self._security.record(
                AuditKind.BACKUP, Outcome.FAILED, Actor(), what=str(err)
            )
            raise
        if self._failing:
            self._failing = False
            LOGGER.info("The vault can be backed up again")
        self.last = now
        self._security.record(AuditKind.BACKUP, Outcome.DONE, Actor(), what=name)
        return name

    async def _async_look(self, now: datetime) -> None:
        if self.last is None or not timedelta() <= now - self.last < MAX_AGE:
            try:
                await self.async_make()
            except OSError as err:
                if not self._failing:
                    LOGGER.error("The vault could not be backed up: %s", err)
                self._failing = True


@callback
def age_in_seconds(last: datetime | None) -> float | None:
    """Return how old the newest copy is."""
    return None if last is None else (datetime.now(UTC) - last).total_seconds()
