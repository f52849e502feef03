"""The part of an ESPHome configuration that makes a board a challenge device."""

import json
from typing import Final

from ..flows.device_yaml import RELEASE_SOURCE
from .protocol import Mode
from .settings import ChallengeSettings, CommandRow

# What ESPHome replaces in a text; a secret that has it is written in hex.
_SUBSTITUTION: Final = "$"
# What a log line keeps of a row's name besides letters and digits: nothing that printf,
# a substitution or a lambda's id() would read as its own.
_PLAIN: Final = frozenset(" -_.,:")
_PLACEHOLDER: Final = "!secret challenge_secret"


def render_challenge_yaml(settings: ChallengeSettings, secret: bytes | None) -> str:
    """Return the YAML text; without `secret` it refers to the person's secrets.yaml."""
    profile = settings.profile
    lines = [
        "external_components:",
        f"  - source: {RELEASE_SOURCE}",
        "    components: [oceanremote_challenge]",
        "",
        "oceanremote_challenge:",
        f"  port: {settings.port}",
        f"  secret: {_PLACEHOLDER if secret is None else _secret_text(secret)}",
        f"  mode: {profile.mode}",
        f"  hash: {profile.hash.name}",
        f"  challenge_length: {profile.challenge_length}",
    ]
    if profile.mode is Mode.STRICT:
        lines.append(f"  device_id: {_quoted(profile.device_id.decode())}")
    else:
        lines.append(f"  wake_length: {profile.wake_length}")
    lines.append("  commands:")
    for row in settings.commands:
        lines += _command_lines(settings, row)
    return "\n".join([*lines, ""])


def _secret_text(secret: bytes) -> str:
    try:
        text = secret.decode()
    except UnicodeDecodeError:
        text = ""
    if not text.isprintable() or not text or _SUBSTITUTION in text:
        text = f"hex:{secret.hex()}"
    return _quoted(text)


def _quoted(text: str) -> str:
    """Return a double-quoted YAML text; YAML has no surrogate pairs to escape with."""
    return json.dumps(text, ensure_ascii=False)


def _command_lines(settings: ChallengeSettings, row: CommandRow) -> list[str]:
    lines = []
    for action, byte in row.bytes.items():
        lines.append(f"    - command: 0x{byte:02X}")
        if (response := settings.response_to(action)) is not None:
            lines.append(f"      response: 0x{response.byte:02X}")
        label = "".join(
            char for char in f"{row.name}: {action}" if char.isalnum() or char in _PLAIN
        )
        lines += ["      then:", f"        - logger.log: {_quoted(label)}"]
    return lines
