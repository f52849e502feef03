"""The fields for the hub's addresses, and the page that says what was found there."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final, NamedTuple

from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import BooleanSelector, TextSelector
from homeassistant.helpers.translation import async_get_translations
import voluptuous as vol

from ..common.const import DOMAIN
from .hub_addresses import AddressError, check_addresses
from .probe import Finding, Probe, async_probe

FIELD_LOCAL: Final = "address_local"
FIELD_ELSEWHERE: Final = "address_elsewhere"
FIELD_ACCEPT: Final = "accept_warnings"

STEP_CHECK: Final = "check"
STEP_FOUND: Final = "found"
STEP_FINISH: Final = "finish"

# As the frontend's markdown understands it.
_ALERT: Final = '<ha-alert alert-type="{kind}" title="{url}">{text}</ha-alert>'


class CheckPage(NamedTuple):
    """The menu that says what was found: its step's name and its placeholders."""

    step_id: str
    placeholders: dict[str, str]


def address_fields(user_input: Mapping[str, Any] | None) -> dict[Any, Any]:
    """Return the fields for addresses; a box for "all the same" where one warns."""
    fields: dict[Any, Any] = {
        vol.Required(FIELD_LOCAL): TextSelector(),
        vol.Optional(FIELD_ELSEWHERE): TextSelector(),
    }
    if user_input is not None and _has_warnings(user_input):
        fields[vol.Required(FIELD_ACCEPT, default=False)] = BooleanSelector()
    return fields


def read_addresses(
    user_input: Mapping[str, Any],
) -> tuple[list[str], dict[str, str]]:
    """Return the addresses in their order, or what is wrong with which field.

    A warning counts as an error until the person says "all the same".
    """
    urls: list[str] = []
    errors: dict[str, str] = {}
    for name in (FIELD_LOCAL, FIELD_ELSEWHERE):
        if not (text := user_input.get(name, "").strip()):
            continue
        try:
            address = check_addresses([*urls, text])[-1]
        except AddressError as err:
            errors[name] = err.problem
            continue
        if address.warning is not None and not user_input.get(FIELD_ACCEPT):
            errors[name] = address.warning
        urls.append(address.url)
    if not urls and not errors:
        errors[FIELD_LOCAL] = "address_invalid"
    return urls, errors


async def async_check_page(hass: HomeAssistant, urls: Sequence[str]) -> CheckPage:
    """Dial every address; return the page that says what was found.

    Its words are in the server's language: a page cannot translate its placeholders.
    """
    probes = await async_probe(hass, urls)
    texts = await async_get_translations(
        hass, hass.config.language, "selector", [DOMAIN]
    )
    good = all(probe.finding is Finding.HERE for probe in probes)
    findings = "\n\n".join(_alert(probe, texts) for probe in probes)
    return CheckPage(STEP_FOUND if good else STEP_CHECK, {"findings": findings})


def _alert(probe: Probe, texts: Mapping[str, str]) -> str:
    key = f"component.{DOMAIN}.selector.finding.options.{probe.finding}"
    text = texts.get(key, probe.finding)
    return _ALERT.format(
        kind="success" if probe.finding is Finding.HERE else "warning",
        url=escape(probe.url, quote=True),
        text=text.replace("{status}", str(probe.status)),
    )


def _has_warnings(user_input: Mapping[str, Any]) -> bool:
    _, errors = read_addresses({**user_input, FIELD_ACCEPT: False})
    _, accepted = read_addresses({**user_input, FIELD_ACCEPT: True})
    return errors != accepted
