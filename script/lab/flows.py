"""The user's way through the integration's dialogs, over Home Assistant's REST API."""

from dataclasses import dataclass
import re
from typing import Any

from .client import Client

DOMAIN = "oceanremote"
FLOW = "/api/config/config_entries/flow"
SUBENTRY_FLOW = "/api/config/config_entries/subentries/flow"
OPTIONS_FLOW = "/api/config/config_entries/options/flow"


@dataclass(frozen=True)
class Enrolment:
    """What the last page of "Add device" gives to a person."""

    subentry_id: str
    yaml: str

    def _find(self, pattern: str) -> str:
        match = re.search(pattern, self.yaml)
        assert match is not None, f"no {pattern} in the YAML"
        return match[0]

    @property
    def registration_token(self) -> str:
        """The one-time token in the YAML."""
        return self._find(r"oc_reg_[A-Za-z0-9_-]+")

    @property
    def hub_key(self) -> str:
        """The hub's public key in the YAML."""
        return self._find(r"oc_hub_[A-Za-z0-9_-]+")


def find_yaml(result: dict[str, Any]) -> str:
    """Return the ESPHome YAML that a flow's step shows."""
    for value in (result.get("description_placeholders") or {}).values():
        if isinstance(value, str) and "oc_reg_" in value:
            return value
    raise AssertionError(f"no YAML in {result}")
