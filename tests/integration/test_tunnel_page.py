"""The page that allows tunnels, as an administrator walks it."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.const import CONF_TUNNELS
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.tunnels import (
    TunnelRule,
    TunnelRules,
    parse_sources,
)

from .flow_support import answer, choose, start_device_flow, text_at
from .runtime_support import Records

NOTHING = {
    "api": False,
    "api_keep": False,
    "web_server": False,
    "web_server_keep": False,
}


async def open_page(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    """Choose the page of the one device."""
    (subentry_id,) = entry.subentries
    flow = await start_device_flow(hass, entry, subentry_id)
    return await choose(hass, flow, "tunnels")


def rules_of(entry: MockConfigEntry) -> TunnelRules:
    """Return the rules that the one device has."""
    (subentry,) = entry.subentries.values()
    return TunnelRules.from_data(subentry.data.get(CONF_TUNNELS, {}))


def suggested(flow: dict[str, Any]) -> dict[str, Any]:
    """Return what the page shows as chosen."""
    return {
        str(key): key.description["suggested_value"]
        for key in flow["data_schema"].schema
        if key.description
    }


async def test_what_is_chosen_counts_at_once_and_is_shown_again(
    hass: HomeAssistant, hub_entry: MockConfigEntry, records: Records
) -> None:
    flow = await open_page(hass, hub_entry)
    assert suggested(flow) == {}
    chosen = {
        **NOTHING,
        "api": True,
        "api_keep": True,
        "api_port": 16053,
        "web_server": True,
        "sources": ["192.168.1.20", "10.0.0.0/8"],
    }
    done = await answer(hass, flow, **chosen)
    assert done["type"] is FlowResultType.ABORT
    assert done["reason"] == "tunnels_saved"
    sources = parse_sources(chosen["sources"])
    assert rules_of(hub_entry) == TunnelRules(
        {
            "api": TunnelRule(keep=True, port=16053, sources=sources),
            "web_server": TunnelRule(sources=sources),
        }
    )
    assert records.of(AuditKind.POLICY)
    shown = suggested(await open_page(hass, hub_entry))
    assert shown["api_port"] == 16053
    assert shown["sources"] == ["192.168.1.20/32", "10.0.0.0/8"]
    assert shown["web_server"]


@pytest.mark.parametrize(
    ("wrong", "field", "error"),
    [
        ({"sources": ["everybody"]}, "sources", "not_a_network"),
        ({"api": True, "api_keep": True}, "api_port", "port_needed"),
        (
            {
                "api": True,
                "web_server": True,
                "api_port": 16053,
                "web_server_port": 16053,
            },
            "base",
            "port_twice",
        ),
    ],
)
async def test_what_is_wrong_is_said_and_changes_nothing(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    wrong: dict[str, Any],
    field: str,
    error: str,
) -> None:
    flow = await open_page(hass, hub_entry)
    again = await answer(hass, flow, **NOTHING | wrong)
    assert again["type"] is FlowResultType.FORM
    assert again["errors"] == {field: error}
    assert text_at("config_subentries", "device", "error", error)
    assert rules_of(hub_entry) == TunnelRules()


async def test_a_port_of_the_system_is_out_of_reach(
    hass: HomeAssistant, hub_entry: MockConfigEntry
) -> None:
    flow = await open_page(hass, hub_entry)
    with pytest.raises(InvalidData):
        await answer(hass, flow, **NOTHING | {"api": True, "api_port": 80})
