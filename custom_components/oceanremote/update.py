"""Updates that a device has described, and the one of its own firmware."""

from typing import Any, Final, override

from homeassistant.components.update import (
    UpdateDeviceClass,
    UpdateEntity,
    UpdateEntityFeature,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .device.coordinator import DeviceCoordinator
from .entity import (
    DescribedEntity,
    DeviceSource,
    OwnEntity,
    async_setup_platform,
    known_or_none,
)
from .protocol.domains import Domain
from .protocol.domains.base import Properties
from .protocol.domains.update import UpdateAction, UpdateCommand, UpdateState
from .protocol.entities import EntityDescriptor

PARALLEL_UPDATES = 0

# What the dashboard may make a link of: any other scheme could be a program.
_WEB: Final = ("http://", "https://")
_NOTHING: Final = UpdateState()


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the updates."""
    async_setup_platform(
        entry,
        async_add_entities,
        {Domain.UPDATE: DeviceUpdate},
        own_later=[(_takes_updates, FirmwareUpdate)],
    )


def _takes_updates(coordinator: DeviceCoordinator) -> bool:
    return coordinator.updates.facts is not None


class DeviceUpdate(DescribedEntity[UpdateState, Properties], UpdateEntity):
    """An update that the device described."""

    _attr_supported_features = (
        UpdateEntityFeature.INSTALL
        | UpdateEntityFeature.PROGRESS
        | UpdateEntityFeature.RELEASE_NOTES
    )
    _installing = False
    _release_notes: str | None = None

    @override
    def _adopt(self, descriptor: EntityDescriptor[Properties]) -> None:
        super()._adopt(descriptor)
        self._attr_device_class = known_or_none(
            UpdateDeviceClass, descriptor.device_class
        )

    @override
    def _show(self, value: UpdateState | None) -> None:
        told = value is not None
        state = value or _NOTHING
        self._attr_installed_version = state.current_version if told else None
        self._attr_latest_version = state.latest_version if told else None
        self._attr_title = state.title if told else None
        self._installing = state.in_progress
        self._attr_update_percentage = (
            None if state.progress is None else int(state.progress)
        )
        self._attr_release_url = (
            state.release_url if state.release_url.lower().startswith(_WEB) else None
        )
        self._release_notes = state.release_summary or None

    @property
    @override
    def in_progress(self) -> bool:
        """Whether the device says so: Home Assistant's own flag ends with the command."""
        return self._installing

    @override
    def version_is_newer(self, latest_version: str, installed_version: str) -> bool:
        """Compare without a build's suffix: `2026.10.1_c51f7548` is 2026.10.1."""
        return super().version_is_newer(
            latest_version.partition("_")[0], installed_version.partition("_")[0]
        )

    @override
    async def async_release_notes(self) -> str | None:
        """Return what the device says of the latest version."""
        return self._release_notes

    async def async_update(self) -> None:
        """Have the device look for an update, when somebody asks for that."""
        context = self._context
        if self.available:
            await self._async_command(context, UpdateCommand(UpdateAction.CHECK))

    @override
    async def async_install(
        self, version: str | None, backup: bool, **kwargs: Any
    ) -> None:
        """Have it installed; return when the device has begun."""
        context = self._context
        await self._async_command(context, UpdateCommand(UpdateAction.INSTALL))


class FirmwareUpdate(OwnEntity, UpdateEntity):
    """The firmware of a device; new is what an administrator has handed in."""

    _attr_device_class = UpdateDeviceClass.FIRMWARE
    _attr_entity_category = EntityCategory.CONFIG
    _attr_supported_features = (
        UpdateEntityFeature.INSTALL
        | UpdateEntityFeature.PROGRESS
        | UpdateEntityFeature.RELEASE_NOTES
    )

    def __init__(self, coordinator: DeviceCoordinator) -> None:
        """Belong to a device."""
        super().__init__(coordinator, "firmware")
        self._shown: int | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the device, and an update that is under way."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.updates.watch(self._went_on))

    @callback
    def _went_on(self) -> None:
        if self._shown != (shown := self.update_percentage):
            self._shown = shown
            self.async_write_ha_state()

    @property
    @override
    def installed_version(self) -> str | None:
        """What runs: its version, and when it was built."""
        facts, updates = self.coordinator.facts, self.coordinator.updates.facts
        if facts is None or updates is None:
            return None
        version = facts.project_version or facts.esphome_version
        return _named(version, updates.build)

    @property
    @override
    def latest_version(self) -> str | None:
        """What waits to be installed, else what runs."""
        if (kept := self.coordinator.updates.kept) is None:
            return self.installed_version
        return _named(kept.version, max(kept.builds, default=""))

    @override
    def version_is_newer(self, latest_version: str, installed_version: str) -> bool:
        """Take whatever was handed in for new: it may be meant to go back."""
        return latest_version != installed_version

    @property
    @override
    def in_progress(self) -> bool:
        """Whether an update is under way."""
        return self.coordinator.updates.under_way

    @property
    @override
    def update_percentage(self) -> int | None:
        """How much of the image the device has."""
        progress = self.coordinator.updates.progress
        return None if progress is None else int(progress)

    @override
    async def async_release_notes(self) -> str | None:
        """Return what the image says of itself."""
        if (kept := self.coordinator.updates.kept) is None:
            return None
        return f"{kept.name}: {self.latest_version}"

    @override
    async def async_install(
        self, version: str | None, backup: bool, **kwargs: Any
    ) -> None:
        """Have it installed; return when the device runs it."""
        user_id = None if self._context is None else self._context.user_id
        if user_id is not None:
            user = await self.hass.auth.async_get_user(user_id)
            if user is None or not user.is_admin:
                raise Unauthorized(context=self._context, entity_id=self.entity_id)
        if (install := self.coordinator.updates.on_install) is not None:
            await install(user_id)


def _named(version: str, build: str) -> str:
    """Return a version with the day and minute of its build."""
    return f"{version} ({build[:16]})" if build else version
