"""The page on which an administrator says which tunnels a device may have."""

from typing import Any, Final

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.helpers.selector import (
    BooleanSelector,
    TextSelector,
    TextSelectorConfig,
)
import voluptuous as vol

from ..common.const import CONF_TUNNELS
from ..policy.audit.kinds import AuditKind
from ..policy.tunnels import (
    MAX_PORT,
    MIN_PORT,
    SERVICES,
    SourceInvalidError,
    TunnelRule,
    TunnelRules,
    parse_sources,
)
from .number_box import number_box
from .token_pages import TokenPages

STEP_TUNNELS: Final = "tunnels"

FIELD_SOURCES: Final = "sources"

_SCHEMA: Final = vol.Schema(
    {
        **{
            key: value
            for name in SERVICES
            for key, value in (
                (vol.Required(name, default=False), BooleanSelector()),
                (vol.Required(f"{name}_keep", default=False), BooleanSelector()),
                (
                    vol.Optional(f"{name}_port"),
                    vol.All(
                        number_box(MIN_PORT, MAX_PORT),
                        vol.Coerce(int),
                    ),
                ),
            )
        },
        vol.Optional(FIELD_SOURCES): TextSelector(TextSelectorConfig(multiple=True)),
    }
)


class TunnelPage(TokenPages):
    """Edits one device's rules; what they say is true at once."""

    async def async_step_tunnels(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which services may be reached, at which ports, and from where."""
        hub, user_id = await self._async_enter()
        subentry = self._subentry()
        errors: dict[str, str] = {}
        if user_input is not None:
            rules = _read(user_input, errors)
            if not errors:
                self.hass.config_entries.async_update_subentry(
                    self._get_entry(),
                    subentry,
                    data={**subentry.data, CONF_TUNNELS: rules.as_data()},
                )
                hub.record(
                    AuditKind.POLICY,
                    "which tunnels it may have was changed",
                    enrolment_id=hub.coordinator_for(subentry.subentry_id).enrolment_id,
                    user_id=user_id,
                )
                return self.async_abort(reason="tunnels_saved")
        present = TunnelRules.from_data(subentry.data.get(CONF_TUNNELS, {}))
        return self.async_show_form(
            step_id=STEP_TUNNELS,
            data_schema=self.add_suggested_values_to_schema(
                _SCHEMA, user_input or _shown(present)
            ),
            errors=errors,
            description_placeholders={"name": subentry.title},
        )


def _read(page: dict[str, Any], errors: dict[str, str]) -> TunnelRules:
    """Return the rules that a filled page says; what is wrong goes into `errors`."""
    try:
        sources = parse_sources(page.get(FIELD_SOURCES) or ())
    except SourceInvalidError:
        errors[FIELD_SOURCES] = "not_a_network"
        sources = ()
    rules: dict[str, TunnelRule] = {}
    for name in SERVICES:
        keep, port = page[f"{name}_keep"], page.get(f"{name}_port", 0)
        if keep and not port:
            # A port that is another after each restart is of no use to anybody.
            errors[f"{name}_port"] = "port_needed"
        if page[name]:
            rules[name] = TunnelRule(keep, port, sources)
    ports = [rule.port for rule in rules.values() if rule.port]
    if len(set(ports)) < len(ports):
        errors["base"] = "port_twice"
    return TunnelRules(rules)


def _shown(rules: TunnelRules) -> dict[str, Any]:
    """Return the page that says some rules."""
    page: dict[str, Any] = {}
    for name, rule in rules.services.items():
        page |= {name: True, f"{name}_keep": rule.keep}
        if rule.port:
            page[f"{name}_port"] = rule.port
        page[FIELD_SOURCES] = [str(network) for network in rule.sources]
    return page
