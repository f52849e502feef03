"""Actions that ask Home Assistant: to call an action, fire an event, take a tag for
scanned.

All that is constant lies in one table in flash for each action of the YAML.
"""

from dataclasses import dataclass
import re
from typing import Any

from esphome import automation
import esphome.codegen as cg
import esphome.config_validation as cv
from esphome.const import (
    CONF_ACTION,
    CONF_CAPTURE_RESPONSE,
    CONF_DATA,
    CONF_DATA_TEMPLATE,
    CONF_EVENT,
    CONF_ID,
    CONF_ON_ERROR,
    CONF_ON_SUCCESS,
    CONF_RESPONSE_TEMPLATE,
    CONF_TAG,
    CONF_VARIABLES,
)
from esphome.core import CORE, ID
from esphome.cpp_generator import Expression, MockObj, TemplateArgsType
from esphome.helpers import cpp_string_escape
from esphome.types import ConfigType

from .client_class import CLIENT_ID_SCHEMA, oceanremote_ns

# Limits of the protocol, in bytes (requests.h).
MAX_NAME = 120
MAX_KEY = 64
MAX_VALUE = 1024
MAX_FIELDS = 16

RequestAction = oceanremote_ns.class_("RequestAction", automation.Action)
RequestField = oceanremote_ns.struct("RequestField")
RequestShape = oceanremote_ns.struct("RequestShape")
RequestKind = oceanremote_ns.enum("RequestKind", is_class=True)

_ACTION_NAME = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+")
# What the hub lets no device call (docs/security.md), and what to write instead.
_NEVER = {
    "backup": "",
    "hassio": "",
    "homeassistant": (
        ": write the domain's own action instead, such as light.turn_on or "
        "switch.turn_off"
    ),
    "oceanremote": "",
    "python_script": "",
    "shell_command": "",
}


def _text(most: int, *, least: int = 0) -> Any:
    def validate(value: Any) -> str:
        text: str = cv.string(value)
        if not least <= len(text.encode()) <= most:
            raise cv.Invalid(f"a text of {least} to {most} bytes is wanted here")
        return text

    return validate


def _action_name(value: Any) -> str:
    name: str = _text(MAX_NAME, least=1)(value)
    if not _ACTION_NAME.fullmatch(name):
        raise cv.Invalid(
            f"'{name}' is no action of Home Assistant's, which look like light.turn_on"
        )
    if (domain := name.split(".", maxsplit=1)[0]) in _NEVER:
        raise cv.Invalid(
            f"Home Assistant lets no device call '{domain}' actions{_NEVER[domain]}"
        )
    return name


def _check_keys(fields: dict[str, Any]) -> dict[str, Any]:
    for key in fields:
        _text(MAX_KEY, least=1)(key)
    return fields


_FIELDS = cv.All(
    cv.Schema({cv.string: cv.templatable(_text(MAX_VALUE))}),
    cv.Length(max=MAX_FIELDS),
    _check_keys,
)
_PARTS = {
    cv.Optional(CONF_DATA, default={}): _FIELDS,
    cv.Optional(CONF_DATA_TEMPLATE, default={}): _FIELDS,
    cv.Optional(CONF_VARIABLES, default={}): _FIELDS,
}


def _check_response(config: ConfigType) -> ConfigType:
    if CONF_RESPONSE_TEMPLATE in config and not config[CONF_CAPTURE_RESPONSE]:
        raise cv.Invalid(
            "'response_template' makes a text of the action's response, which needs "
            "'capture_response: true'",
            path=[CONF_RESPONSE_TEMPLATE],
        )
    if config[CONF_CAPTURE_RESPONSE] and CONF_ON_SUCCESS not in config:
        raise cv.Invalid(
            "a response is there in 'on_success' only, which is missing",
            path=[CONF_CAPTURE_RESPONSE],
        )
    return config


_ACTION_SCHEMA = cv.All(
    CLIENT_ID_SCHEMA.extend(
        {
            cv.Required(CONF_ACTION): cv.templatable(_action_name),
            **_PARTS,
            cv.Optional(CONF_CAPTURE_RESPONSE, default=False): cv.boolean,
            cv.Optional(CONF_RESPONSE_TEMPLATE): cv.templatable(_text(MAX_VALUE)),
            cv.Optional(CONF_ON_SUCCESS): automation.validate_automation(single=True),
            cv.Optional(CONF_ON_ERROR): automation.validate_automation(single=True),
        }
    ),
    _check_response,
)
_EVENT_SCHEMA = CLIENT_ID_SCHEMA.extend(
    {cv.Required(CONF_EVENT): cv.templatable(_text(MAX_NAME, least=1)), **_PARTS}
)
_TAG_SCHEMA = cv.maybe_simple_value(
    CLIENT_ID_SCHEMA.extend(
        {cv.Required(CONF_TAG): cv.templatable(_text(MAX_NAME, least=1))}
    ),
    key=CONF_TAG,
)


@dataclass(frozen=True)
class _Request:
    """What a request of the YAML consists of; each text may be a lambda."""

    kind: MockObj
    name: Any
    parts: tuple[dict[str, Any], ...] = ({}, {}, {})
    response_template: Any = None
    wants_response: bool = False

    @classmethod
    def of(cls, kind: MockObj, name: Any, config: ConfigType) -> _Request:
        parts = (config[CONF_DATA], config[CONF_DATA_TEMPLATE], config[CONF_VARIABLES])
        return cls(
            kind,
            name,
            parts,
            config.get(CONF_RESPONSE_TEMPLATE),
            config.get(CONF_CAPTURE_RESPONSE, False),
        )

    def texts(self) -> list[tuple[str | None, Any]]:
        """Return what the table has, in order: a key or none, and a value."""
        found: list[tuple[str | None, Any]] = [(None, self.name)]
        for part in self.parts:
            found.extend(part.items())
        if self.response_template is not None:
            found.append((None, self.response_template))
        return found

    def shape(self) -> Expression:
        """Return how many texts of the table belong to which part."""
        data, data_template, variables = (len(part) for part in self.parts)
        return cg.StructInitializer(
            RequestShape,
            ("kind", self.kind),
            ("data", data),
            ("data_template", data_template),
            ("variables", variables),
            ("wants_response", self.wants_response),
            ("response_template", self.response_template is not None),
        )


def _literal(text: str) -> Expression:
    # On an ESP8266 a text stays in flash only as an array of its own.
    literal = cg.RawExpression(cpp_string_escape(text))
    if CORE.is_esp8266:
        return cg.shared_progmem_array("oceanremote_text", cg.char, literal)
    return literal


async def _table(
    request: _Request, template_arg: cg.TemplateArguments, args: TemplateArgsType
) -> Expression:
    field_type = RequestField.template(template_arg)
    entries: list[Expression] = []
    texts = request.texts()
    for key, value in texts:
        key_expression = cg.nullptr if key is None else _literal(key)
        if cg.is_template(value):
            made = await cg.process_lambda(value, args, return_type=None)
            entries.append(
                cg.RawExpression(f"{field_type}::from_lambda({key_expression}, {made})")
            )
        else:
            entries.append(
                cg.ArrayInitializer(key_expression, _literal(value), cg.nullptr)
            )
    # A lambda may keep a state of its own, so a table with one is never shared.
    return cg.shared_progmem_array(
        "oceanremote_request",
        field_type,
        cg.ArrayInitializer(*entries, multiline=True),
        share=not any(cg.is_template(value) for _, value in texts),
    )


async def _new_action(
    request: _Request,
    config: ConfigType,
    action_id: ID,
    template_arg: cg.TemplateArguments,
    args: TemplateArgsType,
) -> MockObj:
    cg.add_define("USE_OCEANREMOTE_REQUESTS")
    table = await _table(request, template_arg, args)
    var = cg.new_Pvariable(action_id, template_arg, table, request.shape())
    await cg.register_parented(var, config[CONF_ID])
    return var


def _with_text(name: str, args: TemplateArgsType) -> TemplateArgsType:
    """Put a text before the arguments, where one of that name would be hidden."""
    taken = {argument for _, argument in args}
    hidden = f"outer_{name}"
    while hidden in taken:
        hidden = f"outer_{hidden}"
    kept = [(kind, hidden if text == name else text) for kind, text in args]
    return [(cg.std_string, name), *kept]


# Not synchronous: the arguments are kept until the answer, so they must own what they
# refer to.
@automation.register_action(
    "oceanremote.action", RequestAction, _ACTION_SCHEMA, synchronous=False
)
async def _action_to_code(
    config: ConfigType,
    action_id: ID,
    template_arg: cg.TemplateArguments,
    args: TemplateArgsType,
) -> MockObj:
    request = _Request.of(RequestKind.ACTION, config[CONF_ACTION], config)
    var = await _new_action(request, config, action_id, template_arg, args)
    if on_error := config.get(CONF_ON_ERROR):
        await automation.build_automation(
            var.get_error_trigger(), _with_text("error", args), on_error
        )
    if on_success := config.get(CONF_ON_SUCCESS):
        await automation.build_automation(
            var.get_success_trigger(), _with_text("response", args), on_success
        )
    return var


@automation.register_action(
    "oceanremote.event", RequestAction, _EVENT_SCHEMA, synchronous=True
)
async def _event_to_code(
    config: ConfigType,
    action_id: ID,
    template_arg: cg.TemplateArguments,
    args: TemplateArgsType,
) -> MockObj:
    request = _Request.of(RequestKind.EVENT, config[CONF_EVENT], config)
    return await _new_action(request, config, action_id, template_arg, args)


@automation.register_action(
    "oceanremote.tag_scanned", RequestAction, _TAG_SCHEMA, synchronous=True
)
async def _tag_to_code(
    config: ConfigType,
    action_id: ID,
    template_arg: cg.TemplateArguments,
    args: TemplateArgsType,
) -> MockObj:
    request = _Request(RequestKind.TAG, config[CONF_TAG])
    return await _new_action(request, config, action_id, template_arg, args)
