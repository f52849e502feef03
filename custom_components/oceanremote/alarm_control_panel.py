"""Alarm control panels of a device."""

from types import MappingProxyType
from typing import Final, override

from homeassistant.components.alarm_control_panel import (
    AlarmControlPanelEntity,
    AlarmControlPanelEntityFeature,
    AlarmControlPanelState as ShownState,
    CodeFormat,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .device.codes import checked_code
from .entity import DescribedEntity, DeviceSource, async_setup_platform
from .protocol.domains import Domain
from .protocol.domains.alarm_control_panel import (
    AlarmControlPanelAction as Action,
    AlarmControlPanelCommand,
    AlarmControlPanelCondition as Condition,
    AlarmControlPanelProperties,
    AlarmControlPanelState,
    PanelFeature,
)
from .protocol.entities import EntityDescriptor

PARALLEL_UPDATES = 0

_STATES: Final = MappingProxyType(
    {
        Condition.DISARMED: ShownState.DISARMED,
        Condition.ARMED_HOME: ShownState.ARMED_HOME,
        Condition.ARMED_AWAY: ShownState.ARMED_AWAY,
        Condition.ARMED_NIGHT: ShownState.ARMED_NIGHT,
        Condition.ARMED_VACATION: ShownState.ARMED_VACATION,
        Condition.ARMED_CUSTOM_BYPASS: ShownState.ARMED_CUSTOM_BYPASS,
        Condition.PENDING: ShownState.PENDING,
        Condition.ARMING: ShownState.ARMING,
        Condition.DISARMING: ShownState.DISARMING,
        Condition.TRIGGERED: ShownState.TRIGGERED,
    }
)
_FEATURES: Final = MappingProxyType(
    {
        PanelFeature.ARM_HOME: AlarmControlPanelEntityFeature.ARM_HOME,
        PanelFeature.ARM_AWAY: AlarmControlPanelEntityFeature.ARM_AWAY,
        PanelFeature.ARM_NIGHT: AlarmControlPanelEntityFeature.ARM_NIGHT,
        PanelFeature.TRIGGER: AlarmControlPanelEntityFeature.TRIGGER,
        PanelFeature.ARM_CUSTOM_BYPASS: (
            AlarmControlPanelEntityFeature.ARM_CUSTOM_BYPASS
        ),
        PanelFeature.ARM_VACATION: AlarmControlPanelEntityFeature.ARM_VACATION,
    }
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the alarm control panels."""
    async_setup_platform(
        entry, async_add_entities, {Domain.ALARM_CONTROL_PANEL: DevicePanel}
    )


class DevicePanel(
    DescribedEntity[AlarmControlPanelState, AlarmControlPanelProperties],
    AlarmControlPanelEntity,
):
    """An alarm control panel that the device described."""

    @override
    def _adopt(self, descriptor: EntityDescriptor[AlarmControlPanelProperties]) -> None:
        super()._adopt(descriptor)
        panel = descriptor.properties
        features = AlarmControlPanelEntityFeature(0)
        for bit, feature in _FEATURES.items():
            if panel.supported_features & bit:
                features |= feature
        self._attr_supported_features = features
        self._attr_code_format = CodeFormat.NUMBER if panel.requires_code else None
        self._attr_code_arm_required = panel.requires_code_to_arm

    @override
    def _show(self, value: AlarmControlPanelState | None) -> None:
        condition = None if value is None else value.condition
        self._attr_alarm_state = None if condition is None else _STATES[condition]

    @override
    async def async_alarm_disarm(self, code: str | None = None) -> None:
        """Disarm it, and return when the device has heard."""
        context = self._context
        await self._async_act(context, Action.DISARM, code)

    @override
    async def async_alarm_arm_home(self, code: str | None = None) -> None:
        """Arm it for people at home, and return when the device has heard."""
        context = self._context
        await self._async_act(context, Action.ARM_HOME, code)

    @override
    async def async_alarm_arm_away(self, code: str | None = None) -> None:
        """Arm it for an empty house, and return when the device has heard."""
        context = self._context
        await self._async_act(context, Action.ARM_AWAY, code)

    @override
    async def async_alarm_arm_night(self, code: str | None = None) -> None:
        """Arm it for the night, and return when the device has heard."""
        context = self._context
        await self._async_act(context, Action.ARM_NIGHT, code)

    @override
    async def async_alarm_arm_vacation(self, code: str | None = None) -> None:
        """Arm it for a vacation, and return when the device has heard."""
        context = self._context
        await self._async_act(context, Action.ARM_VACATION, code)

    @override
    async def async_alarm_arm_custom_bypass(self, code: str | None = None) -> None:
        """Arm it but for some zones, and return when the device has heard."""
        context = self._context
        await self._async_act(context, Action.ARM_CUSTOM_BYPASS, code)

    @override
    async def async_alarm_trigger(self, code: str | None = None) -> None:
        """Raise the alarm, and return when the device has heard."""
        context = self._context
        await self._async_act(context, Action.TRIGGER, code)

    async def _async_act(
        self, context: Context | None, action: Action, code: str | None
    ) -> None:
        command = AlarmControlPanelCommand(action=action, code=checked_code(code))
        await self._async_command(context, command)
