"""Decoys: registration tokens and device ids that nobody uses in earnest.

An administrator lays them out where only a thief looks (an old YAML, a note, a backup).
They open nothing; using one shows that somebody has read what they should not, and an
alarm is raised.
"""

import secrets
from typing import Final

from ..audit.trail import AuditTrail
from ..policy.audit.kinds import AuditKind
from ..policy.audit.record import Actor, Outcome
from ..protocol import RegistrationToken
from ..protocol.limits import MAC_SIZE
from ..vault import Vault, changes

OWNER: Final = "decoys"
_TOKEN: Final = "token"
_DEVICE: Final = "device"
# A locally administered address, so that no maker's board has it.
_LOCAL: Final = 0x02


class Decoys:
    """The decoys that are laid out; kept in the vault, at most 16 in all."""

    def __init__(self, vault: Vault, trail: AuditTrail) -> None:
        """Look into `vault`; sound the alarm in `trail`."""
        self._vault = vault
        self._trail = trail

    def shows_token(self, handle: bytes, address: str) -> bool:
        """Whether somebody has shown the handle of a decoy token; then it is said."""
        used = self._vault.secret(OWNER, f"{_TOKEN}-{handle.hex()}") is not None
        if used:
            self._alarm("a registration token", Actor(address=address))
        return used

    def names_device(self, name: str, address: str, user_id: str | None = None) -> bool:
        """Whether somebody has named a decoy's device id; then it is said."""
        plain = name.replace(":", "").lower()
        used = self._vault.secret(OWNER, f"{_DEVICE}-{plain}") is not None
        if used:
            self._alarm("a device id", Actor(user=user_id, address=address))
        return used

    def _alarm(self, what: str, actor: Actor) -> None:
        self._trail.record(AuditKind.DECOY, Outcome.NOTICED, actor, what=what)

    async def async_create(self) -> tuple[str, str]:
        """Make one of each; return token text and device id.

        Raises VaultError: VaultFull when there are enough.
        """
        token = RegistrationToken.generate(secrets.token_bytes)
        mac = bytearray(secrets.token_bytes(MAC_SIZE))
        mac[0] = mac[0] & 0xFC | _LOCAL
        await self._vault.apply(
            changes.put_secrets(
                OWNER,
                {
                    f"{_TOKEN}-{token.handle.hex()}": b"1",
                    f"{_DEVICE}-{mac.hex()}": b"1",
                },
            )
        )
        return token.text, mac.hex()
