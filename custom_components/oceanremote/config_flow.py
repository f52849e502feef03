"""Setting the hub up, and its options. Devices are subentries: `device_flow`."""

from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    FlowType,
    OptionsFlow,
    SubentryFlowContext,
)
from homeassistant.core import callback
from homeassistant.data_entry_flow import FlowResultType, section
from homeassistant.helpers.selector import TextSelector
import voluptuous as vol

from .admission.settings import CONF_SECURITY
from .challenge.flow import ChallengeDeviceFlow
from .common.const import (
    CONF_KEY_PATH,
    CONF_ROTATION_MARGIN,
    CONF_SESSION_LIFETIME,
    CONF_URLS,
    DEFAULT_ROTATION_MARGIN,
    DEFAULT_SESSION_LIFETIME,
    DOMAIN,
    MAX_SESSION_LIFETIME,
    MIN_ROTATION_MARGIN,
    MIN_SESSION_LIFETIME,
    SUBENTRY_CHALLENGE_DEVICE,
    SUBENTRY_DEVICE,
)
from .flows.address_pages import (
    FIELD_ELSEWHERE,
    FIELD_LOCAL,
    STEP_CHECK,
    STEP_FINISH,
    address_fields,
    async_check_page,
    read_addresses,
)
from .flows.admin import async_require_administrator
from .flows.device import DeviceFlow
from .flows.hub_addresses import suggested_address, suggested_elsewhere
from .flows.number_box import number_box
from .flows.options import async_hint, async_locks_out, security_schema, whole
from .transport.connect import async_register_connect_view
from .vault import Vault, default_key_path, vault_path
from .vault.errors import VaultDamaged, VaultError, VaultKeyMissing
from .vault.key_file import KeyPathError, check_key_file, check_key_path

TITLE: Final = "OceanRemote"
SECTION_ADVANCED: Final = "advanced"

_MINUTE: Final = 60
MAX_ROTATION_MARGIN: Final = 3600


class OceanRemoteConfigFlow(ConfigFlow, domain=DOMAIN):
    """Set the hub up and go on to the first device."""

    VERSION = 1

    def __init__(self) -> None:
        """Begin with nothing entered."""
        self._entered: dict[str, Any] | None = None
        self._urls: list[str] = []

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return what can be added to the hub."""
        return {
            SUBENTRY_DEVICE: DeviceFlow,
            SUBENTRY_CHALLENGE_DEVICE: ChallengeDeviceFlow,
        }

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OceanRemoteOptionsFlow:
        """Return the options flow."""
        return OceanRemoteOptionsFlow()

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask under which address devices find the hub."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._entered = user_input
            self._urls, errors = read_addresses(user_input)
            if not errors:
                return await self.async_step_check()
        return self._ask(errors)

    def _ask(self, errors: dict[str, str]) -> ConfigFlowResult:
        """Show the first page, with what was entered so far."""
        schema = vol.Schema(
            {
                **address_fields(self._entered),
                vol.Optional(SECTION_ADVANCED): section(
                    vol.Schema({vol.Optional(CONF_KEY_PATH): TextSelector()}),
                    {"collapsed": True},
                ),
            }
        )
        suggested = self._entered or {
            FIELD_LOCAL: suggested_address(self.hass),
            FIELD_ELSEWHERE: suggested_elsewhere(self.hass),
        }
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            errors=errors,
            last_step=False,
        )

    async def async_step_check(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what was found at the addresses; refuse nothing."""
        # Before the first set-up nothing of the integration is loaded.
        async_register_connect_view(self.hass)
        page = await async_check_page(self.hass, self._urls)
        return self.async_show_menu(
            step_id=page.step_id,
            menu_options=[STEP_FINISH, STEP_CHECK, "user"],
            description_placeholders=page.placeholders,
        )

    async_step_found = async_step_check

    async def async_step_finish(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Make the vault and the hub."""
        key_path = (self._entered or {}).get(SECTION_ADVANCED, {}).get(CONF_KEY_PATH)
        if errors := await self._async_make_vault(key_path):
            return self._ask(errors)
        return self.async_create_entry(
            title=TITLE,
            data={CONF_KEY_PATH: key_path.strip()} if key_path else {},
            options={
                CONF_URLS: self._urls,
                CONF_SESSION_LIFETIME: DEFAULT_SESSION_LIFETIME,
                CONF_ROTATION_MARGIN: DEFAULT_ROTATION_MARGIN,
            },
        )

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Open "Add device", unless the hub could not be loaded."""
        device_flow = await self.hass.config_entries.subentries.async_init(
            (result["result"].entry_id, SUBENTRY_DEVICE),
            context=SubentryFlowContext(source=SOURCE_USER),
        )
        if device_flow["type"] is FlowResultType.FORM:
            result["next_flow"] = (
                FlowType.CONFIG_SUBENTRIES_FLOW,
                device_flow["flow_id"],
            )
        return result

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask where the vault's key lies now; no file is moved or made.

        It works while the hub cannot start because its key is elsewhere.
        """
        entry = self._get_reconfigure_entry()
        await async_require_administrator(self.hass, entry, "reconfigure the hub")
        errors: dict[str, str] = {}
        if user_input is not None:
            text = user_input.get(CONF_KEY_PATH, "").strip()
            try:
                await self.hass.async_add_executor_job(check_key_file, self.hass, text)
            except KeyPathError as err:
                errors[CONF_KEY_PATH] = str(err)
            else:
                return self._move_key(entry, text)
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema({vol.Optional(CONF_KEY_PATH): TextSelector()}),
                user_input or entry.data,
            ),
            errors=errors,
            description_placeholders={"default": str(default_key_path(self.hass))},
        )

    def _move_key(self, entry: ConfigEntry, text: str) -> ConfigFlowResult:
        """Let the hub open its vault with the key at a path, or at the default one."""
        others = {
            name: value for name, value in entry.data.items() if name != CONF_KEY_PATH
        }
        result = self.async_update_and_abort(
            entry, data={**others, CONF_KEY_PATH: text} if text else others
        )
        # The hub's update listener does not reload it: other changes need no reload.
        self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return result

    async def _async_make_vault(self, key_path: str | None) -> dict[str, str]:
        """Make the vault, or find out that the one here can be opened."""
        try:
            path = (
                await self.hass.async_add_executor_job(
                    check_key_path, self.hass, key_path
                )
                if key_path
                else default_key_path(self.hass)
            )
            vault = await Vault.open(
                self.hass, vault_path(self.hass), path, create=True
            )
        except KeyPathError as err:
            return {"base": str(err)}
        except VaultKeyMissing:
            return {"base": "vault_key_missing"}
        except VaultDamaged:
            return {"base": "vault_damaged"}
        except VaultError:
            return {"base": "vault_unavailable"}
        await vault.stop()
        return {}


class OceanRemoteOptionsFlow(OptionsFlow):
    """Addresses, and how long a session lives."""

    def __init__(self) -> None:
        """Begin with nothing entered."""
        self._entered: dict[str, Any] | None = None
        self._chosen: dict[str, Any] = {}

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for all options on one page."""
        await async_require_administrator(
            self.hass, self.config_entry, "change the options"
        )
        errors: dict[str, str] = {}
        if user_input is not None:
            self._entered = user_input
            urls, errors = read_addresses(user_input)
            lifetime = int(user_input[CONF_SESSION_LIFETIME]) * _MINUTE
            margin = int(user_input[CONF_ROTATION_MARGIN])
            if 2 * margin > lifetime:
                errors[CONF_ROTATION_MARGIN] = "margin_too_large"
            chosen = user_input.get(CONF_SECURITY)
            if await async_locks_out(self.hass, chosen or {}):
                errors["base"] = "mfa_missing"
            if not errors:
                security = {} if chosen is None else {CONF_SECURITY: whole(chosen)}
                self._chosen = {
                    **self.config_entry.options,
                    **security,
                    CONF_URLS: urls,
                    CONF_SESSION_LIFETIME: lifetime,
                    CONF_ROTATION_MARGIN: margin,
                }
                if urls != self._options().get(CONF_URLS):
                    return await self.async_step_check()
                return self.async_create_entry(data=self._chosen)
        schema = vol.Schema(
            {
                **address_fields(self._entered),
                vol.Required(CONF_SESSION_LIFETIME): number_box(
                    MIN_SESSION_LIFETIME // _MINUTE,
                    MAX_SESSION_LIFETIME // _MINUTE,
                    "min",
                ),
                vol.Required(CONF_ROTATION_MARGIN): number_box(
                    MIN_ROTATION_MARGIN, MAX_ROTATION_MARGIN, "s"
                ),
                vol.Optional(CONF_SECURITY): section(
                    security_schema(self.config_entry.options), {"collapsed": True}
                ),
            }
        )
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                schema, self._entered or self._present()
            ),
            errors=errors,
            description_placeholders={"hint": await async_hint(self.hass)},
        )

    async def async_step_check(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what was found at new addresses; refuse nothing."""
        page = await async_check_page(self.hass, self._chosen[CONF_URLS])
        return self.async_show_menu(
            step_id=page.step_id,
            menu_options=[STEP_FINISH, STEP_CHECK, "init"],
            description_placeholders=page.placeholders,
        )

    async_step_found = async_step_check

    async def async_step_finish(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Keep what was chosen."""
        await async_require_administrator(
            self.hass, self.config_entry, "change the options"
        )
        return self.async_create_entry(data=self._chosen)

    def _options(self) -> dict[str, Any]:
        return {**self.config_entry.data, **self.config_entry.options}

    def _present(self) -> dict[str, Any]:
        options = self._options()
        urls = options.get(CONF_URLS, [])
        lifetime = options.get(CONF_SESSION_LIFETIME, DEFAULT_SESSION_LIFETIME)
        present: dict[str, Any] = dict(
            zip((FIELD_LOCAL, FIELD_ELSEWHERE), urls, strict=False)
        )
        present[CONF_SESSION_LIFETIME] = lifetime // _MINUTE
        present[CONF_ROTATION_MARGIN] = options.get(
            CONF_ROTATION_MARGIN, DEFAULT_ROTATION_MARGIN
        )
        return present
