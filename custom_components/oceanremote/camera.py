"""Cameras of a device."""

from typing import Any, override

from aiohttp import web
from homeassistant.components import camera
from homeassistant.components.camera import Camera
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .device.coordinator import DeviceCoordinator
from .entity import DescribedEntity, DeviceSource, async_setup_platform
from .protocol.domains import Domain
from .protocol.domains.base import Properties
from .protocol.domains.camera import CameraCommand
from .protocol.entities import EntityDescriptor

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the cameras."""
    async_setup_platform(entry, async_add_entities, {Domain.CAMERA: DeviceCamera})


class DeviceCamera(DescribedEntity[None, Properties], Camera):
    """A camera that the device described; it takes a picture when somebody looks."""

    def __init__(
        self, coordinator: DeviceCoordinator, descriptor: EntityDescriptor[Properties]
    ) -> None:
        """Stand for what `descriptor` describes."""
        Camera.__init__(self)
        super().__init__(coordinator, descriptor)

    @override
    def _show(self, value: None) -> None:
        """A camera has no state of its own."""

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        """Return a picture in the size that the device takes it."""
        return await self._async_picture(stream=False)

    @override
    async def handle_async_mjpeg_stream(
        self, request: web.Request
    ) -> web.StreamResponse | None:
        """Send picture after picture for as long as somebody looks."""
        return await camera.async_get_still_stream(
            request,
            self._async_next_picture,
            camera.DEFAULT_CONTENT_TYPE,
            0.0,
        )

    async def _async_next_picture(self) -> bytes | None:
        try:
            return await self._async_picture(stream=True)
        except HomeAssistantError:
            # The device has gone, or will not: the stream ends.
            return None

    async def _async_picture(self, *, stream: bool) -> bytes | None:
        if not self.available:
            return None
        args: dict[int, Any] = CameraCommand(stream=stream).args()
        return await self.coordinator.pictures.async_get(self.descriptor.address, args)
