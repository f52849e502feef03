"""Diagnostics of the hub and of one device.

Nothing is redacted afterwards: what is not named here is not in it. Secrets, keys,
MACs and addresses never are; of a tunnel it is told whether its port is open to this
machine alone or on every interface.
"""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.util import dt as dt_util

from . import OceanRemoteConfigEntry
from .challenge.diagnostics import challenge_diagnostics
from .common.const import (
    CONF_BOARD,
    CONF_KEY_PATH,
    DOMAIN,
    SUBENTRY_CHALLENGE_DEVICE,
    SUBENTRY_DEVICE,
)
from .device.coordinator import DeviceCoordinator
from .policy.trust import Standing
from .tunnels.device import DeviceTunnels
from .vault.records import DeviceRecord


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: OceanRemoteConfigEntry
) -> dict[str, Any]:
    """Return what is worth knowing of the hub and of every device."""
    if entry.state is not ConfigEntryState.LOADED:
        return _not_loaded(entry)
    hub = entry.runtime_data.hub
    settings = hub.settings
    records = hub.vault.devices.values()
    return {
        "hub": {
            "addresses": len(hub.urls),
            "session_lifetime": settings.lifetime,
            "rotation_margin": settings.rotation_margin,
            "ping_interval": settings.ping_interval,
        },
        "vault": {
            "generation": hub.vault.generation,
            "key_outside": CONF_KEY_PATH in entry.data,
            "standings": {
                standing.value: sum(record.standing is standing for record in records)
                for standing in Standing
            },
            "tombstones": sum(record.tombstone for record in records),
        },
        "devices": [
            _device(entry, coordinator) for coordinator in hub.coordinators.values()
        ],
        "challenge_devices": [
            challenge_diagnostics(device)
            for device in entry.runtime_data.challenges.devices.values()
        ],
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: OceanRemoteConfigEntry, device: DeviceEntry
) -> dict[str, Any]:
    """Return what is worth knowing of one device, its entities included."""
    if entry.state is not ConfigEntryState.LOADED:
        return _not_loaded(entry)
    challenges = entry.runtime_data.challenges
    hub = entry.runtime_data.hub
    for domain, name in device.identifiers:
        if domain == DOMAIN and (coordinator := hub.coordinators.get(name)):
            return {
                **_device(entry, coordinator),
                "entities": _entities(coordinator),
                "left_out": _left_out(coordinator),
                "not_understood": coordinator.left_out.not_understood,
            }
        if domain == DOMAIN and (challenge := challenges.devices.get(name)):
            return challenge_diagnostics(challenge)
    return await async_get_config_entry_diagnostics(hass, entry)


def _not_loaded(entry: OceanRemoteConfigEntry) -> dict[str, Any]:
    """Return what can be told without a hub; why it failed may name paths."""
    kinds = [subentry.subentry_type for subentry in entry.subentries.values()]
    return {
        "state": entry.state.value,
        "reason": entry.error_reason_translation_key,
        "vault": {"key_outside": CONF_KEY_PATH in entry.data},
        "devices": kinds.count(SUBENTRY_DEVICE),
        "challenge_devices": kinds.count(SUBENTRY_CHALLENGE_DEVICE),
    }


def _device(
    entry: OceanRemoteConfigEntry, coordinator: DeviceCoordinator
) -> dict[str, Any]:
    subentry = entry.subentries.get(coordinator.subentry_id)
    facts = coordinator.facts
    return {
        "board": None if subentry is None else subentry.data.get(CONF_BOARD),
        "status": coordinator.status.value,
        "available": coordinator.available,
        "asleep_since": _iso(coordinator.presence.asleep_since),
        "next_wakeup": _iso(coordinator.presence.wakes_at),
        "stay_awake": coordinator.presence.stay_awake,
        "commands_waiting": len(coordinator.waiting),
        "last_seen": _iso(coordinator.last_seen),
        "session_expires_at": _iso(coordinator.session_expires_at),
        "facts": None
        if facts is None
        else {
            "esphome_version": facts.esphome_version,
            "project_version": facts.project_version,
            "board": facts.board,
            "platform": facts.platform,
            "safe_mode": facts.safe_mode,
            "reset_reason": facts.reset_reason,
            "small_store": facts.small_store,
        },
        "vault": _record(coordinator.record),
        "tunnels": _tunnels(entry.runtime_data.tunnels.of(coordinator.subentry_id)),
    }


def _tunnels(tunnels: DeviceTunnels) -> list[dict[str, Any]]:
    """Return the open ports and what goes through them, but not who uses them."""
    return [
        {
            "service": listener.service.name.lower(),
            "host": listener.rule.host,
            "port": listener.port,
            "kept_open": listener.rule.keep,
            "sources": len(listener.rule.sources),
            "streams": len(listener.streams),
            "bytes_to_device": sum(stream.sent for stream in listener.streams),
            "bytes_from_device": sum(stream.received for stream in listener.streams),
        }
        for listener in tunnels.listeners
    ]


def _record(record: DeviceRecord | None) -> dict[str, Any] | None:
    if record is None:
        return None
    registration = record.registration
    return {
        "standing": record.standing.value,
        "enrolled_at": _iso_at(record.enrolled_at),
        "revoked_at": _iso_at(record.revoked_at),
        "revocation_delivered": record.revoked_delivered,
        "token_generation": None
        if record.current is None
        else record.current.generation,
        "previous_token_kept": record.previous is not None,
        "registration_pending": record.pending is not None,
        "handshake_counter": record.high_water,
        "registration_token": None
        if registration is None
        else {
            "used": registration.used,
            "expired": registration.expired,
            "expires_at": _iso_at(registration.expires_at),
            "bound_to_a_board": registration.expected_mac is not None,
        },
    }


def _entities(coordinator: DeviceCoordinator) -> list[dict[str, Any]]:
    """Return the description without names or states: both are the household's."""
    return [
        {
            "domain": descriptor.address.domain.name.lower(),
            "key": descriptor.address.key,
            "device_class": descriptor.device_class,
            "unit": descriptor.unit,
        }
        for descriptor in coordinator.cache.descriptors.values()
    ]


def _left_out(coordinator: DeviceCoordinator) -> list[dict[str, Any]]:
    """Return why entities are left out, without their names."""
    return [
        {"kind": entity.kind, "reason": entity.reason}
        for entity in coordinator.left_out.entities
    ]


def _iso(moment: Any) -> str | None:
    return None if moment is None else moment.isoformat()


def _iso_at(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return dt_util.utc_from_timestamp(seconds).isoformat()
