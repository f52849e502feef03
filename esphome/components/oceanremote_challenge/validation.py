"""What a challenge device may be configured as (docs/challenge-protocol.md, section 2)."""

import logging
from typing import Any

import esphome.config_validation as cv
from esphome.const import CONF_COMMAND, CONF_ID, CONF_MODE, CONF_PORT
import esphome.final_validate as fv
from esphome.types import ConfigType

_LOGGER = logging.getLogger(__name__)

DOMAIN = "oceanremote_challenge"
CONF_CHALLENGE_LENGTH = "challenge_length"
CONF_COMMANDS = "commands"
CONF_DEVICE_ID = "device_id"
CONF_RESPOND = "respond"
CONF_RESPONSE = "response"
CONF_RESPONSE_TIME = "response_time"
CONF_SECRET = "secret"
CONF_WAKE_LENGTH = "wake_length"

CLASSIC = "classic"
STRICT = "strict"
NONCE_LENGTH = 16
MAX_LENGTH = 64
MAX_COMMANDS = 64
MAX_DEVICE_ID = 32
MAX_RESPONSE_TIME = 60  # seconds, as many as a hub waits
WHEN_FINISHED = "finished"
WHEN_STARTED = "started"
MIN_STRONG_SECRET = 16
RAW_PREFIX = "hex:"


def secret_bytes(text: str) -> bytes:
    """Return the bytes of a secret: its text, or what stands in hex behind "hex:"."""
    if text.startswith(RAW_PREFIX):
        return bytes.fromhex(text.removeprefix(RAW_PREFIX))
    return text.encode()


def secret(value: Any) -> str:
    """Validate a secret of 1 to 64 bytes; the text is never repeated in a message."""
    text = str(cv.string_strict(value))
    try:
        length = len(secret_bytes(text))
    except ValueError:
        raise cv.Invalid(
            "behind 'hex:' a secret is written as pairs of hex digits"
        ) from None
    if not 1 <= length <= MAX_LENGTH:
        raise cv.Invalid(
            f"the secret has {length} bytes, the protocol allows 1 to {MAX_LENGTH}"
        )
    return text


def command_byte(value: Any) -> int:
    """Validate one byte: a number from 0 to 255 (0x4F), or one character ("O")."""
    if isinstance(value, str) and len(value) == 1 and not value.isdigit():
        if not value.isascii():
            raise cv.Invalid(f"'{value}' is more than one byte")
        return ord(value)
    number: int = cv.int_range(min=0, max=255)(cv.hex_int(value))
    return number


def _check_strict(config: ConfigType) -> None:
    if config[CONF_WAKE_LENGTH] != NONCE_LENGTH:
        raise cv.Invalid(
            f"in strict mode the hub wakes with a nonce of {NONCE_LENGTH} bytes: "
            "leave wake_length out",
            path=[CONF_WAKE_LENGTH],
        )
    if config[CONF_CHALLENGE_LENGTH] < NONCE_LENGTH:
        raise cv.Invalid(
            f"in strict mode a challenge has at least {NONCE_LENGTH} bytes",
            path=[CONF_CHALLENGE_LENGTH],
        )
    if not 1 <= len(config.get(CONF_DEVICE_ID, "").encode()) <= MAX_DEVICE_ID:
        raise cv.Invalid(
            f"strict mode needs a device_id of 1 to {MAX_DEVICE_ID} bytes, the same "
            "as in Home Assistant",
            path=[CONF_DEVICE_ID],
        )


def check_mode(config: ConfigType) -> ConfigType:
    """Hold the parameters to what the mode allows."""
    strong = len(secret_bytes(config[CONF_SECRET])) >= MIN_STRONG_SECRET
    if config[CONF_MODE] == STRICT:
        _check_strict(config)
        if not strong:
            raise cv.Invalid(
                f"in strict mode a secret has at least {MIN_STRONG_SECRET} bytes",
                path=[CONF_SECRET],
            )
        return config
    if CONF_DEVICE_ID in config:
        raise cv.Invalid(
            "classic mode has no device_id: it cannot tell devices apart",
            path=[CONF_DEVICE_ID],
        )
    if not strong:
        _LOGGER.warning(
            "The secret is shorter than %d bytes: whoever sees one command can guess "
            "it at leisure",
            MIN_STRONG_SECRET,
        )
    return config


def check_commands(config: ConfigType) -> ConfigType:
    """Each byte once, and a response to every command or to none."""
    commands = config[CONF_COMMANDS]
    seen: set[int] = set()
    for index, command in enumerate(commands):
        byte = command[CONF_COMMAND]
        if byte in seen:
            raise cv.Invalid(
                f"0x{byte:02X} stands for two commands", path=[CONF_COMMANDS, index]
            )
        seen.add(byte)
    answered = [CONF_RESPONSE in command for command in commands]
    if any(answered) and not all(answered):
        raise cv.Invalid(
            "give every command a response, or none: the hub waits for one after "
            "every command or never",
            path=[CONF_COMMANDS, answered.index(False)],
        )
    return config


def check_neighbours(config: ConfigType) -> ConfigType:
    """Refuse a port or a secret that another challenge device of this board has."""
    for other in fv.full_config.get()[DOMAIN]:
        if other[CONF_ID] == config[CONF_ID]:
            continue
        if other[CONF_PORT] == config[CONF_PORT]:
            raise cv.Invalid("two challenge devices have this port", path=[CONF_PORT])
        if secret_bytes(other[CONF_SECRET]) == secret_bytes(config[CONF_SECRET]):
            raise cv.Invalid(
                "two challenge devices have this secret: give each its own",
                path=[CONF_SECRET],
            )
    return config
