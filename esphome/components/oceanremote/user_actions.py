"""Actions that the YAML defines and Home Assistant calls, and what they respond."""

from collections.abc import Iterator
import logging
import re
from typing import Any

from esphome import automation
import esphome.codegen as cg
from esphome.components.const import CONF_DESCRIPTION
import esphome.config_validation as cv
from esphome.const import (
    CONF_ACTION,
    CONF_DATA,
    CONF_ID,
    CONF_SERVICE,
    CONF_THEN,
    CONF_TRIGGER_ID,
    CONF_TYPE,
    CONF_VARIABLES,
)
from esphome.core import ID, EsphomeError, Lambda
from esphome.cpp_generator import MockObj, TemplateArgsType
from esphome.helpers import cpp_string_escape, fnv1_hash
from esphome.types import ConfigType

from .client_class import CLIENT_ID_SCHEMA, oceanremote_ns

_LOGGER = logging.getLogger(__name__)

CONF_ERROR_MESSAGE = "error_message"
CONF_EXAMPLE = "example"
CONF_SUCCESS = "success"
CONF_SUPPORTS_RESPONSE = "supports_response"
RESPOND = "oceanremote.respond"

# Limits of the protocol, in bytes where they are of texts (user_actions.h).
MAX_ACTIONS = 64
MAX_NAME = 64
MAX_DESCRIPTION = 255
MAX_ARGUMENT_DESCRIPTION = 120
MAX_ARGUMENTS = 16
MAX_PAIRS = 16
MAX_PAIR_NAME = 64

UserActionTrigger = oceanremote_ns.class_("UserActionTrigger", automation.Trigger)
RespondAction = oceanremote_ns.class_("RespondAction", automation.Action)
EndCallAction = oceanremote_ns.class_("EndCallAction", automation.Action)
ResponseRoot = oceanremote_ns.class_("ResponseRoot")
_RESPONSE = oceanremote_ns.enum("ActionResponse", is_class=True)
_RESPONSES = {
    "none": _RESPONSE.NONE,
    "optional": _RESPONSE.OPTIONAL,
    "only": _RESPONSE.ONLY,
    "status": _RESPONSE.STATUS,
}

_SCALARS = {
    "bool": cg.bool_,
    "int": cg.int32,
    "float": cg.float_,
    "string": cg.std_string,
}
# All own what they hold, so a chain with a delay may keep them.
_TYPES = {
    **_SCALARS,
    **{f"{name}[]": cg.std_vector.template(kind) for name, kind in _SCALARS.items()},
}


def _description(most: int) -> Any:
    def validate(value: Any) -> str:
        text: str = cv.string_strict(value)
        if len(text.encode()) > most:
            _LOGGER.warning(
                "'%s…': Home Assistant shows %d bytes of it", text[:20], most
            )
        return text

    return validate


_NAME = re.compile(r"[a-z0-9_]{1,64}")


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise cv.Invalid(
            f"'{value}' would be no action or field in Home Assistant: write up to "
            f"{MAX_NAME} small letters, digits and '_'"
        )
    return value


def _check_arguments(arguments: dict[str, Any]) -> dict[str, Any]:
    for name in arguments:
        _name(name)
    return arguments


def _at_most(most: int) -> Any:
    def validate(value: str) -> str:
        if len(value.encode()) > most:
            raise cv.Invalid(f"'{value[:20]}…' is longer than {most} bytes")
        return value

    return validate


_ARGUMENT_SCHEMA = cv.maybe_simple_value(
    cv.Schema(
        {
            cv.Required(CONF_TYPE): cv.one_of(*_TYPES, lower=True),
            cv.Optional(CONF_DESCRIPTION): _description(MAX_ARGUMENT_DESCRIPTION),
            # Of the native API; nobody is shown it here.
            cv.Optional(CONF_EXAMPLE): cv.string_strict,
        }
    ),
    key=CONF_TYPE,
)


def _responds(part: Any) -> Iterator[Any]:
    """Yield the configuration of each response, wherever it stands."""
    if isinstance(part, list):
        for item in part:
            yield from _responds(item)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key == RESPOND:
                yield value
            else:
                yield from _responds(value)


def _find_response(config: ConfigType) -> ConfigType:
    """Find out what the action responds, or check what it says that it does."""
    found = list(_responds(config.get(CONF_THEN, [])))
    has_data = any(isinstance(one, dict) and CONF_DATA in one for one in found)
    said = config.get(CONF_SUPPORTS_RESPONSE)
    if said == "only" and not has_data:
        raise cv.Invalid(
            f"the point of '{config[CONF_ACTION]}' is its response, but no "
            f"'{RESPOND}:' with 'data:' is in it"
        )
    if said is None:
        said = "none" if not found else "optional" if has_data else "status"
    return {**config, CONF_SUPPORTS_RESPONSE: said}


def _check_names(actions: list[ConfigType]) -> list[ConfigType]:
    seen: dict[int, str] = {}
    for position, config in enumerate(actions):
        name = config[CONF_ACTION]
        key = fnv1_hash(name)
        other = seen.get(key)
        seen[key] = name
        if other is not None:
            message = f"'{name}' and '{other}' cannot be told apart: rename one of them"
            raise cv.Invalid(message, path=[position])
    return actions


ACTIONS_SCHEMA = cv.All(
    automation.validate_automation(
        {
            cv.GenerateID(CONF_TRIGGER_ID): cv.declare_id(UserActionTrigger),
            cv.Exclusive(CONF_SERVICE, CONF_ACTION): cv.All(cv.string_strict, _name),
            cv.Exclusive(CONF_ACTION, CONF_ACTION): cv.All(cv.string_strict, _name),
            cv.Optional(CONF_DESCRIPTION): _description(MAX_DESCRIPTION),
            cv.Optional(CONF_VARIABLES, default={}): cv.All(
                cv.Schema({cv.validate_id_name: _ARGUMENT_SCHEMA}),
                cv.Length(max=MAX_ARGUMENTS),
                _check_arguments,
            ),
            cv.Optional(CONF_SUPPORTS_RESPONSE): cv.one_of(*_RESPONSES, lower=True),
        },
        cv.All(
            cv.has_exactly_one_key(CONF_SERVICE, CONF_ACTION),
            cv.rename_key(CONF_SERVICE, CONF_ACTION),
            _find_response,
        ),
    ),
    cv.Length(max=MAX_ACTIONS),
    _check_names,
)


def _texts(name: str, config: ConfigType) -> MockObj:
    """Return the table of an action's texts, as user_action.h wants it."""
    texts: list[str | None] = [config[CONF_ACTION], config.get(CONF_DESCRIPTION)]
    for argument, options in config[CONF_VARIABLES].items():
        texts += [argument, options.get(CONF_DESCRIPTION)]
    entries = [
        cg.shared_progmem_array(
            "oceanremote_text", cg.char, cg.RawExpression(cpp_string_escape(text))
        )
        if text
        else cg.nullptr
        for text in texts
    ]
    return cg.progmem_array(
        ID(f"{name}_texts", is_declaration=True, type=cg.const_char_ptr), entries
    )


async def add_user_actions(client: MockObj, actions: list[ConfigType]) -> None:
    """Emit the actions, with what their automations get and how they end."""
    cg.add_define("USE_OCEANREMOTE_ACTIONS")
    for config in actions:
        response = config[CONF_SUPPORTS_RESPONSE]
        arguments = [
            (_TYPES[options[CONF_TYPE]], name)
            for name, options in config[CONF_VARIABLES].items()
        ]
        before: TemplateArgsType = []
        if response != "none":
            before = [(cg.uint32, "call_id")]
        if response == "optional":
            before = [*before, (cg.bool_, "return_response")]
        trigger = cg.new_Pvariable(
            config[CONF_TRIGGER_ID],
            cg.TemplateArguments(
                _RESPONSES[response], *(kind for kind, _ in arguments)
            ),
            _texts(str(config[CONF_TRIGGER_ID]), config),
            fnv1_hash(config[CONF_ACTION]),
        )
        cg.add(client.add_action(trigger))
        args = [*before, *arguments]
        built = await automation.build_automation(trigger, args, config)
        if response != "none":
            end = cg.new_Pvariable(
                ID(
                    f"{config[CONF_TRIGGER_ID]}__end",
                    is_declaration=True,
                    type=EndCallAction,
                ),
                cg.TemplateArguments(*(kind for kind, _ in args)),
                response == "only",
            )
            cg.add(end.set_parent(client))
            cg.add(built.add_actions([end]))


def _pair_value(value: Any) -> Any:
    if isinstance(value, bool | int | float | Lambda):
        return value
    return cv.templatable(cv.string_strict)(value)


_RESPOND_SCHEMA = CLIENT_ID_SCHEMA.extend(
    {
        cv.Optional(CONF_SUCCESS, default=True): cv.templatable(cv.boolean),
        cv.Optional(CONF_ERROR_MESSAGE, default=""): cv.templatable(cv.string),
        # A lambda fills `root`; a map says each name and value.
        cv.Optional(CONF_DATA): cv.Any(
            cv.lambda_,
            cv.All(
                cv.Schema({cv.All(cv.string, _at_most(MAX_PAIR_NAME)): _pair_value}),
                cv.Length(min=1, max=MAX_PAIRS),
            ),
        ),
    }
)


async def _fill(data: Any, args: TemplateArgsType) -> Any:
    """Return the lambda that fills `root`."""
    root = [*args, (ResponseRoot.operator("ref"), "root")]
    if isinstance(data, Lambda):
        return await cg.process_lambda(data, root, return_type=cg.void)
    names = ", ".join(name for _, name in args)
    parameters = ", ".join(f"{kind} {name}" for kind, name in root)
    lines = []
    for name, value in data.items():
        if isinstance(value, Lambda):
            value = f"({await cg.process_lambda(value, args)})({names})"
        elif isinstance(value, str):
            value = cpp_string_escape(value)
        else:
            value = cg.safe_exp(value)
        lines.append(f"root[{cpp_string_escape(name)}] = {value};")
    return cg.RawExpression(f"[]({parameters}) {{\n" + "\n".join(lines) + "\n}")


@automation.register_action(RESPOND, RespondAction, _RESPOND_SCHEMA, synchronous=True)
async def _respond_to_code(
    config: ConfigType,
    action_id: ID,
    template_arg: cg.TemplateArguments,
    args: TemplateArgsType,
) -> MockObj:
    names = [name for _, name in args]
    if "call_id" not in names[:1]:
        raise EsphomeError(
            f"'{RESPOND}:' answers a call of one of the actions under 'oceanremote: "
            "actions:', so it can only stand in one of them"
        )
    cg.add_define("USE_OCEANREMOTE_ACTIONS")
    var = cg.new_Pvariable(action_id, template_arg)
    await cg.register_parented(var, config[CONF_ID])
    success = await cg.templatable(config[CONF_SUCCESS], args, cg.bool_)
    cg.add(var.set_success(success))
    message = await cg.templatable(config[CONF_ERROR_MESSAGE], args, cg.std_string)
    cg.add(var.set_error_message(message))
    if "return_response" in names:
        cg.add(var.set_data_is_optional())
    if CONF_DATA in config:
        cg.add(var.set_data(await _fill(config[CONF_DATA], args)))
    return var
