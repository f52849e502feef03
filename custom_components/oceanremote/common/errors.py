"""What a caller in Home Assistant is told when a device could not be reached or asked.

Each error carries a translation key of its own.
"""

from homeassistant.exceptions import HomeAssistantError

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


class DeviceAsleepError(OceanRemoteError):
    """The device sleeps, and this is nothing that waits for it."""

    key = "device_asleep"


class SecretMayNotWaitError(OceanRemoteError):
    """The device sleeps, and a code or a password is kept nowhere."""

    key = "secret_may_not_wait"


class TooManyWaitError(OceanRemoteError):
    """The device sleeps, and too many commands wait for it already."""

    key = "too_many_wait"


class TunnelNotAllowedError(OceanRemoteError):
    """No administrator has allowed tunnels to this service, or it is not trusted."""

    key = "tunnel_not_allowed"


class TunnelNotOfferedError(OceanRemoteError):
    """The device's YAML does not let this service be reached."""

    key = "tunnel_not_offered"


class TunnelPortError(OceanRemoteError):
    """The port cannot be opened on the hub's machine."""

    key = "tunnel_port"


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


class RevokedNotStoredError(OceanRemoteError):
    """A device is revoked and locked out; that is not on disk yet."""

    key = "revoked_not_stored"


class BackupNotMadeError(OceanRemoteError):
    """A copy of the vault could not be written."""

    key = "backup_not_made"


class BackupUnreadableError(OceanRemoteError):
    """A copy of the vault could not be read."""

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


class WrongRollOverStepError(OceanRemoteError):
    """The hub key cannot be rolled over in this order."""

    key = "wrong_roll_over_step"


class NotEnrolledError(OceanRemoteError):
    """The vault holds nothing of the device: it was restored, or is another's."""

    key = "not_enrolled"


class UnknownDeviceError(OceanRemoteError):
    """No device of this hub has the given id."""

    key = "unknown_device"
