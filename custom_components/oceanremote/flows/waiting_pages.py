"""The page on which an administrator says which commands wait for a sleeping device."""

from typing import Any, Final

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
)
import voluptuous as vol

from ..common.const import CONF_WAITING
from ..device.coordinator import DeviceCoordinator
from ..device.state import EntityIdentity
from ..device.waiting_rules import (
    CONF_ACTIONS,
    CONF_ENTITIES,
    CONF_MINUTES,
    ONLY_IF_NAMED,
    WaitingRules,
)
from ..policy.audit.kinds import AuditKind
from ..policy.waiting import DEFAULT_MINUTES, MAX_MINUTES
from .number_box import number_box
from .permit_pages import PermitPages

STEP_WAITING: Final = "waiting"

_MINUTES = number_box(0, MAX_MINUTES, "min")


class WaitingPages(PermitPages):
    """Edits one device's rules; what they say is true at once."""

    async def async_step_waiting(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for how long commands wait, and which of the dangerous ones do."""
        hub, user_id = await self._async_enter()
        subentry = self._subentry()
        coordinator = hub.coordinator_for(subentry.subentry_id)
        choices = _choices(self.hass, coordinator)
        if user_input is not None:
            rules = WaitingRules(
                int(user_input[CONF_MINUTES]),
                # What is not the device's, or needs no permission, is not kept.
                frozenset(
                    choices[entity_id]
                    for entity_id in user_input.get(CONF_ENTITIES, ())
                    if entity_id in choices
                ),
                frozenset(user_input.get(CONF_ACTIONS, ())),
            )
            self.hass.config_entries.async_update_subentry(
                self._get_entry(),
                subentry,
                data={**subentry.data, CONF_WAITING: rules.as_data()},
            )
            hub.record(
                AuditKind.POLICY,
                "which commands wait for it was changed",
                enrolment_id=coordinator.enrolment_id,
                user_id=user_id,
            )
            return self.async_abort(reason="waiting_saved")
        present = WaitingRules.from_data(subentry.data.get(CONF_WAITING, {}))
        return self.async_show_form(
            step_id=STEP_WAITING,
            data_schema=self.add_suggested_values_to_schema(
                _schema(choices, coordinator, present),
                {
                    CONF_MINUTES: present.minutes,
                    CONF_ENTITIES: sorted(
                        entity_id
                        for entity_id, unique_id in choices.items()
                        if unique_id in present.entities
                    ),
                    CONF_ACTIONS: sorted(present.actions),
                },
            ),
            description_placeholders={"name": subentry.title},
        )


@callback
def _choices(hass: HomeAssistant, coordinator: DeviceCoordinator) -> dict[str, str]:
    """Return the entities that wait only if they are named, with their unique ids."""
    wanted = {
        identity.unique_id(coordinator.subentry_id)
        for identity in map(EntityIdentity.of, coordinator.cache.descriptors.values())
        if identity.domain in ONLY_IF_NAMED
    }
    return {
        entity.entity_id: entity.unique_id
        for entity in er.async_entries_for_config_entry(
            er.async_get(hass), coordinator.entry_id
        )
        if entity.unique_id in wanted
    }


def _schema(
    choices: dict[str, str], coordinator: DeviceCoordinator, present: WaitingRules
) -> vol.Schema:
    fields: dict[vol.Marker, Any] = {
        vol.Required(CONF_MINUTES, default=DEFAULT_MINUTES): _MINUTES
    }
    if choices:
        fields[vol.Optional(CONF_ENTITIES)] = EntitySelector(
            EntitySelectorConfig(multiple=True, include_entities=sorted(choices))
        )
    known = {action.name for action in coordinator.description.actions}
    if known | present.actions:
        fields[vol.Optional(CONF_ACTIONS)] = SelectSelector(
            SelectSelectorConfig(options=sorted(known | present.actions), multiple=True)
        )
    return vol.Schema(fields)
