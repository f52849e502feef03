"""The actions: what they do, whom they obey, and what they say when they cannot."""

from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized, UnknownUser
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import voluptuous as vol

from custom_components.oceanremote.actions.device import may_control
from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.common.errors import (
    DeviceOfflineError,
    RevokedNotStoredError,
    StorageFailedError,
)
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.trust import Standing
from custom_components.oceanremote.protocol.keys import RegistrationToken

from .flow_support import load_yaml, text_at
from .http_support import audited
from .runtime_support import MAC, Device, only_coordinator
from .vault_support import full_disk

ACTIONS = ("renew_session", "revoke_device", "issue_registration_token")


@pytest.fixture
def device_id(hass: HomeAssistant, hub_entry: MockConfigEntry) -> str:
    """Return the registry id of the hub's one device."""
    (subentry_id,) = hub_entry.subentries
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, subentry_id), hub_entry.entry_id
    )
    assert device is not None
    return device.id


async def act(
    hass: HomeAssistant, action: str, device_id: str, user: MockUser | None = None
) -> Any:
    """Call an action."""
    return await hass.services.async_call(
        DOMAIN,
        action,
        {"device_id": device_id},
        blocking=True,
        context=Context(user_id=None if user is None else user.id),
        return_response=action == "issue_registration_token",
    )


async def test_renewed_session_has_other_keys(
    hass: HomeAssistant, hub: Hub, connected_device: Device, device_id: str
) -> None:
    """The action returns when the next epoch is proved."""
    coordinator = only_coordinator(hub)
    before = coordinator.session_id
    await act(hass, "renew_session", device_id)
    assert coordinator.session_id not in (None, before)


async def test_absent_device_cannot_renew(hass: HomeAssistant, device_id: str) -> None:
    """The caller is told that it is offline."""
    with pytest.raises(DeviceOfflineError):
        await act(hass, "renew_session", device_id)


async def test_revoked_device_is_cut_off(
    hass: HomeAssistant, hub: Hub, connected_device: Device, device_id: str
) -> None:
    """On disk, told, disconnected."""
    await act(hass, "revoke_device", device_id)
    await connected_device.wait_closed()
    coordinator = only_coordinator(hub)
    assert not coordinator.connected
    assert coordinator.record.standing is Standing.REVOKED


async def test_issued_token_comes_with_everything_to_flash(
    hass: HomeAssistant, hub: Hub, connected_device: Device, device_id: str
) -> None:
    """Token, end, key, addresses, YAML; bound to the board that is registered."""
    response = await act(hass, "issue_registration_token", device_id)
    registration = only_coordinator(hub).record.registration
    token = RegistrationToken.parse(response["registration_token"])
    assert token.handle == registration.handle
    assert registration.expected_mac == MAC
    assert response["hub_key"] == hub.hub_key_text
    assert response["urls"] == hub.urls
    assert response["expires_at"].endswith("+00:00")
    remote = load_yaml(response["yaml"])["oceanremote"]
    assert remote["registration_token"] == token.text


async def test_failed_write_is_a_translated_error(
    hass: HomeAssistant, hub: Hub, device_id: str
) -> None:
    """And leaves the vault's file as it was; a revocation says that it counts."""
    for action, error in (
        ("issue_registration_token", StorageFailedError),
        ("revoke_device", RevokedNotStoredError),
    ):
        await hub.async_issue_registration_token(only_coordinator(hub).subentry_id)
        generation = hub.vault.generation
        with full_disk(), pytest.raises(error):
            await act(hass, action, device_id)
        assert hub.vault.generation == generation


@pytest.mark.parametrize("action", ["revoke_device", "issue_registration_token"])
async def test_ordinary_users_touch_no_token(
    hass: HomeAssistant,
    hub: Hub,
    device_id: str,
    hass_read_only_user: MockUser,
    hass_admin_user: MockUser,
    action: str,
) -> None:
    """Whatever they may do with entities; an administrator may."""
    generation = hub.vault.generation
    everything = MockUser().add_to_hass(hass)
    everything.mock_policy({"entities": True})
    for user in (hass_read_only_user, everything):
        with pytest.raises(Unauthorized):
            await act(hass, action, device_id, user)
    assert hub.vault.generation == generation
    await hub.async_issue_registration_token(only_coordinator(hub).subentry_id)
    await act(hass, action, device_id, hass_admin_user)


async def test_renewal_needs_control_of_the_whole_device(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    device_id: str,
    hass_read_only_user: MockUser,
    hass_admin_user: MockUser,
) -> None:
    """Reading is not enough, one entity is not enough, all of them are."""
    subentry_id = only_coordinator(hub).subentry_id
    names = [
        entity.entity_id
        for entity in er.async_get(hass).entities.values()
        if entity.config_subentry_id == subentry_id and not entity.disabled
    ]
    assert len(names) > 1
    some = MockUser().add_to_hass(hass)
    some.mock_policy({"entities": {"entity_ids": {names[0]: {"control": True}}}})
    every = MockUser().add_to_hass(hass)
    every.mock_policy({"entities": {"entity_ids": dict.fromkeys(names, True)}})
    for user in (hass_read_only_user, some):
        with pytest.raises(Unauthorized):
            await act(hass, "renew_session", device_id, user)
    denied = await audited(hub, "denied")
    assert [record["actor"]["user"] for record in denied] == [
        hass_read_only_user.id,
        some.id,
    ]
    for user in (every, hass_admin_user, None):
        await act(hass, "renew_session", device_id, user)


async def test_device_without_entities_is_the_administrators(
    hass: HomeAssistant, hub_entry: MockConfigEntry
) -> None:
    """Control over nothing is no control."""
    user = MockUser().add_to_hass(hass)
    user.mock_policy({"entities": True})
    assert not may_control(hass, user, "no such subentry")


async def test_unknown_user_is_refused(hass: HomeAssistant, device_id: str) -> None:
    """A context that names nobody is not an automation."""
    with pytest.raises(UnknownUser):
        await hass.services.async_call(
            DOMAIN,
            "renew_session",
            {"device_id": device_id},
            blocking=True,
            context=Context(user_id="nobody"),
        )


@pytest.mark.parametrize("action", ACTIONS)
async def test_what_is_no_device_is_refused(
    hass: HomeAssistant, hub_entry: MockConfigEntry, action: str
) -> None:
    """Unknown ids, the hub's own device, devices of others, nothing at all."""
    registry = dr.async_get(hass)
    hub_device = registry.async_get_device_by_identifier(
        (DOMAIN, hub_entry.entry_id), hub_entry.entry_id
    )
    other_entry = MockConfigEntry(domain="other")
    other_entry.add_to_hass(hass)
    foreign = registry.async_get_or_create(
        config_entry_id=other_entry.entry_id, identifiers={("other", "1")}
    )
    for name in ("nothing", hub_device.id, foreign.id):
        with pytest.raises(ServiceValidationError) as refused:
            await act(hass, action, name)
        assert refused.value.translation_key == "not_a_device"
    with pytest.raises(vol.Invalid):
        await hass.services.async_call(
            DOMAIN,
            action,
            {},
            blocking=True,
            return_response=action == "issue_registration_token",
        )


@pytest.mark.parametrize("action", ACTIONS)
async def test_actions_stay_and_say_that_the_hub_is_not_loaded(
    hass: HomeAssistant, hub_entry: MockConfigEntry, device_id: str, action: str
) -> None:
    """They are registered once, for good."""
    await hass.config_entries.async_unload(hub_entry.entry_id)
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, action, device_id)
    assert refused.value.translation_key == "hub_not_loaded"


def test_errors_are_translated() -> None:
    """Each has its words."""
    for key in ("not_a_device", "hub_not_loaded"):
        assert text_at("exceptions", key, "message")
    for action in ACTIONS:
        assert text_at("services", action, "description")
