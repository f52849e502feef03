"""OceanRemote challenge device: authenticated one-byte commands over TCP.

The receiver of docs/challenge-protocol.md. The protocol's C++ is that of the Arduino
library beside the components, so that there is one implementation; its headers are
copied into the build.
"""

from pathlib import Path

from esphome import automation
import esphome.codegen as cg
from esphome.components import socket
import esphome.config_validation as cv
from esphome.const import (
    CONF_COMMAND,
    CONF_ID,
    CONF_MODE,
    CONF_PORT,
    CONF_TIMEOUT,
    CONF_TRIGGER_ID,
)
from esphome.core import CORE, ID
from esphome.cpp_generator import MockObj
from esphome.helpers import copy_file_if_changed
from esphome.types import ConfigType

from .validation import (
    CONF_CHALLENGE_LENGTH,
    CONF_COMMANDS,
    CONF_DEVICE_ID,
    CONF_RESPOND,
    CONF_RESPONSE,
    CONF_RESPONSE_TIME,
    CONF_SECRET,
    CONF_WAKE_LENGTH,
    DOMAIN,
    MAX_COMMANDS,
    MAX_LENGTH,
    MAX_RESPONSE_TIME,
    NONCE_LENGTH,
    STRICT,
    WHEN_FINISHED,
    WHEN_STARTED,
    check_commands,
    check_mode,
    check_neighbours,
    command_byte,
    secret,
    secret_bytes,
)

CODEOWNERS = ["@oceanremote"]
DEPENDENCIES = ["network"]
AUTO_LOAD = ["socket"]
MULTI_CONF = True

CONF_CONNECTIONS = "connections"
CONF_HASH = "hash"

_LIBRARY = Path(__file__).parents[2] / "arduino" / "ChallengeReceiver" / "src"
_HEADERS = "challenge"

challenge_ns = cg.esphome_ns.namespace("oceanremote_challenge")
core_ns = cg.global_ns.namespace("challenge")
ChallengeServer = challenge_ns.class_("ChallengeServer", cg.Component)
Mode = core_ns.enum("Mode", is_class=True)

MODES = {"strict": Mode.STRICT, "classic": Mode.CLASSIC}
HASHES = {
    "sha256": core_ns.class_("Sha256"),
    "sha1": core_ns.class_("Sha1"),
    "sha512": core_ns.class_("Sha512"),
}


def _with_library(config: ConfigType) -> ConfigType:
    if not (_LIBRARY / _HEADERS).is_dir():
        raise cv.Invalid(
            "the component needs the folder arduino/ChallengeReceiver beside "
            "components/: use the repository as a whole"
        )
    return config


_COMMANDS_SCHEMA = automation.validate_automation(
    {
        cv.GenerateID(CONF_TRIGGER_ID): cv.declare_id(automation.Trigger.template()),
        cv.Required(CONF_COMMAND): command_byte,
        cv.Optional(CONF_RESPONSE): cv.templatable(command_byte),
        cv.Optional(CONF_RESPOND, default=WHEN_FINISHED): cv.one_of(
            WHEN_FINISHED, WHEN_STARTED, lower=True
        ),
    }
)

CONFIG_SCHEMA = cv.All(
    cv.Schema(
        {
            cv.GenerateID(): cv.declare_id(ChallengeServer),
            cv.Optional(CONF_PORT, default=6064): cv.port,
            cv.Required(CONF_SECRET): cv.sensitive(secret),
            cv.Optional(CONF_MODE, default=STRICT): cv.one_of(*MODES, lower=True),
            cv.Optional(CONF_DEVICE_ID): cv.string_strict,
            cv.Optional(CONF_HASH, default="sha256"): cv.one_of(*HASHES, lower=True),
            cv.Optional(CONF_WAKE_LENGTH, default=NONCE_LENGTH): cv.int_range(
                min=0, max=MAX_LENGTH
            ),
            cv.Optional(CONF_CHALLENGE_LENGTH, default=NONCE_LENGTH): cv.int_range(
                min=1, max=MAX_LENGTH
            ),
            cv.Optional(CONF_CONNECTIONS, default=4): cv.int_range(min=2, max=8),
            cv.Optional(CONF_TIMEOUT, default="5s"): cv.All(
                cv.positive_time_period_milliseconds,
                cv.Range(
                    min=cv.TimePeriod(milliseconds=500), max=cv.TimePeriod(seconds=20)
                ),
            ),
            cv.Optional(CONF_RESPONSE_TIME, default="2s"): cv.All(
                cv.positive_time_period_milliseconds,
                cv.Range(max=cv.TimePeriod(seconds=MAX_RESPONSE_TIME)),
            ),
            cv.Required(CONF_COMMANDS): cv.All(
                _COMMANDS_SCHEMA, cv.Length(min=1, max=MAX_COMMANDS)
            ),
        }
    ).extend(cv.COMPONENT_SCHEMA),
    cv.require_esphome_version(2026, 10, 0),
    check_mode,
    check_commands,
    _with_library,
    lambda config: socket.consume_sockets(config[CONF_CONNECTIONS], DOMAIN)(config),
    socket.consume_sockets(1, DOMAIN, socket.SocketType.TCP_LISTEN),
)

FINAL_VALIDATE_SCHEMA = check_neighbours


def _bytes(config: ConfigType, name: str, content: bytes) -> MockObj:
    identity = ID(f"{config[CONF_ID]}_{name}", is_declaration=True, type=cg.uint8)
    return cg.static_const_array(identity, cg.ArrayInitializer(*content))


def _copy_library() -> None:
    for header in (_LIBRARY / _HEADERS).glob("*.h"):
        copy_file_if_changed(header, CORE.relative_src_path(_HEADERS, header.name))


async def to_code(config: ConfigType) -> None:
    """Emit the server and its commands."""
    _copy_library()
    arguments = cg.TemplateArguments(
        HASHES[config[CONF_HASH]], config[CONF_CONNECTIONS]
    )
    var = cg.new_Pvariable(config[CONF_ID], arguments)
    await cg.register_component(var, config)
    cg.add(var.set_port(config[CONF_PORT]))
    cg.add(
        var.set_profile(
            MODES[config[CONF_MODE]],
            config[CONF_WAKE_LENGTH],
            config[CONF_CHALLENGE_LENGTH],
            config[CONF_TIMEOUT],
        )
    )
    content = secret_bytes(config[CONF_SECRET])
    cg.add(var.set_secret(_bytes(config, "secret", content), len(content)))
    if CONF_DEVICE_ID in config:
        content = config[CONF_DEVICE_ID].encode()
        cg.add(var.set_device_id(_bytes(config, "device_id", content), len(content)))

    cg.add(var.set_response_time(config[CONF_RESPONSE_TIME]))
    commands = config[CONF_COMMANDS]
    content = bytes(command[CONF_COMMAND] for command in commands)
    cg.add(var.set_commands(_bytes(config, "commands", content), len(content)))
    for command in commands:
        trigger = cg.new_Pvariable(command[CONF_TRIGGER_ID])
        cg.add(var.add_trigger(trigger))
        if CONF_RESPONSE in command:
            response = await cg.templatable(command[CONF_RESPONSE], [], cg.uint8)
            at_once = command[CONF_RESPOND] == WHEN_STARTED
            cg.add(var.add_response(response, at_once))
        await automation.build_automation(trigger, [], command)
