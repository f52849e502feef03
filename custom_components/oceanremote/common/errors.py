"""What a caller in Home Assistant is told when a device could not be asked or told.

Each error carries a translation key of its own; `translated_errors` turns what the
protocol and the vault raise into one of them.
"""

from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any

from homeassistant.exceptions import HomeAssistantError

from ..protocol import LocalProtocolError
from ..vault.errors import UnknownDevice, VaultError
from .const import DOMAIN


class OceanRemoteError(HomeAssistantError):
    """Base of the translated errors; the key is `exceptions.<key>.message`."""

    key = "unexpected"

    def __init__(self, **placeholders: str) -> None:
        """Bind the placeholders of this error's text."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key=self.key,
            translation_placeholders=placeholders,
        )


class DeviceOfflineError(OceanRemoteError):
    """The device has no proved link."""

    key = "device_offline"


class DeviceNotReadyError(OceanRemoteError):
    """Hub and device have not agreed on the description, or it is in safe mode."""

    key = "device_not_ready"


class CommandRefusedError(OceanRemoteError):
    """The device answered that it will not do it."""

    key = "command_refused"


class CommandExpiredError(OceanRemoteError):
    """The device answered that the command reached it too late."""

    key = "command_expired"


class CommandUnknownError(OceanRemoteError):
    """Sent, but neither done nor refused: nobody knows."""

    key = "command_outcome_unknown"


class CommandNotSentError(OceanRemoteError):
    """The link would not take the command (too large, too many outstanding)."""

    key = "command_not_sent"


class RenewalFailedError(OceanRemoteError):
    """A new session was asked for and not proved in time."""

    key = "renewal_failed"


class StorageFailedError(OceanRemoteError):
    """The vault could not be written; nothing has changed."""

    key = "storage_failed"


class BackupNotMadeError(OceanRemoteError):
    """The disk would not take a copy of the vault."""

    key = "backup_not_made"


class BackupUnreadableError(OceanRemoteError):
    """The disk would not give a copy of the vault back."""

    key = "backup_unusable"


class HubNotStartedError(OceanRemoteError):
    """A copy of the vault was put in place, and the hub did not start with it."""

    key = "hub_not_started"


class AuditUnavailableError(OceanRemoteError):
    """The audit log's files can be neither read nor brought up to date."""

    key = "audit_unavailable"


class WrongStandingError(OceanRemoteError):
    """The device's standing does not allow that."""

    key = "wrong_standing"


class NotEnrolledError(OceanRemoteError):
    """The vault holds nothing of the device: it was restored, or another's."""

    key = "not_enrolled"


class UnknownDeviceError(OceanRemoteError):
    """No device of this hub has the given id."""

    key = "unknown_device"


def translated_errors[**P, R](
    func: Callable[P, Awaitable[R]],
) -> Callable[P, Coroutine[Any, Any, R]]:
    """Turn errors of the protocol and of the vault into translated ones."""

    @wraps(func)
    async def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await func(*args, **kwargs)
        except LocalProtocolError as err:
            raise CommandNotSentError(reason=str(err)) from err
        except UnknownDevice as err:
            raise NotEnrolledError from err
        except VaultError as err:
            raise StorageFailedError(reason=str(err)) from err

    return wrapper
