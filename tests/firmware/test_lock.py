"""Locks: what one can do travels up, what is asked of it down, and what it cannot is refused."""

from typing import Any

import pytest

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandStatus,
    Domain,
    LocalProtocolError,
)
from custom_components.oceanremote.protocol.domains.lock import (
    LockAction,
    LockCondition,
    LockProperties,
    LockState,
)
from lab.firmware import Device

from .bench_hub import BenchHub
from .movers import CODE

ACTION, CODE_KEY = 1, 2


async def _asked(hub: BenchHub, lock: str, args: dict[int, Any]) -> CommandCompleted:
    result = await hub.command(hub.address(Domain.LOCK, lock), args)
    assert isinstance(result, CommandCompleted)
    return result


async def test_a_lock_is_described_told_and_commanded(
    workbench_hub: BenchHub, workbench_device: Device
) -> None:
    front, shed, safe = (
        workbench_hub.entities[Domain.LOCK, name] for name in ("front", "shed", "safe")
    )
    assert front.properties == LockProperties(assumed_state=True, supports_open=True)
    assert shed.properties == LockProperties()
    assert safe.properties == LockProperties(requires_code=True)

    async def told(lock: str, condition: LockCondition | None) -> None:
        wanted = LockState(condition=condition)
        await workbench_hub.wait_for_state(
            Domain.LOCK, lock, lambda state: state == wanted
        )

    await told("front", None)
    await told("shed", None)
    await told("safe", LockCondition.JAMMED)
    for action, moving, then in (
        (LockAction.LOCK, LockCondition.LOCKING, LockCondition.LOCKED),
        (LockAction.UNLOCK, LockCondition.UNLOCKING, LockCondition.UNLOCKED),
        (LockAction.OPEN, LockCondition.OPENING, LockCondition.OPEN),
    ):
        result = await _asked(
            workbench_hub, "front", {ACTION: int(action), CODE_KEY: CODE}
        )
        assert (result.status, result.reason) == (CommandStatus.DONE, "")
        await told("front", moving)
        await told("front", then)
        await workbench_device.wait_for_log(
            f"Command lock 'Front' -> {action.name.lower()}"
        )
    result = await _asked(workbench_hub, "shed", {ACTION: int(LockAction.LOCK)})
    assert result.status is CommandStatus.DONE
    await told("shed", LockCondition.LOCKED)

    result = await _asked(workbench_hub, "shed", {ACTION: int(LockAction.OPEN)})
    assert result.status is CommandStatus.REFUSED
    assert result.reason == "open not supported"
    assert workbench_hub.states[shed.address] == LockState(
        condition=LockCondition.LOCKED
    )
    for malformed in ({}, {ACTION: 3}, {ACTION: 1, CODE_KEY: "7" * 65}):
        with pytest.raises(LocalProtocolError):
            await _asked(workbench_hub, "shed", malformed)
    assert CODE not in workbench_device.log_path.read_text()
