"""What flows, actions and repairs share about a registration token in force."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
import secrets
import time
from typing import Any, Final

from homeassistant.core import callback

from ..common.boards import Board
from ..common.const import CONF_BOARD, CONF_ENROLMENT_ID, CONF_NODE_NAME
from ..firmware.ports import SECRET_PASSWORD as SECRET_OTA_KEY, async_reserve_port
from ..protocol import RegistrationToken, hub_key_text
from ..vault import Vault, changes
from .device_yaml import DevicePasswords, DeviceYaml, node_name_for

SECRET_FALLBACK: Final = "fallback_password"
SECRET_HOST_MAC: Final = "host_mac"


class TokenOver(StrEnum):
    """Why a device has no registration token that a board could use."""

    MISSING = "token_missing"
    USED = "token_used"
    EXPIRED = "token_expired"


@callback
def async_token_over(vault: Vault, enrolment_id: str) -> TokenOver | None:
    """Return why a device's registration token is invalid; None while it is valid."""
    record = vault.devices.get(enrolment_id)
    registration = None if record is None else record.registration
    if record is None or registration is None:
        return TokenOver.MISSING
    if registration.used:
        return TokenOver.USED
    if registration.is_over(time.time()) and record.pending is None:
        return TokenOver.EXPIRED
    return None


@callback
def async_open_token(vault: Vault, enrolment_id: str) -> RegistrationToken | None:
    """Return the registration token of a device while it is valid, else None."""
    if async_token_over(vault, enrolment_id) is not None:
        return None
    registration = vault.devices[enrolment_id].registration
    return None if registration is None else RegistrationToken(registration.secret)


async def async_render_yaml(
    vault: Vault,
    urls: Sequence[str],
    name: str,
    data: Mapping[str, Any],
    token: RegistrationToken,
) -> str:
    """Return the YAML of a device; `data` is that of its subentry. Raises VaultError."""
    passwords = await async_passwords(vault, data[CONF_ENROLMENT_ID])
    return DeviceYaml(
        name=name,
        node_name=data.get(CONF_NODE_NAME) or node_name_for(name),
        board=Board(data[CONF_BOARD]),
        urls=urls,
        hub_key=hub_key_text(vault.hub_key.public),
        registration_token=token.text,
        passwords=passwords,
        upload_port=await async_reserve_port(vault, data[CONF_ENROLMENT_ID]),
    ).render()


async def async_passwords(vault: Vault, enrolment_id: str) -> DevicePasswords:
    """Return what is generated for a device once, and kept.

    An update over the air must have the key that the device was flashed with.
    Raises VaultError.
    """
    new = DevicePasswords.generate(secrets.token_bytes)
    await vault.apply(
        changes.add_secrets(
            enrolment_id,
            {
                SECRET_FALLBACK: new.fallback.encode(),
                SECRET_OTA_KEY: new.ota_key.encode(),
                SECRET_HOST_MAC: new.host_mac.encode(),
            },
        )
    )
    # Another caller's may have been first.
    fallback, ota_key, host_mac = (
        (vault.secret(enrolment_id, name) or b"").decode()
        for name in (SECRET_FALLBACK, SECRET_OTA_KEY, SECRET_HOST_MAC)
    )
    return DevicePasswords(fallback, ota_key, host_mac)
