"""Requests from anywhere in the world, by way of a trusted proxy, and what is audited."""

import json
from typing import Any

from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.auth.models import Credentials
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import CLIENT_ID, MockUser

from custom_components.oceanremote.hub import Hub

STRANGER = "203.0.113.9"
OTHER_STRANGER = "203.0.113.10"
LOOPBACK = "127.0.0.1"


async def trust_the_test_client(hass: HomeAssistant) -> None:
    """Make the test client a proxy that Home Assistant trusts; before the hub."""
    http = {"use_x_forwarded_for": True, "trusted_proxies": [LOOPBACK]}
    assert await async_setup_component(hass, "http", {"http": http})


def coming_from(address: str, **headers: str) -> dict[str, str]:
    """Return the headers of a request that the proxy passes on for an address."""
    return {"X-Forwarded-For": address, **headers}


def is_banned(hub: Hub, address: str) -> bool:
    """Return whether an address is banned now."""
    return (
        hub.security.admission.policy.bans.find(
            address, hub.security.admission.moment().wall
        )
        is not None
    )


async def audited(hub: Hub, kind: str) -> list[dict[str, Any]]:
    """Return the audit records of one kind, oldest first."""
    records = [json.loads(line) for line in await hub.security.trail.log.read(1000)]
    return [record for record in records if record["kind"] == kind]


async def another_user(
    hass: HomeAssistant, group_id: str = GROUP_ID_USER
) -> tuple[MockUser, str]:
    """Return a user who is no administrator, or of another group, and a token."""
    group = await hass.auth.async_get_group(group_id)
    assert group is not None
    user = MockUser(name=group_id, groups=[group]).add_to_hass(hass)
    credential = Credentials(
        id=f"{group_id}-credential",
        auth_provider_type="homeassistant",
        auth_provider_id=None,
        data={"username": group_id},
        is_new=False,
    )
    user.credentials.append(credential)
    refresh = await hass.auth.async_create_refresh_token(
        user, CLIENT_ID, credential=credential
    )
    return user, hass.auth.async_create_access_token(refresh)
