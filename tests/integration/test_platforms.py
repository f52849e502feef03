"""A platform is loaded when it is needed first; one that fails costs its domain only."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.loader import Integration
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components import oceanremote
from custom_components.oceanremote import valve as valve_platform
from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.protocol import Domain

from .runtime_support import (
    FLOW,
    PUMP,
    Device,
    Records,
    describe,
    entity_id_of,
    eventually,
    only_coordinator,
)
from .test_entities import redescribe

INLET = describe(Domain.VALVE, "Inlet")
LEVEL = describe(Domain.NUMBER, "Level")
LOADED = f"{DOMAIN}.valve"
WHY = "Home Assistant could not load what shows such entities; its log says why"

type Break = Callable[[pytest.MonkeyPatch], None]


def no_import(patch: pytest.MonkeyPatch) -> None:
    """Let the platform's module, or what it imports, be missing."""
    real = Integration.async_get_platform

    async def get(integration: Integration, platform: str) -> Any:
        if (integration.domain, platform) == (DOMAIN, "valve"):
            raise ImportError("cannot import name 'ValveEntity'")
        return await real(integration, platform)

    patch.setattr(Integration, "async_get_platform", get)


def no_component(patch: pytest.MonkeyPatch) -> None:
    """Let Home Assistant be unable to set valves up at all."""

    async def set_up(hass: HomeAssistant, domain: str, config: Any) -> bool:
        return False

    patch.setattr("homeassistant.config_entries.async_setup_component", set_up)


def no_setup(patch: pytest.MonkeyPatch) -> None:
    """Let the platform fail while it is set up."""

    async def set_up(*args: Any) -> None:
        raise RuntimeError("broken")

    patch.setattr(valve_platform, "async_setup_entry", set_up)


@pytest.mark.parametrize("domain", Domain)
def test_every_domain_has_its_platform(domain: Domain) -> None:
    root = Path(oceanremote.__file__).parent
    assert (root / f"{domain.platform}.py").exists() or (
        root / domain.platform / "__init__.py"
    ).exists()


async def test_a_platform_is_loaded_when_it_is_needed_first(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
) -> None:
    """By a description, or by one that was stored; and unloaded with the rest."""
    assert LOADED not in hass.config.components
    await redescribe(hass, connected_device, PUMP, FLOW, INLET)
    assert LOADED in hass.config.components
    assert f"{DOMAIN}.number" not in hass.config.components
    coordinator = only_coordinator(hub)
    inlet = entity_id_of(hass, "valve", coordinator, "valve-0-inlet")
    assert hass.states.get(inlet)
    await redescribe(hass, connected_device, PUMP, FLOW, INLET, LEVEL)
    assert hass.states.get(entity_id_of(hass, "number", coordinator, "number-0-level"))

    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.is_state(inlet, "unavailable")
    assert await hass.config_entries.async_setup(hub_entry.entry_id)
    await hass.async_block_till_done()
    await connected_device.connect()
    await eventually(lambda: hass.states.is_state(inlet, "unknown"))


async def test_only_what_was_loaded_is_unloaded(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    assert "Ignored unload request" not in caplog.text
    assert "was never" not in caplog.text


@pytest.mark.parametrize("broken", [no_import, no_component, no_setup])
async def test_a_platform_that_fails_costs_its_domain_only(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
    records: Records,
    caplog: pytest.LogCaptureFixture,
    broken: Break,
) -> None:
    """It is logged, recorded and shown; at the next start it is tried again."""
    with pytest.MonkeyPatch.context() as patch:
        broken(patch)
        await redescribe(hass, connected_device, PUMP, FLOW, INLET)
        coordinator = only_coordinator(hub)
        assert coordinator.available
        left_out = entity_id_of(hass, "sensor", coordinator, "own-left_out")
        shown = hass.states.get(left_out)
        assert shown is not None
        assert shown.attributes["entities"] == {"Inlet": WHY}
        assert "the hub: loading the platform valve failed" in caplog.text
        (record,) = records.of(AuditKind.FAILURE)
        assert record.outcome == "loading the platform valve"

        pump = entity_id_of(hass, "switch", coordinator, "switch-0-pump")
        await hass.services.async_call(
            "switch", "turn_on", {ATTR_ENTITY_ID: pump}, blocking=True
        )
        assert len(connected_device.driver.commands) == 1

        # After a restart its stored description meets the same Home Assistant.
        await connected_device.hang_up()
        assert await hass.config_entries.async_reload(hub_entry.entry_id)
        await hass.async_block_till_done()
        assert hass.states.is_state(left_out, "1")
        assert hass.states.get(pump)

    assert await hass.config_entries.async_reload(hub_entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.is_state(left_out, "0")
    again = only_coordinator(hub_entry.runtime_data.hub)
    assert hass.states.get(entity_id_of(hass, "valve", again, "valve-0-inlet"))


async def test_nothing_is_loaded_while_all_is_unloaded(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    """It would stay behind, and the next set-up find it there."""
    hub_entry.mock_state(hass, ConfigEntryState.UNLOAD_IN_PROGRESS)
    await hub_entry.runtime_data.platforms.async_load([Domain.VALVE])
    assert LOADED not in hass.config.components
    hub_entry.mock_state(hass, ConfigEntryState.LOADED)
    await hub_entry.runtime_data.platforms.async_load([Domain.VALVE])
    assert LOADED in hass.config.components
