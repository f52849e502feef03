"""Changes in effect although the disk has refused them.

They are made in memory, and every later write begins with them. They outlive a reload
of the hub; restarting Home Assistant before the disk accepts a write undoes them.
"""

from collections.abc import Callable
import logging
from pathlib import Path

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .errors import VaultError
from .records import Snapshot

type Change = Callable[[Snapshot], Snapshot]

_UNWRITTEN: HassKey[dict[Path, list[Change]]] = HassKey("oceanremote_unwritten")
_LOGGER = logging.getLogger(__name__)


@callback
def unwritten_changes(hass: HomeAssistant, path: Path) -> list[Change]:
    """Return the one list of what the vault at a path has yet to write, in order.

    Each entry has changed a device that is known, and nobody registers while the disk
    refuses: the vault's own bound of devices holds for the list.
    """
    return hass.data.setdefault(_UNWRITTEN, {}).setdefault(path, [])


def with_unwritten(snapshot: Snapshot, changes: list[Change]) -> Snapshot:
    """Return what was read from the disk with the changes that it lacks.

    The file may be a copy that was put in its place: what no longer fits is logged.
    """
    for change in changes:
        try:
            snapshot = change(snapshot)
        except VaultError as err:
            _LOGGER.warning("A change that was not on disk no longer applies: %s", err)
    return snapshot
