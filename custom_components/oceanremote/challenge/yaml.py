"""The part of an ESPHome configuration that makes a board a challenge device."""

import json
from typing import Final

from ..flows.device_yaml import RELEASE_SOURCE
from .protocol import Mode
from .settings import LEADS_TO, MOVEMENTS, STATES, Action, ChallengeSettings, CommandRow

# What ESPHome replaces in a text; a secret that has it is written in hex.
_SUBSTITUTION: Final = "$"
# What a log line keeps of a row's name besides letters and digits: nothing that printf,
# a substitution or a lambda's id() would read as its own.
_PLAIN: Final = frozenset(" -_.,:")
_PLACEHOLDER: Final = "!secret challenge_secret"
_STATE: Final = "challenge_state"


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
    if settings.response_time:
        lines.append(f"  response_time: {settings.response_time}s")
    if profile.mode is Mode.STRICT:
        lines.append(f"  device_id: {_quoted(profile.device_id.decode())}")
    else:
        lines.append(f"  wake_length: {profile.wake_length}")
    lines.append("  commands:")
    for row in settings.commands:
        lines += _command_lines(settings, row)
    lines += _status_lines(settings)
    return "\n".join([*lines, ""])


def plain_label(row: CommandRow, action: Action) -> str:
    """Return what an action is called, of characters that mean nothing to a parser."""
    label = f"{row.name}: {action}"
    return "".join(char for char in label if char.isalnum() or char in _PLAIN)


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
            if response.meaning in MOVEMENTS:
                lines.append("      respond: started")
        label = _quoted(plain_label(row, action))
        lines += ["      then:", f"        - logger.log: {label}"]
        if (state := _state_byte(settings, action)) is not None:
            lines.append(f"        - lambda: id({_STATE}) = 0x{state:02X};")
    return lines


def _state_byte(settings: ChallengeSettings, action: Action) -> int | None:
    """Return what the status says after an action, None without status or state."""
    if settings.status is None or action not in LEADS_TO:
        return None
    return _state_bytes(settings).get(LEADS_TO[action])


def _state_bytes(settings: ChallengeSettings) -> dict[bool, int]:
    """Return the response that says each state, off before on, as far as there is one."""
    return {
        on: row.byte
        for on in (False, True)
        for row in reversed(settings.responses)
        if STATES.get(row.meaning) is on
    }


def _status_lines(settings: ChallengeSettings) -> list[str]:
    """Return the command that asks for the state, and where the state is kept."""
    if settings.status is None:
        return []
    initial = next(iter(_state_bytes(settings).values()))
    return [
        f"    - command: 0x{settings.status.byte:02X}",
        "      # Asks how it is. Let a sensor say so, if the board has one.",
        f"      response: !lambda return id({_STATE});",
        "      then: []",
        "",
        "globals:",
        f"  - id: {_STATE}",
        "    type: uint8_t",
        f'    initial_value: "0x{initial:02X}"',
    ]
