"""One repair per device: what it was refused, and what a click would allow.

The first thing refused stays until somebody has decided: a board cannot change what
stands in a dialog that is being read.
"""

from collections.abc import Iterable, Iterator
import json
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..common.const import DOMAIN
from ..common.texts import clean_line, escaped
from ..device.coordinator import DeviceCoordinator
from ..policy.permits import Permits
from ..trust.issue_ids import issue_id_of
from .targets import async_entity_of

ISSUE_REFUSED_REQUEST: Final = "refused_request"
DATA_MISSING: Final = "missing"
DATA_SUBENTRY: Final = "subentry_id"
DATA_ENTRY: Final = "entry_id"
# Things that somebody has decided not to allow are not offered again, so many.
MAX_DECLINED: Final = 64


class Offers:
    """Shows the repair of one device."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, coordinator: DeviceCoordinator
    ) -> None:
        """Show nothing yet."""
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._issue_id = issue_id_of(ISSUE_REFUSED_REQUEST, coordinator.subentry_id)
        self._offered: Permits | None = None
        self._declined: dict[str, None] = {}

    @callback
    def offer(self, missing: Permits) -> None:
        """Offer to allow what was missing, unless another offer is open."""
        text = text_of(missing)
        if text in self._declined or self._is_open():
            return
        self._offered = missing
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._issue_id,
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key=ISSUE_REFUSED_REQUEST,
            translation_placeholders={"name": self._coordinator.name},
            data={
                DATA_ENTRY: self._entry.entry_id,
                DATA_SUBENTRY: self._coordinator.subentry_id,
                DATA_MISSING: text,
                "name": self._coordinator.name,
            },
        )

    @callback
    def follow(self, permits: Permits) -> None:
        """End an offer of what is allowed by now."""
        if self._offered is not None and permits >= self._offered:
            self.end()

    @callback
    def end(self) -> None:
        """Show nothing."""
        self._offered = None
        ir.async_delete_issue(self._hass, DOMAIN, self._issue_id)

    @callback
    def decline(self, text: str) -> None:
        """Offer the same no more until Home Assistant restarts."""
        while len(self._declined) >= MAX_DECLINED:
            del self._declined[next(iter(self._declined))]
        self._declined[text] = None
        self.end()

    def _is_open(self) -> bool:
        issue = ir.async_get(self._hass).async_get_issue(DOMAIN, self._issue_id)
        return issue is not None and issue.active


def text_of(missing: Permits) -> str:
    """Return what was missing as an issue carries it."""
    return json.dumps(missing.as_data(), sort_keys=True)


def missing_of(text: object) -> Permits:
    """Return what `text_of` has written."""
    return Permits.from_data(json.loads(str(text)))


@callback
def async_describe(hass: HomeAssistant, missing: Permits) -> str:
    """Return, line by line and escaped, exactly what would be allowed."""

    def entities(keys: Iterable[str]) -> str:
        return ", ".join(
            escaped(clean_line(async_entity_of(hass, key))) for key in sorted(keys)
        )

    def lines() -> Iterator[str]:
        if missing.read:
            yield f"read: {entities(missing.read)}"
        for name, action in missing.actions.items():
            yield f"action: {escaped(clean_line(name))}"
            if action.entities:
                yield f"on: {entities(action.entities)}"
            for template in sorted(action.templates):
                yield f"template: {escaped(clean_line(template))}"
        for event in sorted(missing.events):
            yield f"event: {escaped(clean_line(event))}"
        for template in sorted(missing.event_templates):
            yield f"event template: {escaped(clean_line(template))}"
        for tag in sorted(missing.tags):
            yield f"tag: {escaped(clean_line(tag))}"

    return "\n".join(f"- {line}" for line in lines())
