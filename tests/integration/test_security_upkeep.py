"""What counts with time, and what is left behind: token ages, bans, issues."""

from pathlib import Path
import time
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.storage import STORAGE_DIR
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.posture import OLD_TOKEN
from custom_components.oceanremote.vault import Vault, changes
from custom_components.oceanremote.vault.records import DeviceRecord

from .http_support import STRANGER, is_banned
from .runtime_support import Device, eventually, only_coordinator
from .vault_support import DAY, NOW, Clock, make_board, open_vault, register

BANS = f"{DOMAIN}.bans"


@pytest.fixture
def clock() -> Clock:
    """Return the vault's clock."""
    return Clock()


@pytest.fixture
async def vault(hass: HomeAssistant, clock: Clock) -> Vault:
    """Return a vault with one registered board."""
    opened = await open_vault(hass, clock, create=True)
    await register(opened, "one", make_board())
    return opened


def record_of(vault: Vault) -> DeviceRecord:
    """Return the one device's record."""
    return vault.devices["one"]


async def test_first_token_is_as_old_as_the_registration(vault: Vault) -> None:
    assert record_of(vault).oldest_token_at == NOW


async def test_rotated_token_counts_from_its_rotation(
    hass: HomeAssistant, vault: Vault, clock: Clock
) -> None:
    """Once the device has proved it; until then the old one opens the door as well."""
    clock.now += 400 * DAY
    await vault.rotate_token("one", bytes(32))
    assert record_of(vault).oldest_token_at == NOW
    await vault.apply(changes.confirm_token("one", 2))
    assert record_of(vault).oldest_token_at == NOW + 400 * DAY
    await vault.stop()
    again = await open_vault(hass, clock)
    assert record_of(again).oldest_token_at == NOW + 400 * DAY


async def test_new_registration_counts_anew(vault: Vault, clock: Clock) -> None:
    clock.now += DAY
    await vault.rotate_token("one", bytes(32))
    clock.now += DAY
    # `enrol` makes a token for a day from NOW on, which has nothing to say here.
    await register(vault, "one", make_board())
    assert record_of(vault).oldest_token_at == NOW + 2 * DAY


async def report(hass: HomeAssistant) -> dict[str, Any]:
    """Return what the security report says about tokens."""
    answer = await hass.services.async_call(
        DOMAIN, "security_report", {}, blocking=True, return_response=True
    )
    assert answer is not None
    findings: Any = answer["findings"]
    (found,) = [item for item in findings if item["provision"] == "5.4-4"]
    return dict(found)


async def test_report_forgets_an_old_age_with_the_old_token(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who does what it says is told so."""
    coordinator = only_coordinator(hub)
    assert (await report(hass))["level"] == "met"
    later = time.time() + OLD_TOKEN + 1
    monkeypatch.setattr(time, "time", lambda: later)
    monkeypatch.setattr(hub.vault, "_wall_clock", lambda: later)
    assert (await report(hass))["level"] == "partly"
    await hub.security.trust.async_regenerate(coordinator, None)
    await eventually(
        lambda: coordinator.record is not None and coordinator.record.previous is None
    )
    assert (await report(hass))["level"] == "met"


async def test_bans_go_with_the_hub(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    hub: Hub,
    hub_entry: MockConfigEntry,
) -> None:
    """Addresses are personal data, and a new hub begins without grudges."""
    hub.security.admission.ban(STRANGER, None, 3600)
    await hass.config_entries.async_reload(hub_entry.entry_id)
    assert is_banned(hub_entry.runtime_data.hub, STRANGER)
    assert STRANGER in str(hass_storage[BANS])
    await hass.config_entries.async_remove(hub_entry.entry_id)
    await hass.async_block_till_done()
    assert BANS not in hass_storage


async def test_removed_hub_leaves_nothing_of_its_own(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    hub: Hub,
    hub_entry: MockConfigEntry,
    connected_device: Device,
) -> None:
    """Neither vault nor log, description, ban or copy."""
    hub.security.admission.ban(STRANGER, None, 3600)

    def left() -> list[str]:
        storage = Path(hass.config.path(STORAGE_DIR))
        names = [path.name for path in storage.glob(f"{DOMAIN}*")]
        return names + [name for name in hass_storage if name.startswith(DOMAIN)]

    assert len(await hass.async_add_executor_job(left)) >= 4
    await hass.config_entries.async_remove(hub_entry.entry_id)
    await hass.async_block_till_done()
    assert await hass.async_add_executor_job(left) == []


async def test_issues_go_with_the_hub(
    hass: HomeAssistant, hub: Hub, hub_entry: MockConfigEntry, connected_device: Device
) -> None:
    """There is nobody left whom they could be about."""
    await hub.security.trust.async_quarantine(only_coordinator(hub), None)

    def ours() -> list[str]:
        issues = ir.async_get(hass).issues
        return [issue_id for domain, issue_id in issues if domain == DOMAIN]

    assert f"quarantined_{only_coordinator(hub).subentry_id}" in ours()
    await hass.config_entries.async_remove(hub_entry.entry_id)
    assert ours() == []
