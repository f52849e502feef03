"""Adding a device, and giving it a new registration token or another board.

The registration token is in force before the last page is shown: whether a person
finishes the dialog or closes it makes no difference to the device.
"""

import secrets
import time
from typing import Any, Final
from uuid import uuid4

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.data_entry_flow import AbortFlow, section
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from ..common.boards import Board
from ..common.const import (
    CONF_BOARD,
    CONF_ENROLMENT_ID,
    REGISTRATION_TOKEN_LIFETIME,
    RecordKind,
)
from ..hub import Hub
from ..protocol import KeyTextError, RegistrationToken, parse_mac
from ..vault.errors import VaultError
from .admin import async_require_administrator
from .device_yaml import MAX_NAME_LENGTH, node_name_for
from .tokens import CONF_NODE_NAME, async_open_token, async_render_yaml

FIELD_NAME: Final = "name"
FIELD_EXPECTED_MAC: Final = "expected_mac"
SECTION_ADVANCED: Final = "advanced"

STEP_SHOW_YAML: Final = "show_yaml"
STEP_NEW_TOKEN: Final = "new_token"
STEP_REPLACE_BOARD: Final = "replace_board"

_BOARDS = SelectSelector(
    SelectSelectorConfig(
        options=[board.value for board in Board],
        mode=SelectSelectorMode.DROPDOWN,
        translation_key="board",
    )
)
_ADVANCED = section(
    vol.Schema({vol.Optional(FIELD_EXPECTED_MAC): TextSelector()}), {"collapsed": True}
)
_USER_SCHEMA = vol.Schema(
    {
        vol.Required(FIELD_NAME): TextSelector(),
        vol.Required(CONF_BOARD, default=Board.ESP32.value): _BOARDS,
        vol.Optional(SECTION_ADVANCED): _ADVANCED,
    }
)
_REPLACE_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_BOARD): _BOARDS,
        vol.Optional(SECTION_ADVANCED): _ADVANCED,
    }
)


class DeviceFlow(ConfigSubentryFlow):
    """One device of the hub."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for name and board; issue a registration token; create the device."""
        hub, user_id = await self._async_enter()
        errors: dict[str, str] = {}
        if user_input is not None:
            name = " ".join(user_input[FIELD_NAME].split())
            errors = self._check_name(name)
            expected_mac = self._read_mac(user_input, errors)
            if not errors:
                try:
                    return await self._async_create_device(
                        hub,
                        name,
                        Board(user_input[CONF_BOARD]),
                        expected_mac,
                        user_id,
                    )
                except VaultError:
                    errors["base"] = "vault_write_failed"
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(
                _USER_SCHEMA, user_input or {}
            ),
            errors=errors,
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Offer what can be done with the device as it stands."""
        hub, _ = await self._async_enter()
        options = [STEP_NEW_TOKEN, STEP_REPLACE_BOARD]
        if async_open_token(hub.vault, self._device_id) is not None:
            options.insert(0, STEP_SHOW_YAML)
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=options,
            description_placeholders={"name": self._get_reconfigure_subentry().title},
        )

    async def async_step_show_yaml(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the configuration as long as its registration token is good."""
        hub, _ = await self._async_enter()
        if user_input is not None:
            return self.async_abort(reason="device_prepared")
        if (token := async_open_token(hub.vault, self._device_id)) is None:
            return self.async_abort(reason="token_used")
        subentry = self._get_reconfigure_subentry()
        try:
            text = await async_render_yaml(
                hub.vault, hub.urls, subentry.title, subentry.data, token
            )
        except VaultError:
            return self.async_abort(reason="vault_write_failed")
        return self.async_show_form(
            step_id=STEP_SHOW_YAML,
            data_schema=vol.Schema({}),
            description_placeholders={"name": subentry.title, "yaml": text},
            last_step=True,
        )

    async def async_step_new_token(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Issue a new token for the same board; another one is not let in by it."""
        hub, user_id = await self._async_enter()
        subentry = self._get_reconfigure_subentry()
        errors: dict[str, str] = {}
        if user_input is not None:
            record = hub.vault.devices.get(self._device_id)
            present = record.mac if record is not None and record.trusted else None
            try:
                await hub.async_issue_registration_token(
                    subentry.subentry_id, present, user_id
                )
            except HomeAssistantError:
                errors["base"] = "vault_write_failed"
            else:
                return await self.async_step_show_yaml()
        return self.async_show_form(
            step_id=STEP_NEW_TOKEN,
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders={"name": subentry.title},
            last_step=False,
        )

    async def async_step_replace_board(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Issue a token by which another board takes the device over."""
        hub, user_id = await self._async_enter()
        subentry = self._get_reconfigure_subentry()
        errors: dict[str, str] = {}
        if user_input is not None:
            expected_mac = self._read_mac(user_input, errors)
            if not errors:
                try:
                    await hub.async_issue_registration_token(
                        subentry.subentry_id, expected_mac, user_id
                    )
                except HomeAssistantError:
                    errors["base"] = "vault_write_failed"
            if not errors:
                self.hass.config_entries.async_update_subentry(
                    self._get_entry(),
                    subentry,
                    data={**subentry.data, CONF_BOARD: user_input[CONF_BOARD]},
                )
                return await self.async_step_show_yaml()
        return self.async_show_form(
            step_id=STEP_REPLACE_BOARD,
            data_schema=self.add_suggested_values_to_schema(
                _REPLACE_SCHEMA, user_input or subentry.data
            ),
            errors=errors,
            description_placeholders={"name": subentry.title},
            last_step=False,
        )

    async def _async_create_device(
        self,
        hub: Hub,
        name: str,
        board: Board,
        expected_mac: bytes | None,
        user_id: str | None,
    ) -> SubentryFlowResult:
        """Put the token in force, then create the subentry and show its YAML."""
        device_id = uuid4().hex
        data = {
            CONF_ENROLMENT_ID: device_id,
            CONF_BOARD: board.value,
            CONF_NODE_NAME: node_name_for(name),
        }
        token = RegistrationToken.generate(secrets.token_bytes)
        text = await async_render_yaml(hub.vault, hub.urls, name, data, token)
        await hub.vault.add_enrolment(
            device_id,
            token,
            time.time() + REGISTRATION_TOKEN_LIFETIME.total_seconds(),
            expected_mac,
        )
        hub.record(
            RecordKind.TOKEN_ISSUED,
            "for 24 hours",
            device_id=device_id,
            user_id=user_id,
        )
        return self.async_create_entry(
            title=name,
            data=data,
            description_placeholders={"name": name, "yaml": text},
        )

    async def _async_enter(self) -> tuple[Hub, str | None]:
        """Return the hub and the acting user's id; raises AbortFlow, Unauthorized."""
        entry = self._get_entry()
        user_id = await async_require_administrator(self.hass, entry, "device flow")
        if entry.state is not ConfigEntryState.LOADED:
            raise AbortFlow("hub_not_loaded")
        hub: Hub = entry.runtime_data.hub
        return hub, user_id

    @property
    def _device_id(self) -> str:
        device_id: str = self._get_reconfigure_subentry().data[CONF_ENROLMENT_ID]
        return device_id

    def _check_name(self, name: str) -> dict[str, str]:
        """Refuse what would not be told apart from another device on a network."""
        if not 0 < len(name) <= MAX_NAME_LENGTH:
            return {FIELD_NAME: "name_length"}
        node_name = node_name_for(name)
        for subentry in self._get_entry().subentries.values():
            if name == subentry.title or node_name == subentry.data.get(CONF_NODE_NAME):
                return {FIELD_NAME: "name_exists"}
        return {}

    def _read_mac(
        self, user_input: dict[str, Any], errors: dict[str, str]
    ) -> bytes | None:
        """Return the expected MAC, if one is given."""
        text = user_input.get(SECTION_ADVANCED, {}).get(FIELD_EXPECTED_MAC, "").strip()
        if not text:
            return None
        try:
            mac = parse_mac(text)
        except KeyTextError:
            mac = None
        # A group address, or all zeros, is no board's own.
        if mac is None or not any(mac) or mac[0] & 1:
            errors["base"] = "mac_invalid"
            return None
        return mac
