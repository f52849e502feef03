"""Boards, tokens and short cuts that the tests of the vault share."""

from dataclasses import dataclass
import errno
from functools import partial
import os
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant

from custom_components.oceanremote.protocol.keys import KeyPair, RegistrationToken
from custom_components.oceanremote.vault import (
    Vault,
    changes,
    default_key_path,
    file as vault_file,
    vault_path,
)
from custom_components.oceanremote.vault.changes import standing

NOW = 1_800_000_000.0
DAY = 86_400.0


class Clock:
    """A wall clock that a test may turn, in both directions."""

    def __init__(self, now: float = NOW) -> None:
        """Begin at `now` (Unix time)."""
        self.now = now

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def full_disk() -> Any:
    """Make every write of the vault fail."""
    return patch.object(
        vault_file.os, "fsync", side_effect=OSError(errno.ENOSPC, "No space left")
    )


@dataclass(frozen=True)
class Board:
    """What a board brings along."""

    mac: bytes
    key: bytes


def make_board(number: int = 1) -> Board:
    """Return a board with a MAC of its own and a new key."""
    return Board(bytes([2, 0, 0, 0, 0, number]), KeyPair.generate(os.urandom).public)


def make_token() -> RegistrationToken:
    """Return a registration token."""
    return RegistrationToken.generate(os.urandom)


async def open_vault(
    hass: HomeAssistant, clock: Clock | None = None, *, create: bool = False
) -> Vault:
    """Open the vault of this Home Assistant."""
    return await Vault.open(
        hass,
        vault_path(hass),
        default_key_path(hass),
        create=create,
        wall_clock=clock or Clock(),
    )


async def enrol(
    vault: Vault, enrolment_id: str, **options: object
) -> RegistrationToken:
    """Put a registration token in force for a day."""
    token = make_token()
    await vault.apply(changes.add_enrolment(enrolment_id, token, NOW + DAY, **options))  # type: ignore[arg-type]
    return token


async def register(
    vault: Vault, enrolment_id: str, board: Board, counter: int = 1
) -> RegistrationToken:
    """Enrol and register a board to its end."""
    token = await enrol(vault, enrolment_id)
    await vault.store_pending(
        enrolment_id, board.mac, board.key, os.urandom(32), handle=token.handle
    )
    await vault.commit_registration(enrolment_id, board.mac, board.key, counter)
    return token


async def forget(vault: Vault, enrolment_id: str) -> None:
    """Let the vault hold nothing of a device, as one that was restored may."""
    await vault._writer.change(partial(standing.forget, enrolment_id=enrolment_id))


def files_in(path: Path) -> dict[str, bytes]:
    """Return name and content of every file of ours in a directory."""
    return {item.name: item.read_bytes() for item in path.glob("oceanremote.*")}
