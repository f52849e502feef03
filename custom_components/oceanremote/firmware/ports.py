"""Where, and by which password, a device's firmware is uploaded to the hub.

Both are kept from when a YAML shows them, so that they stay those of the device.
"""

from dataclasses import dataclass, field
import secrets
from typing import Final

from ..vault import Vault, changes

# What nothing else of Home Assistant's uses, below what systems give out by themselves.
FIRST_PORT: Final = 26_300
LAST_PORT: Final = 27_299

SECRET_PORT: Final = "upload_port"
SECRET_PASSWORD: Final = "ota_key"


@dataclass(frozen=True, slots=True)
class UploadPlace:
    """A port of the hub's, and the password of its one device."""

    port: int
    password: str = field(repr=False)


def upload_place(vault: Vault, enrolment_id: str) -> UploadPlace | None:
    """Return where a device's firmware is uploaded, None where no YAML has said it."""
    port = vault.secret(enrolment_id, SECRET_PORT)
    password = vault.secret(enrolment_id, SECRET_PASSWORD)
    if port is None or password is None:
        return None
    return UploadPlace(int(port), password.decode())


async def async_reserve_port(vault: Vault, enrolment_id: str) -> int:
    """Return a device's port, a new one if it has none; raises VaultError."""
    all_ports = range(FIRST_PORT, LAST_PORT + 1)
    # Two hubs on one machine would each begin with the same.
    begin = secrets.randbelow(len(all_ports))
    ports = (*all_ports[begin:], *all_ports[:begin])
    await vault.apply(changes.reserve_number(enrolment_id, SECRET_PORT, ports))
    own = vault.secret(enrolment_id, SECRET_PORT)
    assert own is not None
    return int(own)
