"""The forms of the challenge device's flow, and reading what was filled in."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from ipaddress import IPv6Address
from typing import Any, Final

from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PORT
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    ObjectSelectorField,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from ..flows.device_yaml import node_name_for
from ..flows.yaml_page import YamlSelector, yaml_field
from .protocol import (
    HASHES,
    MAX_CHALLENGE_LENGTH,
    MAX_WAKE_LENGTH,
    STRICT_MIN_CHALLENGE_LENGTH,
    STRICT_NONCE_LENGTH,
    ChallengeParameterError,
    Mode,
)
from .row_keys import without_keys
from .settings import (
    BYTE_FIELDS,
    CONF_CHALLENGE_LENGTH,
    CONF_COMMANDS,
    CONF_HASH,
    CONF_MODE,
    CONF_PROTOCOL_ID,
    CONF_RESPONSE_TIME,
    CONF_RESPONSES,
    CONF_STATUS_BYTE,
    CONF_STATUS_INTERVAL,
    CONF_WAKE_LENGTH,
    DEFAULT_PORT,
    DEFAULT_STATUS_INTERVAL,
    MAX_NAME_LENGTH,
    MAX_RESPONSE_TIME,
    MAX_STATUS_INTERVAL,
    ROW_BYTE,
    ROW_KIND,
    ROW_MEANING,
    ROW_NAME,
    Action,
    CommandKind,
    CommandRow,
    Meaning,
    TableError,
    read_commands,
    read_profile,
    read_responses,
    read_status,
)

FIELD_SECRET: Final = "secret"
FIELD_NEW_SECRET: Final = "generate_secret"
FIELD_ACCEPT: Final = "accept_warnings"
FIELD_TEST: Final = "test_connection"
FIELD_SKETCH: Final = "sketch"
SECTION_PROTOCOL: Final = "protocol"
SECTION_ANSWERS: Final = "answers"

MEANINGS: Final = {
    Meaning.DONE: "Done",
    Meaning.REFUSED: "Refused",
    Meaning.STATE_ON: "Now on, open or locked",
    Meaning.STATE_OFF: "Now off, closed or unlocked",
    Meaning.OPENING: "Now opening",
    Meaning.CLOSING: "Now closing",
}
DEFAULTS: Final[Mapping[str, Any]] = {
    CONF_PORT: DEFAULT_PORT,
    CONF_MODE: Mode.STRICT.value,
    CONF_HASH: "sha256",
    CONF_WAKE_LENGTH: STRICT_NONCE_LENGTH,
    CONF_CHALLENGE_LENGTH: STRICT_MIN_CHALLENGE_LENGTH,
}


def _number(low: int, high: int) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(min=low, max=high, step=1, mode=NumberSelectorMode.BOX)
    )


def _choice(options: list[str]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN)
    )


def _translated[E: StrEnum](key: str, labels: Mapping[E, str]) -> SelectSelector:
    """Return a choice with texts of its own, too.

    Home Assistant's frontend does not translate the choices of a row's field.
    """
    return SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=member.value, label=label)
                for member, label in labels.items()
            ],
            mode=SelectSelectorMode.DROPDOWN,
            translation_key=key,
        )
    )


_SECRET = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
_PROTOCOL = section(
    vol.Schema(
        {
            vol.Required(CONF_HASH): _choice(list(HASHES)),
            vol.Required(CONF_CHALLENGE_LENGTH): _number(1, MAX_CHALLENGE_LENGTH),
            vol.Required(CONF_WAKE_LENGTH): _number(0, MAX_WAKE_LENGTH),
        }
    ),
    {"collapsed": True},
)
_COMMAND_ROWS = ObjectSelector(
    ObjectSelectorConfig(
        multiple=True,
        label_field=ROW_NAME,
        description_field=ROW_KIND,
        translation_key="challenge_command",
        fields={
            ROW_NAME: ObjectSelectorField(required=True, selector=TextSelector()),
            ROW_KIND: ObjectSelectorField(
                required=True,
                selector=_translated(
                    "command_kind", {kind: kind.capitalize() for kind in CommandKind}
                ),
            ),
            BYTE_FIELDS[0]: ObjectSelectorField(required=True, selector=TextSelector()),
            BYTE_FIELDS[1]: ObjectSelectorField(selector=TextSelector()),
            BYTE_FIELDS[2]: ObjectSelectorField(selector=TextSelector()),
        },
    )
)
_RESPONSE_ROWS = ObjectSelector(
    ObjectSelectorConfig(
        multiple=True,
        label_field=ROW_NAME,
        description_field=ROW_BYTE,
        translation_key="challenge_response",
        fields={
            ROW_NAME: ObjectSelectorField(required=True, selector=TextSelector()),
            ROW_BYTE: ObjectSelectorField(required=True, selector=TextSelector()),
            ROW_MEANING: ObjectSelectorField(
                required=True,
                selector=_translated("response_meaning", MEANINGS),
            ),
        },
    )
)


_DEFAULT_ANSWERS: Final = {
    CONF_RESPONSE_TIME: 0,
    CONF_STATUS_INTERVAL: DEFAULT_STATUS_INTERVAL,
}
_ANSWERS = section(
    vol.Schema(
        {
            vol.Required(
                CONF_RESPONSE_TIME, default=_DEFAULT_ANSWERS[CONF_RESPONSE_TIME]
            ): _number(0, MAX_RESPONSE_TIME),
            vol.Optional(CONF_STATUS_BYTE): TextSelector(),
            vol.Required(
                CONF_STATUS_INTERVAL, default=_DEFAULT_ANSWERS[CONF_STATUS_INTERVAL]
            ): _number(1, MAX_STATUS_INTERVAL),
        }
    ),
    {"collapsed": True},
)


def device_schema(*, known: bool, accept: bool) -> vol.Schema:
    """Return the first form: where the device is and how to talk to it."""
    fields: dict[Any, Any] = {
        vol.Required(CONF_NAME): TextSelector(),
        vol.Required(CONF_HOST): TextSelector(),
        vol.Required(CONF_PORT): _number(1, 65535),
        vol.Required(CONF_MODE): _translated(
            "challenge_mode", {Mode.STRICT: "Strict", Mode.CLASSIC: "Classic"}
        ),
        vol.Optional(CONF_PROTOCOL_ID): TextSelector(),
        vol.Optional(FIELD_SECRET): _SECRET,
    }
    if known:
        fields[vol.Required(FIELD_NEW_SECRET, default=False)] = BooleanSelector()
    if accept:
        fields[vol.Required(FIELD_ACCEPT, default=False)] = BooleanSelector()
    fields[vol.Required(SECTION_PROTOCOL)] = _PROTOCOL
    return vol.Schema(fields)


def tables_schema(*, accept: bool) -> vol.Schema:
    """Return the second form: what the device understands and answers."""
    fields: dict[Any, Any] = {
        vol.Required(CONF_COMMANDS): _COMMAND_ROWS,
        vol.Optional(CONF_RESPONSES): _RESPONSE_ROWS,
    }
    if accept:
        fields[vol.Required(FIELD_ACCEPT, default=False)] = BooleanSelector()
    # The frontend fills in nothing of a section that has a default of its own.
    fields[vol.Required(SECTION_ANSWERS, default=_DEFAULT_ANSWERS)] = _ANSWERS
    return vol.Schema(fields)


def suggested_tables(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the second form begins with, for an existing device."""
    answers = (CONF_RESPONSE_TIME, CONF_STATUS_BYTE, CONF_STATUS_INTERVAL)
    return {
        CONF_COMMANDS: without_keys(data[CONF_COMMANDS]),
        CONF_RESPONSES: data[CONF_RESPONSES],
        SECTION_ANSWERS: {name: data[name] for name in answers if name in data},
    }


def connect_schema(yaml: str, sketch: str, *, test: bool) -> vol.Schema:
    """Return the last form."""
    return vol.Schema(
        {
            **yaml_field(yaml),
            vol.Optional(FIELD_SKETCH, default=sketch): YamlSelector(),
            vol.Required(FIELD_TEST, default=test): BooleanSelector(),
        }
    )


def suggested(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return what the first form begins with, for an existing or a new device."""
    values = {**DEFAULTS, **data}
    return {
        CONF_NAME: name,
        CONF_HOST: values.get(CONF_HOST, ""),
        CONF_PORT: values[CONF_PORT],
        CONF_MODE: values[CONF_MODE],
        CONF_PROTOCOL_ID: values.get(CONF_PROTOCOL_ID, ""),
        SECTION_PROTOCOL: {
            name: values[name]
            for name in (CONF_HASH, CONF_CHALLENGE_LENGTH, CONF_WAKE_LENGTH)
        },
    }


def read_device(
    user_input: Mapping[str, Any], errors: dict[str, str]
) -> tuple[str, dict[str, Any]]:
    """Return name and data of the first form; fill `errors` where it is wrong."""
    name = " ".join(user_input[CONF_NAME].split())
    if not 0 < len(name) <= MAX_NAME_LENGTH:
        errors[CONF_NAME] = "name_length"
    host = user_input[CONF_HOST].strip()
    if (problem := _host_problem(host)) is not None:
        errors[CONF_HOST] = problem
    strict = user_input[CONF_MODE] == Mode.STRICT
    protocol_id = user_input.get(CONF_PROTOCOL_ID, "").strip()
    protocol = user_input[SECTION_PROTOCOL]
    data = {
        CONF_HOST: host,
        CONF_PORT: int(user_input[CONF_PORT]),
        CONF_MODE: user_input[CONF_MODE],
        CONF_PROTOCOL_ID: (protocol_id or node_name_for(name)) if strict else "",
        CONF_HASH: protocol[CONF_HASH],
        CONF_CHALLENGE_LENGTH: int(protocol[CONF_CHALLENGE_LENGTH]),
        CONF_WAKE_LENGTH: (
            STRICT_NONCE_LENGTH if strict else int(protocol[CONF_WAKE_LENGTH])
        ),
    }
    if strict and data[CONF_CHALLENGE_LENGTH] < STRICT_MIN_CHALLENGE_LENGTH:
        errors["base"] = "challenge_too_short"
    elif not errors:
        try:
            read_profile(data)
        except ChallengeParameterError:
            errors[CONF_PROTOCOL_ID] = "protocol_id_length"
        if "$" in protocol_id or not protocol_id.isprintable():
            # ESPHome replaces the one, and nobody can type the others.
            errors[CONF_PROTOCOL_ID] = "protocol_id_characters"
    return name, data


def _host_problem(host: str) -> str | None:
    """Return the error of what is neither an IP address nor a host name."""
    if not host or any(char.isspace() or char == "/" for char in host):
        return "host_invalid"
    if ":" not in host:
        return None
    try:
        IPv6Address(host)
    except ValueError:
        return "host_with_port"
    return None


def read_tables(
    user_input: Mapping[str, Any], errors: dict[str, str]
) -> dict[str, Any]:
    """Return the tables as rows, and how answers come; fill `errors` where one is wrong.

    Two rows of one name are refused here only: tables that were stored so are kept.
    """
    rows = {
        CONF_COMMANDS: list(user_input[CONF_COMMANDS]),
        CONF_RESPONSES: list(user_input.get(CONF_RESPONSES) or ()),
    }
    for field, read in (
        (CONF_COMMANDS, read_commands),
        (CONF_RESPONSES, read_responses),
    ):
        try:
            names = [row.name.casefold() for row in read(rows[field])]
        except TableError as err:
            errors[field] = str(err)
            continue
        if len(set(names)) != len(names):
            errors[field] = "row_name_twice"
    answers = user_input[SECTION_ANSWERS]
    found = {
        CONF_RESPONSE_TIME: int(answers[CONF_RESPONSE_TIME]),
        CONF_STATUS_BYTE: answers.get(CONF_STATUS_BYTE, "").strip(),
        CONF_STATUS_INTERVAL: int(answers[CONF_STATUS_INTERVAL]),
    }
    try:
        read_status(found)
    except TableError:
        errors["base"] = "status_byte_invalid"
    return rows | found


def names_of(actions: Iterable[tuple[CommandRow, Action]]) -> str:
    """Return the rows' names and the actions' bytes, as an error names them."""
    return ", ".join(
        f"{row.name} (0x{row.bytes[action]:02X})" for row, action in actions
    )
