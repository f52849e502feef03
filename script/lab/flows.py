"""The user's way through the integration's dialogs, over Home Assistant's REST API."""

from dataclasses import dataclass
import re
from typing import Any

from .client import Client

DOMAIN = "oceanremote"
FLOW = "/api/config/config_entries/flow"
SUBENTRY_FLOW = "/api/config/config_entries/subentries/flow"
OPTIONS_FLOW = "/api/config/config_entries/options/flow"
MAX_STEPS = 8


class FlowFailed(Exception):
    """A dialog did not come to its end."""


@dataclass(frozen=True)
class Enrolment:
    """What "Add device" gives to a person."""

    subentry_id: str
    yaml: str

    @property
    def registration_token(self) -> str:
        """The one-time token in the YAML."""
        return _find(r"oc_reg_[A-Za-z0-9_-]+", self.yaml)

    @property
    def upload_port(self) -> str:
        """The hub's port for the device's firmware in the YAML."""
        return _find(r"(?m)(?<=^    port: )\d+$", self.yaml)

    @property
    def upload_password(self) -> str:
        """What is asked for there."""
        return _find(r'(?m)(?<=^    password: ")[A-Za-z0-9+/=]+', self.yaml)

    @property
    def hub_key(self) -> str:
        """The hub's public key in the YAML."""
        return _find(r"oc_hub_[A-Za-z0-9_-]+", self.yaml)


def _find(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise FlowFailed(f"no {pattern} in what the dialog showed")
    return match[0]


def _answers(step: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Fill a step's form: what was given, else what the form suggests."""
    answers: dict[str, Any] = {}
    for field in step.get("data_schema") or []:
        name = field["name"]
        suggested = (field.get("description") or {}).get("suggested_value")
        if name in given:
            answers[name] = given[name]
        elif "default" in field:
            answers[name] = field["default"]
        elif suggested is not None:
            answers[name] = suggested
        elif field.get("type") == "expandable":
            answers[name] = _answers({"data_schema": field.get("schema")}, given)
    return answers


def _fields(step: dict[str, Any]) -> set[str]:
    return {field["name"] for field in step.get("data_schema") or []}


async def run_flow(
    client: Client,
    path: str,
    start: dict[str, Any],
    given: dict[str, Any],
    menu: str | None = None,
) -> list[dict[str, Any]]:
    """Walk through one dialog; return every step that it showed.

    Raises FlowFailed when a step refuses what was entered.
    """
    step = await client.post(path, start)
    steps = [step]
    for _ in range(MAX_STEPS):
        if step["type"] not in ("form", "menu"):
            return steps
        if step["type"] == "menu":
            answer: dict[str, Any] = {"next_step_id": menu}
        else:
            answer = _answers(step, given)
        asked = _fields(step)
        step = await client.post(f"{path}/{step['flow_id']}", answer)
        steps.append(step)
        # A warning asks one question more; any other error is final.
        if step.get("errors") and not (_fields(step) - asked) & given.keys():
            raise FlowFailed(f"{step['step_id']}: {step['errors']}")
    raise FlowFailed(f"the dialog has no end: {step}")


def shown_yaml(steps: list[dict[str, Any]]) -> str:
    """Return the ESPHome YAML that one of the steps showed."""
    for step in steps:
        for field in step.get("data_schema") or []:
            if field["name"] == "yaml":
                return str(field["default"])
    raise FlowFailed(f"no YAML in {[step.get('step_id') for step in steps]}")


async def add_hub(client: Client, address: str) -> str:
    """Add the integration; return the config entry's id."""
    steps = await run_flow(
        client,
        FLOW,
        {"handler": DOMAIN, "show_advanced_options": True},
        {"address_local": address, "accept_warnings": True},
        menu="finish",
    )
    result = steps[-1]
    if result["type"] != "create_entry":
        raise FlowFailed(str(result))
    return str(result["result"]["entry_id"])


async def subentries(client: Client, entry_id: str) -> list[dict[str, Any]]:
    """List the subentries of the hub."""
    return list(
        await client.command("config_entries/subentries/list", entry_id=entry_id)
    )


async def add_device(
    client: Client, entry_id: str, name: str, board: str = "host", **more: Any
) -> Enrolment:
    """Add a device; return its subentry and the YAML that the last page shows."""
    before = {item["subentry_id"] for item in await subentries(client, entry_id)}
    steps = await run_flow(
        client,
        SUBENTRY_FLOW,
        {"handler": [entry_id, "device"], "show_advanced_options": True},
        {"name": name, "board": board, **more},
    )
    after = {item["subentry_id"] for item in await subentries(client, entry_id)}
    (subentry_id,) = after - before
    return Enrolment(subentry_id, shown_yaml(steps))


async def fill_page(
    client: Client, entry_id: str, subentry_id: str, name: str, page: dict[str, Any]
) -> None:
    """Fill one of the pages of a device; what is not in `page` stays."""
    steps = await run_flow(
        client,
        SUBENTRY_FLOW,
        {"handler": [entry_id, "device"], "subentry_id": subentry_id},
        page,
        menu=name,
    )
    if steps[-1].get("reason") != f"{name}_saved":
        raise FlowFailed(str(steps[-1]))


async def remove_device(client: Client, entry_id: str, subentry_id: str) -> None:
    """Delete a device's subentry, as its menu does."""
    await client.command(
        "config_entries/subentries/delete", entry_id=entry_id, subentry_id=subentry_id
    )
