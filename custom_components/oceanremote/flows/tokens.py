"""What flows, actions and repairs share about a registration token in force."""

from collections.abc import Mapping, Sequence
import secrets
import time
from typing import Any, Final

from homeassistant.core import callback

from ..common.boards import Board
from ..common.const import CONF_BOARD, CONF_ENROLMENT_ID
from ..protocol import RegistrationToken, hub_key_text
from ..vault import Vault
from .device_yaml import DevicePasswords, DeviceYaml, node_name_for

CONF_NODE_NAME: Final = "node_name"

SECRET_FALLBACK: Final = "fallback_password"
SECRET_OTA_KEY: Final = "ota_key"
SECRET_HOST_MAC: Final = "host_mac"


@callback
def async_open_token(vault: Vault, device_id: str) -> RegistrationToken | None:
    """Return the registration token of a device while it is good, else None."""
    record = vault.devices.get(device_id)
    registration = None if record is None else record.registration
    if record is None or registration is None or registration.used:
        return None
    if registration.is_over(time.time()) and record.pending is None:
        return None
    return RegistrationToken(registration.secret)


async def async_render_yaml(
    vault: Vault,
    urls: Sequence[str],
    name: str,
    data: Mapping[str, Any],
    token: RegistrationToken,
) -> str:
    """Return the YAML of a device; `data` is that of its subentry.

    Its secrets are generated the first time and kept: an update over the air must
    have the key that the device was flashed with. Raises VaultError.
    """
    passwords = await _async_passwords(vault, data[CONF_ENROLMENT_ID])
    return DeviceYaml(
        name=name,
        node_name=data.get(CONF_NODE_NAME) or node_name_for(name),
        board=Board(data[CONF_BOARD]),
        urls=urls,
        hub_key=hub_key_text(vault.hub_key.public),
        registration_token=token.text,
        passwords=passwords,
    ).render()


async def _async_passwords(vault: Vault, device_id: str) -> DevicePasswords:
    fallback = vault.secret(device_id, SECRET_FALLBACK)
    ota_key = vault.secret(device_id, SECRET_OTA_KEY)
    host_mac = vault.secret(device_id, SECRET_HOST_MAC)
    if fallback is not None and ota_key is not None and host_mac is not None:
        return DevicePasswords(fallback.decode(), ota_key.decode(), host_mac.decode())
    passwords = DevicePasswords.generate(secrets.token_bytes)
    await vault.put_secrets(
        device_id,
        {
            SECRET_FALLBACK: passwords.fallback.encode(),
            SECRET_OTA_KEY: passwords.ota_key.encode(),
            SECRET_HOST_MAC: passwords.host_mac.encode(),
        },
    )
    return passwords
