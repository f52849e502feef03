"""The constants of an Arduino sketch that make a board a challenge device."""

from collections.abc import Iterable
from typing import Final

from .settings import ChallengeSettings
from .yaml import plain_label

_HASHES: Final = {"sha256": "Sha256", "sha1": "Sha1", "sha512": "Sha512"}
_PLACEHOLDER: Final = b"the secret that Home Assistant showed once"
# Milliseconds that a peer may take for its wake-up, and for its answer.
_LIFETIME: Final = 2000


def render_arduino_constants(settings: ChallengeSettings, secret: bytes | None) -> str:
    """Return the block of EthernetRelay.ino that this device needs, in its place.

    Without `secret` the person has to enter the one they have.
    """
    profile = settings.profile
    table = [
        (byte, settings.response_to(action), plain_label(row, action))
        for row in settings.commands
        for action, byte in row.bytes.items()
    ]
    commands = [byte for byte, _, _ in table]
    if settings.status is not None:
        commands.append(settings.status.byte)
    numbers = (
        f"challenge::Mode::{profile.mode.name}, {profile.wake_length}, CHALLENGE_SIZE, "
        f"{{COMMANDS, sizeof(COMMANDS)}}, {_LIFETIME}"
    )
    lines = [
        f"using Hash = challenge::{_HASHES[profile.hash.name]};",
        f"static const uint16_t PORT = {settings.port};",
        f"static const uint8_t CHALLENGE_SIZE = {profile.challenge_length};",
        _constant("SECRET", _PLACEHOLDER if secret is None else secret),
        _constant("DEVICE_ID", profile.device_id),
        f"static const uint8_t COMMANDS[] PROGMEM = {_bytes(commands)};",
        f"static const bool RESPONDS = {'true' if settings.responses else 'false'};",
        f"static const challenge::Profile PROFILE = {{{numbers}}};",
        "",
        "// The response to a command that was carried out.",
        "static uint8_t response_to(uint8_t command) {",
        "  switch (command) {",
    ]
    for byte, response, label in table:
        answer = 0 if response is None else response.byte
        lines += [
            f"    case 0x{byte:02X}:  // {label}",
            f"      return 0x{answer:02X};",
        ]
    lines += ["    default:", "      return 0;", "  }", "}", ""]
    return "\n".join(lines)


def _constant(name: str, content: bytes) -> str:
    """Return text as text where C++ reads it as it stands, anything else as bytes."""
    try:
        text = content.decode("ascii")
    except UnicodeDecodeError:
        text = ""
    if text.isprintable() and len(text) == len(content) and not set(text) & set('"\\?'):
        return f'static const char {name}[] PROGMEM = "{text}";'
    return f"static const uint8_t {name}[] PROGMEM = {_bytes(content)};"


def _bytes(content: Iterable[int]) -> str:
    return "{" + ", ".join(f"0x{byte:02X}" for byte in content) + "}"
