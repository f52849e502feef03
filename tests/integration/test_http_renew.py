"""`POST /api/device/<id>/renew-session/` and its twin: for whom, and every answer."""

from http import HTTPStatus

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.hub import Hub

from .http_support import another_user, audited
from .runtime_support import MAC, OTHER_MAC, Device, only_coordinator

PATHS = (
    "/api/device/{}/renew-session/",
    "/api/oceanremote/devices/{}/renew-session",
)


def registry_id(hass: HomeAssistant, hub: Hub, entry: MockConfigEntry) -> str:
    """Return the registry id of the hub's one device."""
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, only_coordinator(hub).subentry_id), entry.entry_id
    )
    assert device is not None
    return device.id


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("spelling", ["mac", "colons", "registry"])
async def test_session_is_new_when_the_answer_comes(
    hass: HomeAssistant,
    hub: Hub,
    hub_entry: MockConfigEntry,
    connected_device: Device,
    hass_client: ClientSessionGenerator,
    path: str,
    spelling: str,
) -> None:
    """Both paths take a MAC, however spelt, and a device registry id."""
    name = {
        "mac": MAC.hex(),
        "colons": MAC.hex(":").upper(),
        "registry": registry_id(hass, hub, hub_entry),
    }[spelling]
    coordinator = only_coordinator(hub)
    before = coordinator.session_id
    answer = await (await hass_client()).post(path.format(name))
    assert answer.status == HTTPStatus.OK
    assert coordinator.session_id not in (None, before)
    end = coordinator.session_expires_at
    assert end is not None
    assert (await answer.json())["session_end"] == end.isoformat()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("header", [None, "Bearer nonsense", "Basic YTpi"])
async def test_nobody_without_a_login(
    hub: Hub,
    connected_device: Device,
    hass_client_no_auth: ClientSessionGenerator,
    path: str,
    header: str | None,
) -> None:
    """401, and the session stays."""
    before = only_coordinator(hub).session_id
    client = await hass_client_no_auth()
    headers = {} if header is None else {"Authorization": header}
    answer = await client.post(path.format(MAC.hex()), headers=headers)
    assert answer.status == HTTPStatus.UNAUTHORIZED
    assert only_coordinator(hub).session_id == before


@pytest.mark.parametrize("path", PATHS)
async def test_user_who_may_only_look(
    hub: Hub,
    connected_device: Device,
    hass_client: ClientSessionGenerator,
    hass_read_only_access_token: str,
    path: str,
) -> None:
    """403, audited with the user and the device."""
    before = only_coordinator(hub).session_id
    client = await hass_client(hass_read_only_access_token)
    answer = await client.post(path.format(MAC.hex()))
    assert answer.status == HTTPStatus.FORBIDDEN
    assert only_coordinator(hub).session_id == before
    (record,) = await audited(hub, "denied")
    assert record["actor"]["user"] is not None
    assert record["actor"]["device"] == only_coordinator(hub).enrolment_id


async def test_another_user_who_may_control_the_device(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    hass_client: ClientSessionGenerator,
) -> None:
    """Control over its entities is enough."""
    _, token = await another_user(hass)
    answer = await (await hass_client(token)).post(PATHS[0].format(MAC.hex()))
    assert answer.status == HTTPStatus.OK


@pytest.mark.parametrize(
    "name",
    [OTHER_MAC.hex(), "0", "a0b1c2d3e4", "..", "%00", "a" * 4000, "ünbekannt"],
)
async def test_no_such_device(
    hub: Hub,
    connected_device: Device,
    hass_client: ClientSessionGenerator,
    name: str,
) -> None:
    """404 for whatever names no device."""
    answer = await (await hass_client()).post(
        f"/api/oceanremote/devices/{name}/renew-session"
    )
    assert answer.status == HTTPStatus.NOT_FOUND


async def test_device_of_another_integration(
    hass: HomeAssistant, hub: Hub, hass_client: ClientSessionGenerator
) -> None:
    """A registry id is not enough: it must be one of the hub's devices."""
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("other", "1")}
    )
    answer = await (await hass_client()).post(PATHS[0].format(device.id))
    assert answer.status == HTTPStatus.NOT_FOUND


async def test_offline_device(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    hass_client: ClientSessionGenerator,
) -> None:
    """409: there is nobody who could prove himself."""
    await connected_device.hang_up()
    await hass.async_block_till_done()
    answer = await (await hass_client()).post(PATHS[0].format(MAC.hex()))
    assert answer.status == HTTPStatus.CONFLICT


async def test_hundred_requests_a_minute_and_user(
    hass: HomeAssistant, hub: Hub, hass_client: ClientSessionGenerator
) -> None:
    """The next is told to wait; another user is not in its way."""
    client = await hass_client()
    path = PATHS[0].format(OTHER_MAC.hex())
    allowed = hub.security.options.limits.user_requests_per_minute
    served = 0
    while (answer := await client.post(path)).status == HTTPStatus.NOT_FOUND:
        served += 1
        assert served < 2 * allowed
    # The bucket fills again while we ask.
    assert served >= allowed
    assert answer.status == HTTPStatus.TOO_MANY_REQUESTS
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    _, token = await another_user(hass)
    other = await hass_client(token)
    assert (await other.post(path)).status == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_other_methods(
    hub: Hub, hass_client: ClientSessionGenerator, method: str
) -> None:
    """A link in a page can only GET, and GET renews nothing."""
    client = await hass_client()
    answer = await client.request(method, PATHS[0].format(MAC.hex()))
    assert answer.status == HTTPStatus.METHOD_NOT_ALLOWED


async def test_no_hub(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    """503 with a time to come back."""
    await hass.config_entries.async_unload(hub_entry.entry_id)
    answer = await (await hass_client()).post(PATHS[0].format(MAC.hex()))
    assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert int(answer.headers["Retry-After"]) > 0


async def test_decoy_device_sounds_the_alarm(
    hub: Hub, hass_client: ClientSessionGenerator
) -> None:
    """It is no device, and whoever names it has read what he should not."""
    _, decoy = await hub.security.admission.decoys.async_create()
    answer = await (await hass_client()).post(PATHS[0].format(decoy))
    assert answer.status == HTTPStatus.NOT_FOUND
    (record,) = await audited(hub, "decoy")
    assert record["actor"]["user"] is not None
