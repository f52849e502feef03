"""Issues about a vault that cannot be opened."""

from types import MappingProxyType
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..common.const import DOMAIN
from ..vault import key_path_for, vault_path
from ..vault.errors import VaultDamaged, VaultError, VaultKeyMissing, VaultMissing
from .issue_ids import issue_id_of

ISSUE_VAULT: Final = "vault"

_VAULT_KEYS: Final = MappingProxyType(
    {
        VaultMissing: "vault_missing",
        VaultKeyMissing: "vault_key_missing",
        VaultDamaged: "vault_damaged",
    }
)


@callback
def async_create_vault_issue(
    hass: HomeAssistant, entry: ConfigEntry, err: VaultError
) -> None:
    """Tell a person that the vault cannot be opened, and that nothing is lost yet."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id_of(ISSUE_VAULT, entry.entry_id),
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=_VAULT_KEYS.get(type(err), "vault_unavailable"),
        translation_placeholders={
            "path": str(vault_path(hass)),
            "key_path": str(key_path_for(hass, entry)),
            "reason": str(err),
        },
    )


@callback
def async_delete_vault_issue(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """The vault is open."""
    ir.async_delete_issue(hass, DOMAIN, issue_id_of(ISSUE_VAULT, entry.entry_id))


@callback
def async_delete_all_issues(hass: HomeAssistant) -> None:
    """The hub is removed: nothing is left to decide or to act upon."""
    registry = ir.async_get(hass)
    for domain, issue_id in tuple(registry.issues):
        if domain == DOMAIN:
            registry.async_delete(domain, issue_id)
