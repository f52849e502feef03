"""Deep sleep: the hub hears when the board is back, and is told all before it goes."""

from collections.abc import Awaitable, Callable
from typing import Any

from esphome import automation
import esphome.codegen as cg
import esphome.config_validation as cv
from esphome.const import CONF_DURATION, CONF_ID
from esphome.core import CORE, ID
from esphome.cpp_generator import MockObj, TemplateArgsType
from esphome.types import ConfigType

from .client_class import oceanremote_ns

CONF_SLEEP_GUARD_ID = "sleep_guard_id"

_DEEP_SLEEP = "deep_sleep"
_ENTER = "deep_sleep.enter"
_OCEANREMOTE = "oceanremote"

SleepGuard = oceanremote_ns.class_("SleepGuard", cg.Component)
SleepAction = oceanremote_ns.class_("SleepAction", automation.Action)
AnnouncedEnterAction = oceanremote_ns.class_("AnnouncedEnterAction", automation.Action)

SLEEP_SCHEMA = {cv.GenerateID(CONF_SLEEP_GUARD_ID): cv.declare_id(SleepGuard)}


def _maybe_duration(value: Any) -> Any:
    """Take `oceanremote.sleep: 10min`, too; without a word it has its defaults."""
    return value if isinstance(value, dict) else {CONF_DURATION: value}


_SLEEP_ACTION_SCHEMA = cv.All(
    cv.requires_component(_DEEP_SLEEP),
    _maybe_duration,
    cv.Schema(
        {
            cv.GenerateID(): cv.use_id(SleepGuard),
            cv.Optional(CONF_DURATION): cv.templatable(
                cv.positive_time_period_milliseconds
            ),
        }
    ),
)

type Builder = Callable[
    [ConfigType, ID, cg.TemplateArguments, TemplateArgsType], Awaitable[MockObj]
]


async def add_sleep(client: MockObj, config: ConfigType) -> None:
    """Let the client know when the board sleeps, where the YAML has `deep_sleep:`."""
    sleeper = (CORE.config or {}).get(_DEEP_SLEEP)
    if sleeper is None:
        return
    cg.add_define("USE_OCEANREMOTE_SLEEP")
    deep_sleep = await cg.get_variable(sleeper[CONF_ID])
    guard = cg.new_Pvariable(config[CONF_SLEEP_GUARD_ID], deep_sleep)
    await cg.register_component(guard, {})
    cg.add(client.set_sleep_guard(guard))


def announce_entering() -> None:
    """Have what the YAML does by `deep_sleep.enter` announced to the hub.

    A board that shuts down for sleep looks like one that restarts, and ESPHome offers
    nothing to ask. So its action is built as ever, and played by one of ours.
    """
    entry = automation.ACTION_REGISTRY.get(_ENTER)
    if entry is not None and entry.fun.__module__ != __name__:
        entry.fun = _announced(entry.fun)


def _announced(build: Builder) -> Builder:
    async def announce(
        config: ConfigType,
        action_id: ID,
        template_arg: cg.TemplateArguments,
        args: TemplateArgsType,
    ) -> MockObj:
        enter = await build(config, action_id, template_arg, args)
        client = (CORE.config or {}).get(_OCEANREMOTE)
        if client is None:
            return enter
        guard = await cg.get_variable(client[CONF_SLEEP_GUARD_ID])
        announced = ID(
            f"{action_id.id}_announced", is_declaration=True, type=AnnouncedEnterAction
        )
        return cg.new_Pvariable(announced, template_arg, guard, enter)

    return announce


@automation.register_action(
    "oceanremote.sleep", SleepAction, _SLEEP_ACTION_SCHEMA, synchronous=True
)
async def _sleep_to_code(
    config: ConfigType,
    action_id: ID,
    template_arg: cg.TemplateArguments,
    args: TemplateArgsType,
) -> MockObj:
    """Build the action that sleeps as soon as the hub has been told."""
    var = cg.new_Pvariable(action_id, template_arg)
    await cg.register_parented(var, config[CONF_ID])
    if (duration := config.get(CONF_DURATION)) is not None:
        cg.add(var.set_duration(await cg.templatable(duration, args, cg.uint32)))
    return var
