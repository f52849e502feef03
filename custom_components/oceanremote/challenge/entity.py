"""What every entity of a challenge device has in common.

Entities come and go with the device's command table; a row keeps its entity when its
name or its bytes change.
"""

from collections.abc import Callable
from typing import Any, Protocol, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..common.const import DOMAIN
from .device import ChallengeDevice
from .devices import ChallengeDevices
from .settings import Action, CommandKind, CommandRow

__all__ = [
    "Action",
    "ChallengeDevice",
    "ChallengeEntity",
    "ChallengeSource",
    "CommandKind",
    "CommandRow",
    "StatefulChallengeEntity",
    "async_setup_challenge_platform",
]

type ChallengeFactory = Callable[[ChallengeDevice, CommandRow], ChallengeEntity]


class ChallengeSource(Protocol):
    """What the platforms ask of the config entry's `runtime_data`."""

    @property
    def challenges(self) -> ChallengeDevices:
        """Its challenge devices."""


@callback
def async_setup_challenge_platform(
    entry: ConfigEntry[Any],
    async_add_entities: AddConfigEntryEntitiesCallback,
    kind: CommandKind,
    factory: ChallengeFactory,
) -> None:
    """Add the entities of one kind, for every device and every change of its table.

    The entry's `runtime_data` is a ChallengeSource.
    """
    source: ChallengeSource = entry.runtime_data

    @callback
    def add_device(device: ChallengeDevice) -> None:
        known: set[str] = set()

        @callback
        def follow_table() -> None:
            rows = {
                row.key: row for row in device.settings.commands if row.kind is kind
            }
            fresh: dict[str, ChallengeEntity] = {}

            def make(row: CommandRow) -> None:
                fresh[row.key] = factory(device, row)

            for key, row in rows.items():
                if key not in known:
                    device.containment.call(f"command {key}", make, row)
            known.intersection_update(rows)
            known.update(fresh)
            if fresh:
                async_add_entities(
                    fresh.values(), config_subentry_id=device.subentry_id
                )

        follow_table()
        device.subscribe(follow_table)

    entry.async_on_unload(source.challenges.async_subscribe(add_device))


class ChallengeEntity(Entity):
    """An entity of one row of the command table."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, device: ChallengeDevice, row: CommandRow) -> None:
        """Stand for `row`."""
        self.device = device
        self.row = row
        self._attr_name = row.name
        self._attr_unique_id = f"{device.subentry_id}-challenge-{row.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, device.subentry_id)})

    @property
    @override
    def available(self) -> bool:
        """Whether the device answers, as far as it is asked."""
        return self.device.available

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the table."""
        await super().async_added_to_hass()
        self.async_on_remove(self.device.subscribe(self._changed))

    @callback
    def _changed(self) -> None:
        row = next(
            (row for row in self.device.settings.commands if row.key == self.row.key),
            None,
        )
        if row is None:
            # Takes the entity with it.
            er.async_get(self.hass).async_remove(self.entity_id)
            return
        if row != self.row:
            self._adopt(row)
        self.async_write_ha_state()

    def _adopt(self, row: CommandRow) -> None:
        """Take over a row that was changed."""
        self.row = row
        self._attr_name = row.name
        if self.registry_entry is not None:
            er.async_get(self.hass).async_update_entity(
                self.entity_id, original_name=row.name
            )

    async def _async_command(self, context: Context | None, action: Action) -> None:
        """Send what stands for `action`.

        `context` was read in the caller's first statement: after any await
        `self._context` may be another caller's.
        """
        await self.device.async_command(self.row.bytes[action], context)


class StatefulChallengeEntity(ChallengeEntity):
    """An entity with a state: assumed, unless the device's last response proved it.

    What it begins with is the device's knowledge, not Home Assistant's restored state,
    which may be older than the last command.
    """

    @property
    def known_on(self) -> bool | None:
        """Whether it is on, open or locked, as far as anybody knows."""
        state = self.device.state_of(self.row)
        return None if state is None else state.on

    @property
    def known_opening(self) -> bool | None:
        """Whether it opens (or closes: False), as the device said last."""
        state = self.device.state_of(self.row)
        return None if state is None else state.opening

    @property
    @override
    def assumed_state(self) -> bool:
        """Whether the device itself has not said so."""
        state = self.device.state_of(self.row)
        return state is None or not state.proved
