"""The pages about a device's registration token: its YAML, and a new token."""

from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
import voluptuous as vol

from ..common.boards import Board
from ..common.const import CONF_BOARD, CONF_ENROLMENT_ID, CONF_NODE_NAME, DOMAIN
from ..hub import Hub
from ..vault.errors import VaultError
from .admin import async_require_administrator
from .device_yaml import node_name_for
from .tls_hint import async_tls_hint
from .tokens import TokenOver, async_open_token, async_render_yaml, async_token_over
from .yaml_page import COPY_ICON, YamlDownload, yaml_field

STEP_SHOW_YAML: Final = "show_yaml"
STEP_NEW_TOKEN: Final = "new_token"


class TokenPages(ConfigSubentryFlow):
    """Shows the YAML of a device that is there already, whatever led to it."""

    _added: str | None = None
    _download: YamlDownload | None = None

    async def async_step_show_yaml(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the YAML, or say why its token is invalid and offer a new one."""
        hub, _ = await self._async_enter()
        subentry = self._subentry()
        page = {"name": subentry.title, "device_page": self._device_page(subentry)}
        enrolment_id = subentry.data[CONF_ENROLMENT_ID]
        over = async_token_over(hub.vault, enrolment_id)
        if user_input is not None:
            registered = over is TokenOver.USED
            return self.async_abort(
                reason="device_registered" if registered else "device_prepared",
                description_placeholders=page,
            )
        if (token := async_open_token(hub.vault, enrolment_id)) is None:
            return self._ask(over or TokenOver.MISSING, {})
        try:
            text = await async_render_yaml(
                hub.vault, hub.urls, subentry.title, subentry.data, token
            )
        except VaultError:
            return self.async_abort(reason="vault_write_failed")
        node_name = subentry.data.get(CONF_NODE_NAME) or node_name_for(subentry.title)
        self._download = self._download or YamlDownload(self.hass)
        return self.async_show_form(
            step_id=STEP_SHOW_YAML,
            data_schema=vol.Schema(yaml_field(text)),
            description_placeholders={
                **page,
                "copy": COPY_ICON,
                "hint": async_tls_hint(
                    self.hass, hub.urls, Board(subentry.data[CONF_BOARD])
                ),
                "download": self._download.offer(node_name, text),
            },
            last_step=True,
        )

    async def async_step_new_token(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Issue a new token for the same board; no other board gets in with it."""
        return await self._async_issue(STEP_NEW_TOKEN, user_input)

    async def async_step_token_missing(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say that there is no token, and issue one."""
        return await self._async_issue(TokenOver.MISSING, user_input)

    async def async_step_token_used(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say that the token is used, and issue a new one."""
        return await self._async_issue(TokenOver.USED, user_input)

    async def async_step_token_expired(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say that the token has expired, and issue a new one."""
        return await self._async_issue(TokenOver.EXPIRED, user_input)

    async def _async_issue(
        self, step_id: str, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        hub, user_id = await self._async_enter()
        if user_input is None:
            return self._ask(step_id, {})
        subentry = self._subentry()
        record = hub.vault.devices.get(subentry.data[CONF_ENROLMENT_ID])
        present = record.mac if record is not None and record.trusted else None
        try:
            await hub.async_issue_registration_token(
                subentry.subentry_id, present, user_id
            )
        except HomeAssistantError:
            return self._ask(step_id, {"base": "vault_write_failed"})
        return await self.async_step_show_yaml()

    @callback
    def _ask(self, step_id: str, errors: dict[str, str]) -> SubentryFlowResult:
        """Explain what a new token means, before it is issued."""
        return self.async_show_form(
            step_id=step_id,
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders={"name": self._subentry().title},
            last_step=False,
        )

    @callback
    @override
    def async_remove(self) -> None:
        """Take the download away with the dialog."""
        if self._download is not None:
            self._download.withdraw()

    async def _async_enter(self) -> tuple[Hub, str | None]:
        """Return the hub and the acting user's id; raises AbortFlow, Unauthorized."""
        entry = self._get_entry()
        user_id = await async_require_administrator(self.hass, entry, "device flow")
        if entry.state is not ConfigEntryState.LOADED:
            raise AbortFlow("hub_not_loaded")
        hub: Hub = entry.runtime_data.hub
        return hub, user_id

    @callback
    def _subentry(self) -> ConfigSubentry:
        """Return the device of this flow; raises AbortFlow when it is removed."""
        subentry_id = (
            self._reconfigure_subentry_id
            if self.source == SOURCE_RECONFIGURE
            else self._added
        )
        subentry = self._get_entry().subentries.get(subentry_id or "")
        if subentry is None:
            raise AbortFlow("device_removed")
        return subentry

    @callback
    def _device_page(self, subentry: ConfigSubentry) -> str:
        """Return the path of the device's page in the user interface."""
        device = dr.async_get(self.hass).async_get_device_by_identifier(
            (DOMAIN, subentry.subentry_id), self._get_entry().entry_id
        )
        if device is None:
            return f"/config/integrations/integration/{DOMAIN}"
        return f"/config/devices/device/{device.id}"
