"""Epochs of a link: what one handshake yields, and how the next takes over.

Make before break: the keys of two epochs live side by side while a rotation runs. Each
direction is switched, and its old key wiped, on its own: the receive key at the peer's
first message under the new keys, the send key when its owner decides to switch.
"""

from dataclasses import dataclass

from cryptography.exceptions import InvalidTag

from .errors import CloseReason, LocalProtocolError, RemoteProtocolError
from .frames import DATA_OVERHEAD, Data
from .noise import CipherState, CounterExhausted


@dataclass(slots=True, kw_only=True)
class Epoch:
    """The keys of one handshake, bound to a session id, a MAC and an epoch number.

    `started_at` is when the hub sent ACCEPT, on the device when it sent INIT;
    `expires_at` is the hard end. `peer_limit` is the largest frame the peer takes.
    """

    number: int
    session_id: bytes
    mac: bytes
    handshake_hash: bytes
    sending: CipherState
    receiving: CipherState
    started_at: float
    expires_at: float
    peer_limit: int

    def seal(self, plaintext: bytes) -> bytes:
        """Return the DATA frame of `plaintext`; raises `LocalProtocolError`."""
        if not self.fits(plaintext):
            raise LocalProtocolError("message exceeds what the peer takes")
        try:
            ciphertext = self.sending.seal(plaintext, self._associated_data)
        except CounterExhausted:
            raise LocalProtocolError("message counter exhausted") from None
        return Data(self.number, ciphertext).encode()

    def fits(self, plaintext: bytes) -> bool:
        """Return whether the peer takes a frame of that size."""
        return len(plaintext) + DATA_OVERHEAD <= self.peer_limit

    def open(self, frame: Data) -> bytes:
        """Return the plaintext of `frame`; raises `RemoteProtocolError`."""
        try:
            return self.receiving.open(frame.ciphertext, self._associated_data)
        except InvalidTag:
            raise RemoteProtocolError(
                CloseReason.NOT_AUTHENTIC, f"message {self.receiving.counter}"
            ) from None
        except CounterExhausted:
            raise RemoteProtocolError(CloseReason.COUNTER_EXHAUSTED) from None

    def wipe(self) -> None:
        """Wipe both keys."""
        self.sending.wipe()
        self.receiving.wipe()

    @property
    def _associated_data(self) -> bytes:
        return self.session_id + self.mac + self.number.to_bytes(4)


class Epochs:
    """The at most two epochs of a link.

    `receiving` is the epoch whose first message from the peer has opened, `sending` the
    one that our messages go out under, `candidate` the one that a handshake has made
    and that the peer has not used yet.
    """

    def __init__(self) -> None:
        """Start without any keys."""
        self.receiving: Epoch | None = None
        self.sending: Epoch | None = None
        self.candidate: Epoch | None = None

    def install(self, epoch: Epoch) -> None:
        """Take the result of a handshake."""
        self.candidate = epoch

    def switch_sending(self, epoch: Epoch) -> None:
        """Send under `epoch` from now on and wipe the old send key."""
        if self.sending:
            self.sending.sending.wipe()
        self.sending = epoch

    def open(self, frame: Data) -> tuple[bytes, bool]:
        """Return the plaintext and whether it is the first of a new epoch.

        Raises `RemoteProtocolError`, and then nothing has changed.
        """
        if self.receiving and frame.epoch == self.receiving.number:
            return self.receiving.open(frame), False
        if not self.candidate or frame.epoch != self.candidate.number:
            raise RemoteProtocolError(
                CloseReason.UNEXPECTED_FRAME, f"DATA of epoch {frame.epoch}"
            )
        try:
            plaintext = self.candidate.open(frame)
        except RemoteProtocolError as error:
            raise RemoteProtocolError(CloseReason.NOT_PROVED, error.detail) from None
        if self.receiving:
            self.receiving.receiving.wipe()
        self.receiving, self.candidate = self.candidate, None
        return plaintext, True

    def wipe(self) -> None:
        """Wipe every key there is."""
        for epoch in (self.receiving, self.sending, self.candidate):
            if epoch:
                epoch.wipe()
