"""The device's side of one handshake: an INIT made, an ACCEPT judged."""

from dataclasses import dataclass, field, replace

from custom_components.oceanremote.protocol.errors import RemoteProtocolError
from custom_components.oceanremote.protocol.frames import Accept, Hello, Init
from custom_components.oceanremote.protocol.handshake_payloads import (
    Claims,
    Terms,
    prologue,
)
from custom_components.oceanremote.protocol.keys import (
    KeyPair,
    Purpose,
    RandomSource,
    RegistrationToken,
    derive_psk,
    hub_key_id,
    mac1,
)
from custom_components.oceanremote.protocol.limits import (
    DEVICE_HANDSHAKE_TIMEOUT,
    DEVICE_LIFETIME_SHARE,
)
from custom_components.oceanremote.protocol.noise import Initiator
from custom_components.oceanremote.protocol.session import Epoch


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceIdentity:
    """What a device keeps in flash, and what its YAML gives it.

    Without a `token` it can only register; with one it only opens sessions.
    `next_hub_public` is a hub key that was told and has not proved itself yet.
    """

    key: KeyPair
    mac: bytes
    hub_public: bytes
    registration: RegistrationToken | None = None
    generation: int = 0
    token: bytes | None = field(default=None, repr=False)
    previous_token: bytes | None = field(default=None, repr=False)
    next_hub_public: bytes | None = None

    def with_token(self, generation: int, token: bytes) -> DeviceIdentity:
        """Return the identity after the hub has issued `token`."""
        return replace(
            self, generation=generation, token=token, previous_token=self.token
        )

    @property
    def purpose(self) -> Purpose:
        """What the next handshake is for."""
        return Purpose.SESSION if self.token else Purpose.REGISTRATION

    def secrets(self) -> list[tuple[int, bytes]]:
        """Return the tokens to try on ACCEPT, with the generation each stands for."""
        if self.token is None:
            return [(0, self.registration.secret)] if self.registration else []
        tokens = [(self.generation, self.token)]
        if self.previous_token is not None:
            tokens.append((self.generation - 1, self.previous_token))
        return tokens


class DeviceHandshake:
    """A device between its INIT and the hub's ACCEPT.

    `now` is when INIT is sent; the clock of the session starts there, so that the
    device never trusts a session for longer than the hub does.
    """

    def __init__(
        self,
        identity: DeviceIdentity,
        hello: Hello,
        claims: Claims,
        rx_limit: int,
        random: RandomSource,
        now: float,
        previous: Epoch | None,
    ) -> None:
        """Make the INIT; `previous` is the epoch before on this link."""
        self.purpose = identity.purpose
        self.deadline = now + DEVICE_HANDSHAKE_TIMEOUT
        self._identity = identity
        self._started_at = now
        self._number = previous.number + 1 if previous else 1
        init = Init(self.purpose, hub_key_id(identity.hub_public), rx_limit, b"", b"")
        self._initiator, message = Initiator.start(
            identity.key,
            identity.hub_public,
            KeyPair.generate(random),
            prologue(
                hello, init, self._number, previous.handshake_hash if previous else b""
            ),
            claims.encode(self.purpose),
        )
        init = replace(init, noise_message=message)
        seal = mac1(identity.hub_public, hello.challenge, init.before_mac1)
        self.frame = replace(init, mac1=seal).encode()

    def finish(self, accept: Accept) -> tuple[Epoch, Terms, int]:
        """Return the epoch, the hub's terms and the generation that the hub used.

        Tries the current token and then the previous one; raises
        `RemoteProtocolError` if neither opens the reply.
        """
        failure: RemoteProtocolError | None = None
        for generation, token in self._identity.secrets():
            psk = derive_psk(token, self._identity.mac, self.purpose)
            try:
                payload, keys = self._initiator.finish(psk, accept.noise_message)
            except RemoteProtocolError as error:
                failure = error
                continue
            terms = Terms.decode(payload)
            lifetime = DEVICE_LIFETIME_SHARE * terms.lifetime
            epoch = Epoch(
                number=self._number,
                session_id=terms.session_id,
                mac=self._identity.mac,
                handshake_hash=keys.handshake_hash,
                sending=keys.device_to_hub,
                receiving=keys.hub_to_device,
                started_at=self._started_at,
                expires_at=self._started_at + lifetime,
                peer_limit=terms.hub_rx_limit,
            )
            return epoch, terms, generation
        assert failure is not None  # an identity without any token makes no INIT
        raise failure
