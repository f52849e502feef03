"""What hub and device come to agree on over a link: a description, a stored token."""

import hmac

from .description import DescriptionAssembler
from .entities import Description
from .errors import CloseReason, RemoteProtocolError
from .keys import stored_hash
from .limits import HASH_SIZE
from .messages import Describe, Stored


class DescriptionAgreement:
    """Whether the hub has the description that the device named in `ready`."""

    def __init__(self) -> None:
        """Start without any."""
        self._named = bytes(HASH_SIZE)
        self._agreed: bytes | None = None
        self._assembler: DescriptionAssembler | None = None

    @property
    def reached(self) -> bool:
        """Whether both sides speak of the same description."""
        return self._agreed == self._named

    @property
    def under_way(self) -> bool:
        """Whether parts are awaited."""
        return self._assembler is not None

    def name(self, description_hash: bytes) -> None:
        """Take the hash in a `ready`."""
        self._named = description_hash

    def vouch(self) -> None:
        """Take the hub's owner's word that it has the named description."""
        self._agreed = self._named

    def expect(self) -> None:
        """Await the named description from its first part on."""
        self._assembler = DescriptionAssembler(self._named)

    def add(self, message: Describe) -> tuple[bytes, bytes, Description] | None:
        """Take a part; with the last, return hash, bytes and what they say.

        Raises `RemoteProtocolError`.
        """
        if self._assembler is None:
            raise RemoteProtocolError(CloseReason.UNEXPECTED_MESSAGE, "describe")
        complete = self._assembler.add(message)
        if complete is None:
            return None
        self._assembler = None
        self._agreed = self._named
        return self._named, *complete


class TokenHandover:
    """Whether the permanent token that the hub issued lies in the device's flash."""

    def __init__(self) -> None:
        """Start with no token issued."""
        self._expected: bytes | None = None
        self.done = False

    @property
    def under_way(self) -> bool:
        """Whether a token is issued and not yet confirmed."""
        return self._expected is not None

    def begin(self, token: bytes) -> None:
        """Await the confirmation of `token`."""
        self._expected = stored_hash(token)

    def confirm(self, message: Stored) -> None:
        """Take the confirmation; raises `RemoteProtocolError` if it is not right."""
        if self._expected is None:
            raise RemoteProtocolError(CloseReason.UNEXPECTED_MESSAGE, "stored")
        if not hmac.compare_digest(message.hash, self._expected):
            raise RemoteProtocolError(CloseReason.WRONG_STORED_HASH)
        self._expected = None
        self.done = True
