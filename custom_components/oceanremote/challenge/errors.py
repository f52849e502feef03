"""What a caller is told when a challenge device was not commanded.

All but `ChallengeUnconfirmedError` mean that nothing was executed. An unknown outcome
is `CommandUnknownError`, a refusal by the device is `CommandRefusedError`.
"""

from ..common.errors import CommandUnknownError, OceanRemoteError


class ChallengeUnreachableError(OceanRemoteError):
    """Its port could not be reached."""

    key = "challenge_unreachable"


class ChallengeSilentError(OceanRemoteError):
    """It was reached, and sent no whole challenge in time."""

    key = "challenge_silent"


class ChallengeUnconfirmedError(CommandUnknownError):
    """The outcome is unknown, and nothing has shown that both have the same secret."""

    key = "challenge_unconfirmed"


class ChallengeMismatchError(OceanRemoteError):
    """What it sent is no challenge of the length, or kind, that was configured."""

    key = "challenge_mismatch"


class ChallengeBusyError(OceanRemoteError):
    """Too many commands wait for it already."""

    key = "challenge_busy"


class ChallengeExpiredError(OceanRemoteError):
    """It waited too long for the commands before it."""

    key = "challenge_expired"


class ChallengeReconfiguredError(OceanRemoteError):
    """The device was reconfigured, or taken away, while the command waited."""

    key = "challenge_reconfigured"


class ChallengeStateError(OceanRemoteError):
    """It could not be stored that its state is unknown from now on."""

    key = "challenge_state_not_stored"


class ChallengeSecretError(OceanRemoteError):
    """Its secret is not in the vault (which came from an old backup)."""

    key = "challenge_secret_missing"


class ChallengeCommandError(OceanRemoteError):
    """The byte is not in its command table."""

    key = "challenge_command_unknown"
