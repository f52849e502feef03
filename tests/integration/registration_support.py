"""What the tests of registration share."""

from custom_components.oceanremote.vault.errors import VaultWriteError
from tests.support.device import TokenIssued
from tests.support.device_driver import DeviceDriver

GENERIC_REFUSAL = 1008
GOING_AWAY = 1001


def lose_tokens(driver: DeviceDriver) -> None:
    """Let a board crash, so to speak, whenever it should store its token."""
    follow = driver._follow
    driver._follow = lambda events: follow(  # type: ignore[method-assign]
        [event for event in events if not isinstance(event, TokenIssued)]
    )


def write_error() -> VaultWriteError:
    """Return what the vault raises when the disk fails."""
    return VaultWriteError("cannot write the vault")
