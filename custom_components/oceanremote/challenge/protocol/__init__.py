"""Challenge-HMAC commands for the smallest boards: the facade.

docs/challenge-protocol.md is normative. ChallengeSender is the hub's side of a
connection: it takes bytes and returns events.
"""

from .mac import ChallengeKey, derive_challenge
from .profile import (
    ANSWER_LIFETIME,
    HASHES,
    MAX_CHALLENGE_LENGTH,
    MAX_DEVICE_ID_LENGTH,
    MAX_SECRET_LENGTH,
    MAX_TABLE_SIZE,
    MAX_WAKE_LENGTH,
    RECOMMENDED_SECRET_LENGTH,
    SECONDS_PER_COMMAND,
    SHA1,
    SHA256,
    SHA512,
    STRICT_MIN_CHALLENGE_LENGTH,
    STRICT_NONCE_LENGTH,
    ChallengeParameterError,
    ChallengeProfile,
    HashFunction,
    Mode,
)
from .sender import ChallengeSender, Confirmed, Failed, SenderEvent, SendFailure, Sent

__all__ = [
    "ANSWER_LIFETIME",
    "HASHES",
    "MAX_CHALLENGE_LENGTH",
    "MAX_DEVICE_ID_LENGTH",
    "MAX_SECRET_LENGTH",
    "MAX_TABLE_SIZE",
    "MAX_WAKE_LENGTH",
    "RECOMMENDED_SECRET_LENGTH",
    "SECONDS_PER_COMMAND",
    "SHA1",
    "SHA256",
    "SHA512",
    "STRICT_MIN_CHALLENGE_LENGTH",
    "STRICT_NONCE_LENGTH",
    "ChallengeKey",
    "ChallengeParameterError",
    "ChallengeProfile",
    "ChallengeSender",
    "Confirmed",
    "Failed",
    "HashFunction",
    "Mode",
    "SendFailure",
    "SenderEvent",
    "Sent",
    "derive_challenge",
]
