"""New firmware from a file, for administrators."""

from pathlib import Path
from typing import Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..common.const import DOMAIN
from ..device.updates import UpdateResult
from ..firmware.errors import ImageUnreadableError, UpdateFailedError
from ..firmware.manager import FirmwareManager
from ..protocol.limits import MAX_FIRMWARE
from .admin import async_register_admin_action
from .device import called_device

SERVICE_UPDATE_FIRMWARE: Final = "update_firmware"
ATTR_PATH: Final = "path"
ATTR_INSTALL: Final = "install"

_SCHEMA: Final = vol.Schema(
    {
        vol.Required(ATTR_DEVICE_ID): cv.string,
        vol.Required(ATTR_PATH): cv.path,
        vol.Optional(ATTR_INSTALL, default=True): cv.boolean,
    }
)


@callback
def async_setup_firmware_action(hass: HomeAssistant) -> None:
    """Register the action; once."""
    async_register_admin_action(
        hass,
        SERVICE_UPDATE_FIRMWARE,
        _async_update_firmware,
        _SCHEMA,
        SupportsResponse.OPTIONAL,
    )


async def _async_update_firmware(call: ServiceCall) -> ServiceResponse:
    hub, subentry_id = called_device(call)
    coordinator = hub.coordinator_for(subentry_id)
    path = call.data[ATTR_PATH]
    if not call.hass.config.is_allowed_path(path):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="path_not_allowed",
            translation_placeholders={"path": path},
        )
    data = await call.hass.async_add_executor_job(_read, Path(path))
    manager: FirmwareManager = hub.entry.runtime_data.firmware
    user_id = call.context.user_id
    if not call.data[ATTR_INSTALL]:
        image = await manager.async_keep(coordinator, data, user_id=user_id)
        return {"result": "kept", "version": image.info.version}
    update = manager.async_update(coordinator, data, by=path, user_id=user_id)
    del data  # The update may take days; the image lies on the disk then.
    end = await update
    if end.result is not UpdateResult.INSTALLED:
        raise UpdateFailedError(name=coordinator.name, reason=str(end))
    return {"result": "installed", "reset_reason": end.reset_reason}


def _read(path: Path) -> bytes:
    """Return a file, of one that is too large for any device a byte more than that."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_FIRMWARE + 1)
    except OSError as err:
        raise ImageUnreadableError(reason=str(err)) from err
