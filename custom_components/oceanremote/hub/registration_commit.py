"""The moment at which a registered board becomes the device.

    vault ═disk═▶ counters begin anew ─▶ the board before: told, closed ─▶ recorded

Nothing of this depends on the new board's link, which may have ended meanwhile.
"""

from collections.abc import Callable
from typing import Protocol

from ..audit.record import SecurityLog
from ..device.coordinator import DeviceCoordinator
from ..policy.audit.kinds import AuditKind
from ..transport.link import Link
from ..vault import Vault


class Registered(Protocol):
    """What was proved about the board: `TokenStored` or `SessionProved`."""

    @property
    def enrolment_id(self) -> str:
        """The device that it registers for."""

    @property
    def mac(self) -> bytes:
        """Its MAC."""

    @property
    def device_key(self) -> bytes:
        """Its public key."""


class RegistrationCommit:
    """Makes boards devices; what a board or a device loses by it is told."""

    def __init__(
        self,
        vault: Vault,
        log: SecurityLog,
        end_former: Callable[[DeviceCoordinator], list[Link]],
        lost_its_board: Callable[[str], None],
    ) -> None:
        """`end_former` closes the links of identities that a device has no more.

        `lost_its_board` follows the revocation of a device whose MAC was taken over.
        """
        self._vault = vault
        self._log = log
        self._end_former = end_former
        self._lost_its_board = lost_its_board

    async def async_commit(
        self, coordinator: DeviceCoordinator, board: Registered, counter: int
    ) -> None:
        """Pin a board; raises VaultError and Refused with nothing changed."""
        loser = await self._vault.commit_registration(
            board.enrolment_id, board.mac, board.device_key, counter
        )
        coordinator.counters.forget()
        for link in self._end_former(coordinator):
            self._log.note(
                AuditKind.REPLACED,
                "the board before was told that it is revoked",
                enrolment_id=board.enrolment_id,
                address=link.address,
            )
        if loser is not None:
            self._lost_its_board(loser)
