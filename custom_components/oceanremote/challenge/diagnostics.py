"""Diagnostics of challenge devices: neither secret nor id nor host nor names."""

from typing import Any

from .device import ChallengeDevice


def challenge_diagnostics(device: ChallengeDevice) -> dict[str, Any]:
    """Return what is worth knowing of one challenge device."""
    settings = device.settings
    profile = settings.profile
    return {
        "port": settings.port,
        "mode": profile.mode.value,
        "hash": profile.hash.name,
        "wake_length": profile.wake_length,
        "challenge_length": profile.challenge_length,
        "forgeable_responses": settings.forgeable,
        "commands": [
            {"kind": row.kind.value, "bytes": sorted(row.bytes.values())}
            for row in settings.commands
        ],
        "responses": [
            {"byte": row.byte, "meaning": row.meaning.value}
            for row in settings.responses
        ],
    }
