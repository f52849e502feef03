"""OceanRemote: the device dials home to Home Assistant.

Code generation keeps two promises. The identity record is the first preference slot
of every configuration, because positional stores (ESP8266, RP2) shift otherwise. And
everything that dialing needs is emitted before safe mode's early return, without
awaiting anything that could suspend past it; automations follow in a later job.
"""

from typing import Any

from esphome import automation
import esphome.codegen as cg
from esphome.components import socket
import esphome.config_validation as cv
from esphome.const import (
    CONF_ACTIONS,
    CONF_AREA,
    CONF_ESPHOME,
    CONF_ID,
    CONF_NAME,
    CONF_ON_CLIENT_CONNECTED,
    CONF_ON_CLIENT_DISCONNECTED,
    CONF_REBOOT_TIMEOUT,
    CONF_SERVICES,
    PLATFORM_ESP32,
    PLATFORM_ESP8266,
    PLATFORM_HOST,
)
from esphome.core import CORE, ID, CoroPriority, coroutine_with_priority
from esphome.cpp_generator import MockObj, TemplateArgsType
from esphome.preferences import request_rtc_storage
from esphome.types import ConfigType

# Importing them registers what the YAML may say.
from . import request_actions  # noqa: F401
from .backfill import BACKFILL_SCHEMA, CONF_BACKFILL, add_backfill, check_backfill
from .board_sleep import SLEEP_SCHEMA, add_sleep, announce_entering
from .client_class import CLIENT_ID_SCHEMA, Client, oceanremote_ns
from .device_log import LOG_SCHEMA, add_log
from .other_components import check_native_api_words
from .receivers import add_receivers
from .source_files import unused_source_files
from .tls import CONF_TLS, TLS_SCHEMA, add_tls, check_tls
from .tunnels import CONF_TUNNELS, TUNNELS_SCHEMA, add_tunnels
from .user_actions import ACTIONS_SCHEMA, add_user_actions
from .validation import (
    CONF_URLS,
    decode_hub_key,
    decode_registration_token,
    hub_addresses,
    hub_key,
    parse_hub_address,
    registration_token,
)
from .whole_device import validate_whole_device

CODEOWNERS = ["@oceanremote"]
DEPENDENCIES = ["network"]

PLATFORM_RP2 = "rp2"

CONF_ADDRESSES_FROM_HUB = "addresses_from_hub"
CONF_BATCH_WINDOW = "batch_window"
CONF_HEALTH = "health"
CONF_HUB_KEY = "hub_key"
CONF_ON_DISCONNECTED = "on_disconnected"
CONF_ON_REGISTERED = "on_registered"
CONF_ON_REVOKED = "on_revoked"
CONF_ON_SESSION = "on_session"
CONF_REGISTRATION_TOKEN = "registration_token"

# Addresses that the hub may tell, and earlier ones kept beside them (address_book.h).
TOLD_ADDRESSES = 6

# Longer, and a state would be history when it arrives.
MAX_BATCH_WINDOW = cv.TimePeriod(minutes=1)
# Shorter, and a board would restart before it can have its first session.
MIN_REBOOT_TIMEOUT = cv.TimePeriod(seconds=30)

RotateAction = oceanremote_ns.class_("RotateAction", automation.Action)
ConnectedCondition = oceanremote_ns.class_("ConnectedCondition", automation.Condition)

_TRIGGERS = {
    CONF_ON_REGISTERED: "get_registered_trigger",
    CONF_ON_SESSION: "get_session_trigger",
    CONF_ON_DISCONNECTED: "get_disconnected_trigger",
    CONF_ON_REVOKED: "get_revoked_trigger",
}


def AUTO_LOAD() -> list[str]:
    """Load sockets, and on an ESP32 the libsodium that ESPHome's noise brings.

    The others' Arduino has BearSSL, which serves there instead.

    ESPHome asks before it validates anything, so this is where what it would refuse
    without an explanation is explained.
    """
    check_native_api_words()
    # Tools ask without a platform, for everything that may be loaded.
    if CORE.is_esp32:
        return ["oceanremote_core", "socket", "noise"]
    return ["oceanremote_core", "socket"]


def _speaks_tls(config: ConfigType) -> bool:
    return any(parse_hub_address(url).secure for url in config[CONF_URLS])


def _reboot_timeout(value: Any) -> Any:
    """Validate for how long a board waits for a session, 0 for ever."""
    timeout = cv.positive_time_period_milliseconds(value)
    if timeout.total_milliseconds and timeout < MIN_REBOOT_TIMEOUT:
        raise cv.Invalid("it takes a board up to 30 s to have a session; 0s is never")
    return timeout


def _called_otherwise(name: str) -> Any:
    return cv.invalid(f"what the native API calls so is '{name}:' here")


CONFIG_SCHEMA = cv.All(
    cv.Schema(
        {
            cv.Optional(CONF_ON_CLIENT_CONNECTED): _called_otherwise(CONF_ON_SESSION),
            cv.Optional(CONF_ON_CLIENT_DISCONNECTED): _called_otherwise(
                CONF_ON_DISCONNECTED
            ),
            cv.GenerateID(): cv.declare_id(Client),
            cv.Required(CONF_URLS): hub_addresses,
            cv.Required(CONF_HUB_KEY): cv.sensitive(hub_key),
            cv.Required(CONF_REGISTRATION_TOKEN): cv.sensitive(registration_token),
            cv.Optional(CONF_TLS): TLS_SCHEMA,
            cv.Optional(CONF_ADDRESSES_FROM_HUB, default=True): cv.boolean,
            cv.Optional(CONF_BATCH_WINDOW, default="100ms"): cv.All(
                cv.positive_time_period_milliseconds,
                cv.Range(max=MAX_BATCH_WINDOW),
            ),
            cv.Optional(CONF_BACKFILL): BACKFILL_SCHEMA,
            cv.Optional(CONF_HEALTH, default=True): cv.boolean,
            cv.Optional(CONF_TUNNELS): TUNNELS_SCHEMA,
            cv.Optional(CONF_REBOOT_TIMEOUT, default="0s"): _reboot_timeout,
            **LOG_SCHEMA,
            **SLEEP_SCHEMA,
            cv.Exclusive(CONF_SERVICES, CONF_ACTIONS): ACTIONS_SCHEMA,
            cv.Exclusive(CONF_ACTIONS, CONF_ACTIONS): ACTIONS_SCHEMA,
            **{
                cv.Optional(name): automation.validate_automation(single=True)
                for name in _TRIGGERS
            },
        }
    ).extend(cv.COMPONENT_SCHEMA),
    cv.rename_key(CONF_SERVICES, CONF_ACTIONS),
    cv.only_on([PLATFORM_ESP32, PLATFORM_ESP8266, PLATFORM_RP2, PLATFORM_HOST]),
    cv.require_esphome_version(2026, 10, 0),
    socket.consume_sockets(1, "oceanremote"),
    lambda config: check_tls(config, secure=_speaks_tls(config)),
)


def FINAL_VALIDATE_SCHEMA(config: ConfigType) -> ConfigType:
    """Check the whole configuration, before any code of it is generated."""
    announce_entering()
    check_backfill(config.get(CONF_BACKFILL, []))
    return validate_whole_device(config)


FILTER_SOURCE_FILES = unused_source_files


def _add_address(var: MockObj, url: str) -> None:
    address = parse_hub_address(url)
    cg.add(
        var.add_address(
            address.host,
            address.port,
            address.authority,
            address.path,
            address.secure,
        )
    )


def _add_address_counts(config: ConfigType) -> None:
    """Size what is kept for each address; an unused list from the hub costs nothing."""
    count = len(config[CONF_URLS])
    cg.add_define("OCEANREMOTE_OWN_ADDRESS_COUNT", count)
    if config[CONF_ADDRESSES_FROM_HUB]:
        cg.add_define("USE_OCEANREMOTE_ADDRESSES")
        count += TOLD_ADDRESSES
    cg.add_define("OCEANREMOTE_ADDRESS_COUNT", count)


def _add_facts() -> None:
    """Tell the hub the project and the area, where the YAML names them."""
    node = (CORE.config or {}).get(CONF_ESPHOME, {})
    if (project := node.get("project")) is not None:
        cg.add_define("OCEANREMOTE_PROJECT_VERSION", project["version"])
    # Not App.get_area(): without an area of the node, that is the first of `areas`.
    if (area := node.get(CONF_AREA)) is not None:
        cg.add_define("OCEANREMOTE_AREA", area[CONF_NAME])


@coroutine_with_priority(CoroPriority.WEB_SERVER_BASE)
async def to_code(config: ConfigType) -> None:
    """Emit everything that dialing and being updated need, in safe mode too."""
    var = cg.new_Pvariable(config[CONF_ID])
    cg.add(var.reserve_identity())
    cg.add(var.set_batch_window(config[CONF_BATCH_WINDOW]))
    await cg.register_component(var, config)
    CORE.register_controller(var)

    cg.add_define("USE_OCEANREMOTE")
    add_log(var, config)
    if config[CONF_HEALTH]:
        cg.add_define("USE_OCEANREMOTE_HEALTH")
    if timeout := config[CONF_REBOOT_TIMEOUT].total_milliseconds:
        cg.add_define("OCEANREMOTE_REBOOT_TIMEOUT_MS", timeout)
    add_tunnels(var, config)
    # The handshake counter outlives deep sleep there, without a write to the flash.
    request_rtc_storage()
    _add_address_counts(config)
    _add_facts()
    for url in config[CONF_URLS]:
        _add_address(var, url)
    if _speaks_tls(config):
        add_tls(var, config)
    key = list(decode_hub_key(config[CONF_HUB_KEY]))
    token = list(decode_registration_token(config[CONF_REGISTRATION_TOKEN]))
    cg.add(
        var.set_hub_key(cg.shared_progmem_array("oceanremote_hub_key", cg.uint8, key))
    )
    cg.add(
        var.set_registration_token(
            cg.shared_progmem_array("oceanremote_token", cg.uint8, token)
        )
    )
    if CORE.is_host:
        cg.add_build_flag("-lsodium")
    CORE.add_job(_after_safe_mode, config)


@coroutine_with_priority(CoroPriority.AUTOMATION)
async def _after_safe_mode(config: ConfigType) -> None:
    """Emit what a device in safe mode does not have: its entities and automations."""
    var = await cg.get_variable(config[CONF_ID])
    cg.add(var.set_entities_available())
    await add_sleep(var, config)
    if backfill := config.get(CONF_BACKFILL):
        await add_backfill(var, backfill)
    if actions := config.get(CONF_ACTIONS):
        await add_user_actions(var, actions)
    await add_receivers(var)
    for name, getter in _TRIGGERS.items():
        if name in config:
            cg.add_define(f"USE_OCEANREMOTE_{name.upper()}")
            await automation.build_automation(getattr(var, getter)(), [], config[name])


@automation.register_action(
    "oceanremote.rotate", RotateAction, CLIENT_ID_SCHEMA, synchronous=True
)
@automation.register_condition(
    "oceanremote.connected", ConnectedCondition, CLIENT_ID_SCHEMA
)
async def _with_client_to_code(
    config: ConfigType,
    instance_id: ID,
    template_arg: cg.TemplateArguments,
    args: TemplateArgsType,
) -> MockObj:
    """Build an action or condition that knows its client."""
    var = cg.new_Pvariable(instance_id, template_arg)
    await cg.register_parented(var, config[CONF_ID])
    return var
