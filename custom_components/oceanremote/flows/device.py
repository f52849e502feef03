"""Adding a device, and giving it another board.

The device is there before its YAML is shown: whether a person finishes the dialog or
closes it makes no difference.
"""

import secrets
import time
from types import MappingProxyType
from typing import Any, Final
from uuid import uuid4

from homeassistant.config_entries import ConfigSubentry, SubentryFlowResult
from homeassistant.data_entry_flow import section
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
    CONF_NODE_NAME,
    REGISTRATION_TOKEN_LIFETIME,
    SUBENTRY_DEVICE,
)
from ..hub import Hub
from ..policy.audit.kinds import AuditKind
from ..protocol import KeyTextError, RegistrationToken, is_board_mac, parse_mac
from ..vault import changes
from ..vault.errors import VaultError
from ..vault.records import EnrolmentRecord
from .device_yaml import MAX_NAME_LENGTH, node_name_for
from .log_page import STEP_LOG, LogPage
from .metered_page import STEP_METERED, MeteredPage
from .permit_pages import STEP_PERMITS
from .token_pages import STEP_NEW_TOKEN, STEP_SHOW_YAML
from .tokens import async_passwords
from .tunnel_page import STEP_TUNNELS, TunnelPage
from .waiting_pages import STEP_WAITING, WaitingPages

FIELD_NAME: Final = "name"
FIELD_EXPECTED_MAC: Final = "expected_mac"
SECTION_ADVANCED: Final = "advanced"

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


class DeviceFlow(WaitingPages, LogPage, MeteredPage, TunnelPage):
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
            last_step=False,
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Offer what can be done with the device."""
        await self._async_enter()
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=[
                STEP_SHOW_YAML,
                STEP_LOG,
                STEP_PERMITS,
                STEP_WAITING,
                STEP_METERED,
                STEP_TUNNELS,
                STEP_NEW_TOKEN,
                STEP_REPLACE_BOARD,
            ],
            description_placeholders={"name": self._subentry().title},
        )

    async def async_step_replace_board(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Issue a token by which another board takes the device over."""
        hub, user_id = await self._async_enter()
        subentry = self._subentry()
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
        """Put the token into force, then create the subentry and show its YAML.

        The subentry does not wait for the end of the flow: a board may be flashed, and
        dial in, while the YAML is still on the screen; and closing the dialog after
        copying the YAML still leaves a device.
        """
        enrolment_id = uuid4().hex
        data = {
            CONF_ENROLMENT_ID: enrolment_id,
            CONF_BOARD: board.value,
            CONF_NODE_NAME: node_name_for(name),
        }
        token = RegistrationToken.generate(secrets.token_bytes)
        await async_passwords(hub.vault, enrolment_id)
        await hub.vault.apply(
            changes.add_enrolment(
                enrolment_id,
                token,
                time.time() + REGISTRATION_TOKEN_LIFETIME.total_seconds(),
                expected_mac,
                enrolment=EnrolmentRecord(
                    title=name, board=board.value, node_name=data[CONF_NODE_NAME]
                ),
            )
        )
        hub.record(
            AuditKind.TOKEN_ISSUED,
            "for 24 hours",
            enrolment_id=enrolment_id,
            user_id=user_id,
        )
        subentry = ConfigSubentry(
            data=MappingProxyType(data),
            subentry_type=SUBENTRY_DEVICE,
            title=name,
            unique_id=None,
        )
        self.hass.config_entries.async_add_subentry(self._get_entry(), subentry)
        self._added = subentry.subentry_id
        return await self.async_step_show_yaml()

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
        if mac is None or not is_board_mac(mac):
            errors["base"] = "mac_invalid"
            return None
        return mac
