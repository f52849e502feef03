"""OceanRemote: ESPHome devices that dial home, and that nobody else can command."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import (
    ConfigEntryError,
    ConfigEntryNotReady,
    HomeAssistantError,
)
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.typing import ConfigType

from .actions.backfill import async_setup_backfill_action
from .actions.device import async_setup_services
from .actions.firmware import async_setup_firmware_action
from .actions.logs import async_setup_log_actions
from .actions.security import async_setup_security_actions
from .actions.tunnels import async_setup_tunnel_actions
from .actions.user_defined import UserActions
from .admission.store import async_wipe_bans
from .audit.log import AuditLog
from .audit.startup import async_open_audit, async_wipe_audit
from .challenge.actions import async_setup_challenge_services
from .challenge.devices import ChallengeDevices
from .challenge.known_states import async_wipe_known_states
from .common.const import DOMAIN
from .common.executor import async_finish
from .common.steps import async_take_all
from .device.description_store import DescriptionStore
from .device.platforms import Platforms
from .device.presence_store import PresenceStore
from .device.registry import async_create_hub_device
from .device.stores import DeviceStores
from .firmware.manager import FirmwareManager
from .http import async_answer_for, async_register_views
from .hub import Hub
from .hub.told_addresses import async_wipe_told_addresses
from .requests import RequestManager
from .requests.account import async_remove_account
from .transport.connect import DATA_HOST, async_register_connect_view
from .trust.vault_issues import (
    async_create_vault_issue,
    async_delete_all_issues,
    async_delete_vault_issue,
)
from .tunnels import TunnelManager
from .vault import Vault, async_wipe_files, backups, key_path_for, vault_path
from .vault.errors import VaultDamaged, VaultError, VaultKeyMissing, VaultMissing

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

type OceanRemoteConfigEntry = ConfigEntry[RuntimeData]


@dataclass(frozen=True, slots=True)
class RuntimeData:
    """What lives as long as the config entry is loaded."""

    hub: Hub
    challenges: ChallengeDevices
    platforms: Platforms
    requests: RequestManager
    user_actions: UserActions
    tunnels: TunnelManager
    firmware: FirmwareManager


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register what lives as long as Home Assistant does."""
    async_register_connect_view(hass)
    await async_register_views(hass)
    async_setup_services(hass)
    async_setup_security_actions(hass)
    async_setup_log_actions(hass)
    async_setup_backfill_action(hass)
    async_setup_tunnel_actions(hass)
    async_setup_firmware_action(hass)
    async_setup_challenge_services(hass)
    async_dispatcher_connect(
        hass, SIGNAL_CONFIG_ENTRY_CHANGED, partial(_async_entry_changed, hass)
    )
    return True


@callback
def _async_entry_changed(
    hass: HomeAssistant, change: ConfigEntryChange, entry: ConfigEntry
) -> None:
    """Ask nobody to repair what they have disabled, loaded or not."""
    if entry.domain == DOMAIN and entry.disabled_by is not None:
        async_delete_all_issues(hass)


async def async_setup_entry(hass: HomeAssistant, entry: OceanRemoteConfigEntry) -> bool:
    """Open the vault, know the devices, then let them in.

    Where a step fails, what was opened before it is closed again, last things first.
    """
    async with AsyncExitStack() as opened:
        vault = await _async_open_vault(hass, entry)
        _on_failure(opened, "Closing the vault", vault.stop)
        async_delete_vault_issue(hass, entry)
        audit = await _async_open_audit(hass, vault)
        _on_failure(opened, "Closing the audit log", audit.stop)
        store = DeviceStores(hass)
        hub = Hub(hass, entry, vault, store, audit)
        challenges = ChallengeDevices(hass, entry, vault, hub.log)
        platforms = Platforms(hass, entry, hub.log.containment(lambda: "the hub"))
        requests = RequestManager(hass, entry, hub)
        user_actions = UserActions(hass, entry, hub)
        tunnels = TunnelManager(hass, entry, hub)
        firmware = FirmwareManager(hass, hub)
        entry.runtime_data = RuntimeData(
            hub, challenges, platforms, requests, user_actions, tunnels, firmware
        )
        # The hub closes vault and log with all else.
        opened.pop_all()
        _on_failure(opened, "Stopping the hub", hub.async_stop)
        await _async_start(hass, entry, store)
        _on_failure(opened, "Taking the entities back", platforms.async_unload)
        entry.async_on_unload(firmware.async_start())
        entry.async_on_unload(firmware.async_stop)
        await _async_load_platforms(hub, platforms)
        await requests.async_start()
        user_actions.async_start()
        tunnels.async_start()
        opened.pop_all()

    async def async_stop(event: Event) -> None:
        firmware.async_stop()
        await hub.async_stop()

    entry.async_on_unload(
        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, async_stop)
    )
    entry.async_on_unload(entry.add_update_listener(_async_entry_updated))
    hass.data[DATA_HOST] = hub
    hub.accepting = True
    return True


def _on_failure(
    opened: AsyncExitStack, what: str, undo: Callable[[], Awaitable[object]]
) -> None:
    """Have a step taken back should a later one fail; `what` names it in the log."""
    opened.push_async_callback(async_take_all, (what, undo))


async def _async_open_vault(
    hass: HomeAssistant, entry: OceanRemoteConfigEntry
) -> Vault:
    """Open the vault; raises ConfigEntryError, or ConfigEntryNotReady to try again."""
    try:
        return await Vault.open(
            hass, vault_path(hass), key_path_for(hass, entry), create=False
        )
    except (VaultDamaged, VaultKeyMissing, VaultMissing) as err:
        async_create_vault_issue(hass, entry, err)
        raise ConfigEntryError(**_because("vault_unusable", err)) from err
    except VaultError as err:
        async_create_vault_issue(hass, entry, err)
        raise ConfigEntryNotReady(**_because("vault_unusable", err)) from err


async def _async_open_audit(hass: HomeAssistant, vault: Vault) -> AuditLog:
    """Open the audit log; raises ConfigEntryNotReady."""
    try:
        return await async_open_audit(hass, lambda: vault.generation)
    except OSError as err:
        raise ConfigEntryNotReady(**_because("audit_unavailable", err)) from err


async def _async_start(
    hass: HomeAssistant, entry: OceanRemoteConfigEntry, store: DeviceStores
) -> None:
    """Read, recover and know the devices.

    Raises ConfigEntryNotReady where a disk fails: it may be mended or emptied.
    """
    try:
        await store.async_load()
        async_create_hub_device(hass, entry)
        await entry.runtime_data.hub.async_start()
        async_answer_for(hass, entry.runtime_data.hub)
        await entry.runtime_data.challenges.async_start()
    except VaultError as err:
        raise ConfigEntryNotReady(**_because("vault_unusable", err)) from err
    except OSError as err:
        raise ConfigEntryNotReady(**_because("audit_unavailable", err)) from err
    except HomeAssistantError as err:
        # What Home Assistant's own storage raises, disk errors included.
        raise ConfigEntryNotReady(**_because("stored_data_unreadable", err)) from err


async def _async_load_platforms(hub: Hub, platforms: Platforms) -> None:
    """Load what shows the entities that are known; what comes later loads its own."""
    known = {
        coordinator: {identity.domain for identity in coordinator.cache.descriptors}
        for coordinator in hub.coordinators.values()
    }
    await platforms.async_load(set().union(*known.values()))
    hub.async_subscribe_devices(
        lambda coordinator: coordinator.description.show_with(platforms)
    )
    for coordinator, domains in known.items():
        if not all(map(platforms.can_show, domains)):
            coordinator.description.restore()
    await platforms.async_load_always()


def _because(key: str, err: Exception) -> dict[str, Any]:
    return {
        "translation_domain": DOMAIN,
        "translation_key": key,
        "translation_placeholders": {"reason": str(err)},
    }


async def _async_entry_updated(
    hass: HomeAssistant, entry: OceanRemoteConfigEntry
) -> None:
    entry.runtime_data.hub.security.follow_options()
    # What was removed is out of reach before the disk knows.
    entry.runtime_data.tunnels.follow_rules()
    await entry.runtime_data.hub.async_update_devices()
    entry.runtime_data.requests.follow_permits()
    entry.runtime_data.user_actions.forget_removed()
    entry.runtime_data.firmware.forget_removed()
    await entry.runtime_data.challenges.async_update()


async def async_unload_entry(
    hass: HomeAssistant, entry: OceanRemoteConfigEntry
) -> bool:
    """Take the entities away, close every link, bring the vault to rest.

    Once begun it goes to its end: a browser that is closed cancels its request.
    """
    return await async_finish(hass, _async_unload(hass, entry), "oceanremote unload")


async def _async_unload(hass: HomeAssistant, entry: OceanRemoteConfigEntry) -> bool:
    if not await entry.runtime_data.platforms.async_unload():
        return False
    hass.data.pop(DATA_HOST, None)
    await entry.runtime_data.hub.async_stop()
    return True


async def async_remove_entry(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the vault and all that is known of devices and addresses.

    Raises the first error after everything else is gone.
    """
    async_delete_all_issues(hass)
    failures: list[Exception] = []
    for wipe in (
        partial(async_remove_account, hass, entry),
        partial(async_wipe_files, hass, vault_path(hass), key_path_for(hass, entry)),
        DescriptionStore(hass).async_wipe,
        PresenceStore(hass).async_wipe,
        partial(async_wipe_told_addresses, hass),
        partial(async_wipe_audit, hass),
        partial(backups.async_wipe, hass),
        partial(async_wipe_bans, hass),
        partial(async_wipe_known_states, hass),
    ):
        try:
            await wipe()
        except (OSError, VaultError) as err:
            failures.append(err)
    if failures:
        raise failures[0]


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: OceanRemoteConfigEntry, device: dr.DeviceEntry
) -> bool:
    """Remove a device with its subentry, which revokes it; never the hub's own."""
    for domain, subentry_id in device.identifiers:
        if domain == DOMAIN and subentry_id in entry.subentries:
            hass.config_entries.async_remove_subentry(entry, subentry_id)
            return True
    return False
