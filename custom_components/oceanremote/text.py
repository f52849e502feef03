"""Texts of a device that a person sets."""

from typing import Any, Final, override

from homeassistant.components.text import (
    TextEntity,
    TextEntityCapabilityAttribute,
    TextMode,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .common.patterns import is_quick
from .entity import DescribedEntity, DeviceSource, async_setup_platform
from .protocol.domains import Domain
from .protocol.domains.text import (
    TextCommand,
    TextMode as DescribedMode,
    TextProperties,
)
from .protocol.entities import EntityDescriptor

PARALLEL_UPDATES = 0

_MODES: Final = {
    DescribedMode.TEXT: TextMode.TEXT,
    DescribedMode.PASSWORD: TextMode.PASSWORD,
}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the texts."""
    async_setup_platform(entry, async_add_entities, {Domain.TEXT: DeviceText})


class DeviceText(DescribedEntity[str, TextProperties], TextEntity):
    """A text that the device described."""

    @override
    def _adopt(self, descriptor: EntityDescriptor[TextProperties]) -> None:
        super()._adopt(descriptor)
        text = descriptor.properties
        self._attr_native_min = text.min_length
        self._attr_native_max = text.max_length
        self._attr_mode = _MODES[text.mode]
        # What Home Assistant cannot match, or only in hours, is for people to see.
        self._attr_pattern = (
            text.pattern if text.pattern and is_quick(text.pattern) else None
        )

    @property
    @override
    def capability_attributes(self) -> dict[str, Any]:
        """Return what a text may be, the device's own pattern included."""
        pattern = self.descriptor.properties.pattern
        return super().capability_attributes | {
            TextEntityCapabilityAttribute.PATTERN: pattern
        }

    @override
    def _show(self, value: str | None) -> None:
        self._attr_native_value = (
            value if value is not None and self._may_be(value) else None
        )

    def _may_be(self, value: str) -> bool:
        """Whether Home Assistant takes this for a state of the entity."""
        if not self.min <= len(value) <= self.max:
            return False
        return self.pattern_cmp is None or bool(self.pattern_cmp.match(value))

    @override
    async def async_set_value(self, value: str) -> None:
        """Set it, and return when the device has done so."""
        context = self._context
        await self._async_command(context, TextCommand(value))
