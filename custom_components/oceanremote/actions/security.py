"""Actions of administrators on bans, standing, tokens, log and backups.

Each is refused to anybody else; use and refusal are both audited. With the option
"MFA required" an administrator's account must have multi-factor authentication.
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..common.const import DOMAIN
from ..common.durable import write_durably
from ..common.errors import (
    AuditUnavailableError,
    BackupNotMadeError,
    BackupUnreadableError,
    HubNotStartedError,
    RevokedNotStoredError,
    StorageFailedError,
)
from ..common.executor import async_run_to_end
from ..hub import Hub
from ..policy.audit.kinds import AuditKind
from ..policy.audit.record import Actor, Outcome
from ..policy.clients import AddressInvalidError, parse_key
from ..report import async_report
from ..trust.hub_key import Step
from ..vault import backups, key_path_for, vault_path
from ..vault.errors import VaultError, VaultKeyMissing
from ..vault.translate import translated_errors
from .admin import async_register_admin_action
from .device import called_device

ATTR_ADDRESS: Final = "address"
ATTR_BACKUP: Final = "backup"
ATTR_DURATION: Final = "duration"
ATTR_LIMIT: Final = "limit"
ATTR_STEP: Final = "step"
MAX_EXPORT: Final = 10_000

# Far beyond any ban that makes sense, and its end is still a date.
MAX_BAN: Final = timedelta(days=3650)


def _duration(value: object) -> timedelta:
    try:
        duration: timedelta = cv.positive_time_period(value)
    except OverflowError:
        raise vol.Invalid("the duration is too long") from None
    return duration


_ADDRESS: Final = {vol.Required(ATTR_ADDRESS): cv.string}
_DEVICE: Final = vol.Schema({vol.Required(ATTR_DEVICE_ID): cv.string})
_BAN: Final = vol.Schema(
    {
        **_ADDRESS,
        vol.Optional(ATTR_DURATION, default=timedelta(days=1)): vol.All(
            _duration, vol.Range(min=timedelta(seconds=1), max=MAX_BAN)
        ),
    }
)
_EXPORT: Final = vol.Schema(
    {
        vol.Optional(ATTR_LIMIT, default=1000): vol.All(
            vol.Coerce(int), vol.Range(min=1, max=MAX_EXPORT)
        )
    }
)
_RESTORE: Final = vol.Schema({vol.Required(ATTR_BACKUP): cv.string})
_ROLL_OVER: Final = vol.Schema(
    {vol.Optional(ATTR_STEP, default=Step.STATUS): vol.Coerce(Step)}
)
_NOTHING: Final = vol.Schema({})

type _OnDevice = Callable[[Hub, str, str | None], Awaitable[None]]


@callback
def async_setup_security_actions(hass: HomeAssistant) -> None:
    """Register the actions; once, whether or not a hub is loaded."""
    for name, on_device in _ON_DEVICES.items():
        async_register_admin_action(
            hass, name, partial(_async_on_device, on_device), _DEVICE
        )
    for name, handler, schema in (
        ("ban", _async_ban, _BAN),
        ("unban", _async_unban, vol.Schema(_ADDRESS)),
        ("restore_backup", _async_restore, _RESTORE),
    ):
        async_register_admin_action(hass, name, handler, schema)
    for name, answer, schema in (
        ("list_bans", _async_list_bans, _NOTHING),
        ("verify_audit", _async_verify, _NOTHING),
        ("export_audit", _async_export, _EXPORT),
        ("security_report", _async_report, _NOTHING),
        ("create_decoy", _async_create_decoy, _NOTHING),
        ("create_backup", _async_create_backup, _NOTHING),
        ("list_backups", _async_list_backups, _NOTHING),
        ("roll_over_hub_key", _async_roll_over, _ROLL_OVER),
    ):
        async_register_admin_action(hass, name, answer, schema, SupportsResponse.ONLY)


def loaded_hub(hass: HomeAssistant) -> Hub:
    """Return the hub; raises ServiceValidationError while there is none."""
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.state is ConfigEntryState.LOADED:
            hub: Hub = entry.runtime_data.hub
            return hub
    raise ServiceValidationError(
        translation_domain=DOMAIN, translation_key="hub_not_loaded"
    )


async def _async_on_device(on_device: _OnDevice, call: ServiceCall) -> None:
    hub, subentry_id = called_device(call)
    await on_device(hub, subentry_id, call.context.user_id)


async def _async_quarantine(hub: Hub, subentry_id: str, user_id: str | None) -> None:
    device = hub.coordinator_for(subentry_id)
    await hub.security.trust.async_quarantine(device, user_id)


async def _async_release(hub: Hub, subentry_id: str, user_id: str | None) -> None:
    await hub.security.trust.async_release(hub.coordinator_for(subentry_id), user_id)


async def _async_approve(hub: Hub, subentry_id: str, user_id: str | None) -> None:
    await hub.security.trust.async_approve(hub.coordinator_for(subentry_id), user_id)


async def _async_regenerate(hub: Hub, subentry_id: str, user_id: str | None) -> None:
    device = hub.coordinator_for(subentry_id)
    await hub.security.trust.async_regenerate(device, user_id)


async def _async_transfer(hub: Hub, subentry_id: str, user_id: str | None) -> None:
    """Wipe the identity on the device, now or when it connects; its entities stay."""
    enrolment_id = hub.coordinator_for(subentry_id).enrolment_id
    refusal: RevokedNotStoredError | None = None
    try:
        await hub.async_revoke(subentry_id, user_id)
    except RevokedNotStoredError as err:
        refusal = err
    hub.security.trail.record(
        AuditKind.TRANSFERRED,
        Outcome.DONE,
        Actor(user=user_id, device=enrolment_id),
        what="identity revoked and wiped for a new owner or hub",
    )
    if refusal is not None:
        raise refusal


_ON_DEVICES: Final = {
    "quarantine_device": _async_quarantine,
    "release_device": _async_release,
    "approve_device": _async_approve,
    "regenerate_token": _async_regenerate,
    "transfer_device": _async_transfer,
}


def _key(call: ServiceCall) -> str:
    try:
        return parse_key(call.data[ATTR_ADDRESS])
    except AddressInvalidError as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_an_address",
            translation_placeholders={"address": call.data[ATTR_ADDRESS][:64]},
        ) from err


async def _async_ban(call: ServiceCall) -> None:
    hub, key = loaded_hub(call.hass), _key(call)
    if not hub.security.admission.may_ban(key):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="address_never_banned",
            translation_placeholders={"address": key},
        )
    seconds = call.data[ATTR_DURATION].total_seconds()
    try:
        hub.security.admission.ban(key, call.context.user_id, seconds)
    except OverflowError as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="too_many_bans"
        ) from err


async def _async_unban(call: ServiceCall) -> None:
    key = _key(call)
    if (
        loaded_hub(call.hass).security.admission.unban(key, call.context.user_id)
        is None
    ):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_banned",
            translation_placeholders={"address": key},
        )


async def _async_list_bans(call: ServiceCall) -> ServiceResponse:
    hub = loaded_hub(call.hass)
    bans: list[Any] = [
        {
            "address": ban.key,
            "since": datetime.fromtimestamp(ban.since, UTC).isoformat(),
            "until": datetime.fromtimestamp(ban.until, UTC).isoformat(),
            "source": ban.source.value,
            "reason": ban.reason,
        }
        for ban in hub.security.admission.policy.bans.active(
            hub.security.admission.moment().wall
        )
    ]
    return {"bans": bans}


async def _async_verify(call: ServiceCall) -> ServiceResponse:
    try:
        report = await loaded_hub(call.hass).security.trail.log.verify()
    except OSError as err:
        raise AuditUnavailableError(reason=str(err)) from err
    breaks: list[Any] = [asdict(found) for found in report.breaks]
    return {
        "intact": report.intact,
        "records": report.head.seq,
        "head": report.head.hash,
        "breaks": breaks,
        "more_breaks": report.more,
    }


async def _async_export(call: ServiceCall) -> ServiceResponse:
    hub = loaded_hub(call.hass)
    hub.security.trail.record(
        AuditKind.EXPORTED,
        Outcome.DONE,
        Actor(user=call.context.user_id),
        limit=call.data[ATTR_LIMIT],
    )
    try:
        lines: list[Any] = await hub.security.trail.log.read(call.data[ATTR_LIMIT])
    except OSError as err:
        raise AuditUnavailableError(reason=str(err)) from err
    head = hub.security.trail.log.head
    return {
        "lines": [line.rstrip("\n") for line in lines],
        "head": {"records": head.seq, "hash": head.hash},
    }


async def _async_report(call: ServiceCall) -> ServiceResponse:
    return await async_report(loaded_hub(call.hass))


@translated_errors
async def _async_create_decoy(call: ServiceCall) -> ServiceResponse:
    hub = loaded_hub(call.hass)
    token, device_id = await hub.security.admission.decoys.async_create()
    actor = Actor(user=call.context.user_id)
    hub.security.trail.record(AuditKind.DECOY_CREATED, Outcome.DONE, actor)
    return {"registration_token": token, "device_id": device_id}


async def _async_create_backup(call: ServiceCall) -> ServiceResponse:
    try:
        name = await loaded_hub(call.hass).security.backup.async_make()
    except OSError as err:
        raise BackupNotMadeError(reason=str(err)) from err
    return {"backup": name, "kept": await _async_kept(call.hass)}


async def _async_roll_over(call: ServiceCall) -> ServiceResponse:
    roll_over = loaded_hub(call.hass).security.hub_key
    return await roll_over.async_take(call.data[ATTR_STEP], call.context.user_id)


async def _async_list_backups(call: ServiceCall) -> ServiceResponse:
    return {"kept": await _async_kept(call.hass)}


async def _async_kept(hass: HomeAssistant) -> list[Any]:
    """Return the names of the copies, oldest first."""
    directory = backups.backup_directory(hass)
    return await hass.async_add_executor_job(backups.names, directory)


async def _async_restore(call: ServiceCall) -> None:
    """Unload, put the copy in the vault's place, load: the hub does the rest.

    The copy has been opened before the hub is stopped for it.
    """
    hass, hub = call.hass, loaded_hub(call.hass)
    entry, name = hub.entry, call.data[ATTR_BACKUP]
    hub.security.trail.record(
        AuditKind.BACKUP,
        Outcome.NOTICED,
        Actor(user=call.context.user_id),
        what="restore",
        name=name,
    )
    sealed = await _async_read_backup(hass, name, key_path_for(hass, entry))
    if not await hass.config_entries.async_unload(entry.entry_id):
        # An open vault would overwrite the copy with what it holds in memory.
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="hub_not_stopped"
        )
    try:
        await async_run_to_end(hass, write_durably, vault_path(hass), sealed)
    except OSError as err:
        raise StorageFailedError(reason=str(err)) from err
    finally:
        await hass.config_entries.async_setup(entry.entry_id)
    if entry.state is not ConfigEntryState.LOADED:
        raise HubNotStartedError


async def _async_read_backup(hass: HomeAssistant, name: str, key_path: Path) -> bytes:
    """Return the sealed vault of a copy that opens; raises translated errors."""
    if name not in await _async_kept(hass):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_such_backup",
            translation_placeholders={"name": name[:64]},
        )
    try:
        return await hass.async_add_executor_job(
            backups.proved, backups.backup_directory(hass), name, key_path
        )
    except VaultKeyMissing as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="backup_other_key",
            translation_placeholders={"path": str(key_path)},
        ) from err
    except VaultError as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="backup_unusable",
            translation_placeholders={"reason": str(err)},
        ) from err
    except OSError as err:
        raise BackupUnreadableError(reason=str(err)) from err
