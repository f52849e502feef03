"""The page on which an administrator says what a device may ask of Home Assistant."""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Any, Final

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    ObjectSelector,
    ObjectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
)
import voluptuous as vol

from ..common.const import CONF_PERMITS
from ..policy.audit.kinds import AuditKind
from ..policy.permits import Call, NotPermitted, Permits, PermittedAction, check_kind
from ..requests.targets import async_entity_of, async_key_of, is_administrative
from .token_pages import TokenPages

STEP_PERMITS: Final = "permits"

FIELD_READ: Final = "read"
FIELD_ACTIONS: Final = "actions"
FIELD_EVENTS: Final = "events"
FIELD_EVENT_TEMPLATES: Final = "event_templates"
FIELD_TAGS: Final = "tags"

ROW_ACTION: Final = "action"
ROW_ENTITIES: Final = "entities"
ROW_TEMPLATES: Final = "templates"

_TEXTS = TextSelector(TextSelectorConfig(multiple=True))
_TEMPLATES = TextSelector(TextSelectorConfig(multiple=True, multiline=True))
_ENTITIES = EntitySelector(EntitySelectorConfig(multiple=True))
_ROWS = ObjectSelector(
    ObjectSelectorConfig(
        fields={
            ROW_ACTION: {"selector": TextSelector(), "required": True},
            ROW_ENTITIES: {"selector": _ENTITIES},
            ROW_TEMPLATES: {"selector": _TEMPLATES},
        },
        multiple=True,
        label_field=ROW_ACTION,
        translation_key="permitted_action",
    )
)
_SCHEMA = vol.Schema(
    {
        vol.Optional(FIELD_READ): _ENTITIES,
        vol.Optional(FIELD_ACTIONS): _ROWS,
        vol.Optional(FIELD_EVENTS): _TEXTS,
        vol.Optional(FIELD_EVENT_TEMPLATES): _TEMPLATES,
        vol.Optional(FIELD_TAGS): _TEXTS,
    }
)


class PermitPages(TokenPages):
    """Edits one device's list; what it says is true at once."""

    async def async_step_permits(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for all of the list on one page."""
        hub, user_id = await self._async_enter()
        subentry = self._subentry()
        errors: dict[str, str] = {}
        refused = ""
        if user_input is not None:
            rows = user_input.get(FIELD_ACTIONS) or []
            refused = next(filter(None, (_fault(self.hass, row) for row in rows)), "")
            if refused:
                errors["base"] = "action_never"
            else:
                permits = read_page(self.hass, user_input)
                self.hass.config_entries.async_update_subentry(
                    self._get_entry(),
                    subentry,
                    data={**subentry.data, CONF_PERMITS: permits.as_data()},
                )
                hub.record(
                    AuditKind.POLICY,
                    "what it may ask was changed",
                    enrolment_id=hub.coordinator_for(subentry.subentry_id).enrolment_id,
                    user_id=user_id,
                )
                return self.async_abort(reason="permits_saved")
        present = Permits.from_data(subentry.data.get(CONF_PERMITS, {}))
        return self.async_show_form(
            step_id=STEP_PERMITS,
            data_schema=self.add_suggested_values_to_schema(
                _SCHEMA, user_input or shown_page(self.hass, present)
            ),
            errors=errors,
            description_placeholders={"name": subentry.title, "action": refused},
        )


def _fault(hass: HomeAssistant, row: dict[str, Any]) -> str:
    """Return the action of a row that no device may call, empty if it may."""
    action = _name(row)
    domain, _, service = action.partition(".")
    administrative = is_administrative(hass, domain, service)
    try:
        check_kind(Call(domain=domain, service=service, administrative=administrative))
    except NotPermitted:
        return action
    return "" if service else action or "?"


def _name(row: dict[str, Any]) -> str:
    return str(row.get(ROW_ACTION, "")).strip().lower()


@callback
def read_page(hass: HomeAssistant, page: dict[str, Any]) -> Permits:
    """Return the list that a filled page says."""
    actions: dict[str, PermittedAction] = {}
    for row in page.get(FIELD_ACTIONS) or []:
        said = PermittedAction(
            _keys(hass, row.get(ROW_ENTITIES)), _texts(row.get(ROW_TEMPLATES))
        )
        actions[_name(row)] = actions.get(_name(row), PermittedAction()) | said
    return Permits(
        read=_keys(hass, page.get(FIELD_READ)),
        actions=MappingProxyType(actions),
        events=_texts(page.get(FIELD_EVENTS)),
        event_templates=_texts(page.get(FIELD_EVENT_TEMPLATES)),
        tags=_texts(page.get(FIELD_TAGS)),
    )


@callback
def shown_page(hass: HomeAssistant, permits: Permits) -> dict[str, Any]:
    """Return the page that says a list."""

    def entities(keys: Iterable[str]) -> list[str]:
        return sorted(async_entity_of(hass, key) for key in keys)

    return {
        FIELD_READ: entities(permits.read),
        FIELD_ACTIONS: [
            {
                ROW_ACTION: name,
                ROW_ENTITIES: entities(action.entities),
                ROW_TEMPLATES: sorted(action.templates),
            }
            for name, action in sorted(permits.actions.items())
        ],
        FIELD_EVENTS: sorted(permits.events),
        FIELD_EVENT_TEMPLATES: sorted(permits.event_templates),
        FIELD_TAGS: sorted(permits.tags),
    }


def _keys(hass: HomeAssistant, entities: list[str] | None) -> frozenset[str]:
    return frozenset(async_key_of(hass, entity_id) for entity_id in entities or ())


def _texts(texts: list[str] | None) -> frozenset[str]:
    # Not stripped: a template is allowed as the board has it, to the character.
    return frozenset(text for text in texts or () if text)
