"""Adding a challenge device, and changing one.

Three pages: where it is and how to talk to it; what it understands; what to flash,
with a test that asks for a challenge. Nothing is stored before the last one.
"""

from collections.abc import Mapping
import secrets
from typing import Any, Final
from uuid import uuid4

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.data_entry_flow import AbortFlow

from ..common.const import CONF_ENROLMENT_ID
from ..flows.admin import async_require_administrator
from ..flows.yaml_page import COPY_ICON
from ..hub import Hub
from ..policy.audit.kinds import AuditKind
from ..policy.audit.record import Actor, Outcome
from ..vault import changes
from ..vault.errors import VaultError
from .arduino import render_arduino_constants
from .client import (
    ExchangeFailedError,
    NotConnectedError,
    Target,
    async_test_connection,
)
from .devices import ChallengeDevices
from .forms import (
    FIELD_ACCEPT,
    FIELD_NEW_SECRET,
    FIELD_SECRET,
    FIELD_TEST,
    connect_schema,
    device_schema,
    names_of,
    read_device,
    read_tables,
    suggested,
    suggested_tables,
    tables_schema,
)
from .protocol import ChallengeKey, ChallengeParameterError, Mode, SendFailure
from .row_keys import with_keys
from .settings import (
    CONF_COMMANDS,
    CONF_MODE,
    CONF_RESPONSES,
    SECRET_NAME,
    ChallengeSettings,
    CommandRow,
    is_weak,
    read_profile,
    read_secret,
)
from .yaml import render_challenge_yaml

STEP_TABLES: Final = "tables"
STEP_CONNECT: Final = "connect"
GENERATED_SECRET_BYTES: Final = 32


class ChallengeDeviceFlow(ConfigSubentryFlow):
    """One challenge device of the hub."""

    def __init__(self) -> None:
        """Begin with nothing filled in."""
        self._name = ""
        self._data: dict[str, Any] = {}
        self._secret: bytes | None = None
        self._generated = False

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask where the new device is."""
        return await self._async_step_device("user", user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask where the device is now; an empty secret keeps the current one."""
        if user_input is None:
            subentry = self._get_reconfigure_subentry()
            self._name, self._data = subentry.title, dict(subentry.data)
        return await self._async_step_device("reconfigure", user_input)

    async def _async_step_device(
        self, step_id: str, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        hub, _ = await self._async_enter()
        errors: dict[str, str] = {}
        accept = False
        if user_input is not None:
            name, data = read_device(user_input, errors)
            if self._name_is_taken(name):
                errors["name"] = "name_exists"
            if not errors:
                self._read_secret(hub, user_input, data, errors)
                accept = errors.get(FIELD_SECRET) == "secret_weak"
            if not errors:
                self._name = name
                self._data = {**self._data, **data}
                return await self.async_step_tables()
        values = user_input or suggested(self._data, self._name)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                device_schema(known=self._reconfiguring, accept=accept), values
            ),
            errors=errors,
            description_placeholders={"name": self._name},
            last_step=False,
        )

    async def async_step_tables(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what the device understands and what it answers."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        accept = False
        if user_input is not None:
            rows = read_tables(user_input, errors)
            if not errors:
                settings = ChallengeSettings.of({**self._data, **rows})
                accept = settings.forgeable
                if (problem := settings.status_problem) is not None:
                    errors["base"] = problem
                elif missing := settings.without_response:
                    errors[CONF_RESPONSES] = "response_missing"
                    placeholders["commands"] = names_of(missing)
                elif accept and not user_input.get(FIELD_ACCEPT):
                    errors[CONF_RESPONSES] = "responses_forgeable"
            if not errors:
                rows[CONF_COMMANDS] = with_keys(rows[CONF_COMMANDS], self._known_rows)
                self._data |= rows
                return await self.async_step_connect()
        return self.async_show_form(
            step_id=STEP_TABLES,
            data_schema=self.add_suggested_values_to_schema(
                tables_schema(accept=accept), user_input or self._shown_tables
            ),
            errors=errors,
            description_placeholders=placeholders,
            last_step=False,
        )

    async def async_step_connect(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show what to flash; test, if wanted; store."""
        hub, user_id = await self._async_enter()
        settings = ChallengeSettings.of(self._data)
        errors: dict[str, str] = {}
        if user_input is not None:
            if user_input[FIELD_TEST]:
                errors = await self._async_test(hub, settings)
            if not errors:
                try:
                    return await self._async_store(hub, user_id)
                except VaultError:
                    errors["base"] = "vault_write_failed"
        return self.async_show_form(
            step_id=STEP_CONNECT,
            data_schema=connect_schema(
                render_challenge_yaml(settings, self._secret),
                render_arduino_constants(settings, self._secret),
                test=not self._generated,
            ),
            errors=errors,
            description_placeholders={
                "name": self._name,
                "address": f"{settings.host}:{settings.port}",
                "copy": COPY_ICON,
            },
            last_step=True,
        )

    def _read_secret(
        self,
        hub: Hub,
        user_input: Mapping[str, Any],
        data: Mapping[str, Any],
        errors: dict[str, str],
    ) -> None:
        """Take over the secret: entered, generated, or the current one (None)."""
        text = user_input.get(FIELD_SECRET, "")
        keep = self._reconfiguring and not user_input.get(FIELD_NEW_SECRET)
        self._generated = not text and not keep
        if not text and keep:
            self._secret = None
            if data[CONF_MODE] != self._get_reconfigure_subentry().data[CONF_MODE]:
                errors[FIELD_SECRET] = "secret_of_other_mode"
            return
        if text != text.strip():
            errors[FIELD_SECRET] = "secret_blanks"
            return
        try:
            secret = read_secret(text or secrets.token_urlsafe(GENERATED_SECRET_BYTES))
            ChallengeKey(read_profile(data), secret)
        except ChallengeParameterError, ValueError:
            strict = data[CONF_MODE] == Mode.STRICT
            errors[FIELD_SECRET] = "secret_strict" if strict else "secret_invalid"
            return
        challenges: ChallengeDevices = self._get_entry().runtime_data.challenges
        if challenges.holder_of(secret, self._device_id) is not None:
            errors[FIELD_SECRET] = "secret_in_use"
        elif self._reconfiguring and self._is_of_other_mode(hub, secret, data):
            errors[FIELD_SECRET] = "secret_of_other_mode"
        elif is_weak(secret) and not user_input.get(FIELD_ACCEPT):
            errors[FIELD_SECRET] = "secret_weak"
        else:
            self._secret = secret

    def _is_of_other_mode(
        self, hub: Hub, secret: bytes, data: Mapping[str, Any]
    ) -> bool:
        subentry = self._get_reconfigure_subentry()
        return (
            data[CONF_MODE] != subentry.data[CONF_MODE]
            and hub.vault.secret(subentry.data[CONF_ENROLMENT_ID], SECRET_NAME)
            == secret
        )

    async def _async_test(
        self, hub: Hub, settings: ChallengeSettings
    ) -> dict[str, str]:
        secret = self._secret or hub.vault.secret(self._device_id or "", SECRET_NAME)
        if secret is None:
            return {"base": "secret_missing"}
        key = ChallengeKey(settings.profile, secret)
        size = len(settings.command_bytes)
        try:
            await async_test_connection(Target(settings.host, settings.port, key, size))
        except NotConnectedError:
            return {"base": "cannot_connect"}
        except ExchangeFailedError as err:
            if err.reason is SendFailure.CHALLENGE_TOO_LONG:
                return {"base": "challenge_longer"}
            return {"base": "no_challenge"}
        return {}

    async def _async_store(self, hub: Hub, user_id: str | None) -> SubentryFlowResult:
        """Put the secret into the vault, then create or change the subentry."""
        device_id = self._device_id or uuid4().hex
        if self._secret is not None:
            await hub.vault.apply(
                changes.put_secret(device_id, SECRET_NAME, self._secret)
            )
        hub.security.trail.record(
            AuditKind.TOKEN_ISSUED if self._secret else AuditKind.POLICY,
            Outcome.DONE,
            Actor(user=user_id, device=device_id),
            what="challenge device changed"
            if self._reconfiguring
            else "challenge device added",
        )
        if not self._reconfiguring:
            return self.async_create_entry(
                title=self._name, data={**self._data, CONF_ENROLMENT_ID: device_id}
            )
        return self.async_update_and_abort(
            self._get_entry(),
            self._get_reconfigure_subentry(),
            title=self._name,
            data=self._data,
        )

    async def _async_enter(self) -> tuple[Hub, str | None]:
        """Return the hub and the acting user's id; raises AbortFlow, Unauthorized."""
        entry = self._get_entry()
        user_id = await async_require_administrator(
            self.hass, entry, "challenge device flow"
        )
        if entry.state is not ConfigEntryState.LOADED:
            raise AbortFlow("hub_not_loaded")
        hub: Hub = entry.runtime_data.hub
        return hub, user_id

    @property
    def _known_rows(self) -> tuple[CommandRow, ...]:
        """Return the rows that have entities."""
        if not self._reconfiguring:
            return ()
        return ChallengeSettings.of(self._get_reconfigure_subentry().data).commands

    @property
    def _shown_tables(self) -> dict[str, Any]:
        if CONF_COMMANDS not in self._data:
            return {}
        return suggested_tables(self._data)

    @property
    def _reconfiguring(self) -> bool:
        return bool(self.source == SOURCE_RECONFIGURE)

    @property
    def _device_id(self) -> str | None:
        if not self._reconfiguring:
            return None
        device_id: str = self._get_reconfigure_subentry().data[CONF_ENROLMENT_ID]
        return device_id

    def _name_is_taken(self, name: str) -> bool:
        own = (
            self._get_reconfigure_subentry().subentry_id
            if self._reconfiguring
            else None
        )
        return any(
            subentry.title == name and subentry.subentry_id != own
            for subentry in self._get_entry().subentries.values()
        )
