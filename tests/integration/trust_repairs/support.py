"""A browser at the repairs page, and what the tests look at."""

from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.trust import short_authentication_string
from tests.support.commands import switch_command

from ..http_support import audited
from ..runtime_support import PUMP, Device

FIX = "/api/repairs/issues/fix"


class Browser:
    """Somebody at Home Assistant's repairs page."""

    def __init__(self, client: TestClient) -> None:
        """Be logged in by this client."""
        self._client = client

    async def post(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Return status and answer."""
        response = await self._client.post(path, json=body)
        if response.content_type != "application/json":
            return response.status, await response.text()
        return response.status, await response.json()

    async def begin(self, issue_id: str) -> Any:
        """Open the dialog of an issue."""
        status, flow = await self.post(FIX, {"handler": DOMAIN, "issue_id": issue_id})
        assert status == 200
        assert flow["type"] == "menu"
        return flow

    async def choose(self, flow: Any, option: str) -> Any:
        """Choose in an open dialog."""
        status, done = await self.post(
            f"{FIX}/{flow['flow_id']}", {"next_step_id": option}
        )
        assert status == 200
        return done

    async def settle(self, issue_id: str, option: str) -> Any:
        """Open a dialog and choose."""
        return await self.choose(await self.begin(issue_id), option)


def issue(hass: HomeAssistant, issue_id: str) -> ir.IssueEntry | None:
    """Return an issue of ours that is shown now."""
    found = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    return found if found is not None and found.active else None


def shown_fixable(hass: HomeAssistant, issue_id: str) -> bool:
    """Return whether an issue of ours is shown, and can be settled."""
    found = issue(hass, issue_id)
    return found is not None and bool(found.is_fixable)


async def users_of(hub: Hub, kind: str) -> list[str | None]:
    """Return who is named in the audit records of one kind."""
    return [record["actor"]["user"] for record in await audited(hub, kind)]


async def set_option(
    hass: HomeAssistant, entry: MockConfigEntry, **security: bool
) -> None:
    """Change the security options as the options dialog does."""
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, "security": security}
    )
    await hass.async_block_till_done()


async def command(pump: DeviceCoordinator) -> None:
    """Switch the pump on."""
    await pump.async_command(PUMP.address, switch_command(True), None)


def code_on_the_board(hub: Hub, device: Device) -> str:
    """Return what the board's log shows."""
    epoch = device.driver.connection._epochs.receiving
    assert epoch is not None
    key = device.driver.flash.identity.key.public
    return short_authentication_string(
        hub.vault.hub_key.public, key, epoch.handshake_hash
    )


async def eventually_audited(hub: Hub, kind: str) -> None:
    """Wait for a record that is written after the answer."""
    await hub.security.trail.log.flush()
    assert await audited(hub, kind)
