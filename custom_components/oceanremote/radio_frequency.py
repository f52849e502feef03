"""Radio senders of a device."""

from typing import override

from homeassistant.components.radio_frequency import (
    RadioFrequencyCommand,
    RadioFrequencyTransmitterEntity,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import DescribedEntity, DeviceSource, async_setup_platform
from .protocol.domains import Domain
from .protocol.domains.radio_frequency import (
    RadioFrequencyCommand as DeviceCommand,
    RadioFrequencyProperties,
)

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the radio senders."""
    async_setup_platform(
        entry, async_add_entities, {Domain.RADIO_FREQUENCY: DeviceRadioFrequency}
    )


class DeviceRadioFrequency(
    DescribedEntity[None, RadioFrequencyProperties], RadioFrequencyTransmitterEntity
):
    """A radio sender that the device described."""

    @override
    def _show(self, value: None) -> None:
        """There is nothing to show."""

    @property
    @override
    def supported_frequency_ranges(self) -> list[tuple[int, int]]:
        """Return the one range that the device named."""
        radio = self.descriptor.properties
        return [(radio.frequency_min, radio.frequency_max)]

    @override
    async def async_send_command(self, command: RadioFrequencyCommand) -> None:
        """Send a signal, and return when the device has begun.

        On-off keying is all that Home Assistant asks of it: `supports_modulation`.
        """
        context = self._context
        sent = DeviceCommand(
            frequency=command.frequency,
            timings=tuple(command.get_raw_timings()),
            # It counts those after the first.
            repeat_count=command.repeat_count + 1,
        )
        await self._async_command(context, sent)
