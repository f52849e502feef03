"""Alarm panels: what one can do travels up, what is asked of it down, its code nowhere else."""

from typing import Any

import pytest

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandStatus,
    Domain,
    LocalProtocolError,
)
from custom_components.oceanremote.protocol.domains.alarm_control_panel import (
    AlarmControlPanelAction as Action,
    AlarmControlPanelCondition as Condition,
    AlarmControlPanelProperties,
    AlarmControlPanelState,
    PanelFeature,
)
from lab.firmware import Device

from .bench_hub import BenchHub
from .movers import CODE

ACTION, CODE_KEY = 1, 2
ALWAYS = PanelFeature.ARM_AWAY | PanelFeature.TRIGGER


async def _asked(
    hub: BenchHub, panel: str, action: int, code: str | None = None
) -> CommandCompleted:
    args: dict[int, Any] = {ACTION: int(action)}
    if code is not None:
        args[CODE_KEY] = code
    address = hub.address(Domain.ALARM_CONTROL_PANEL, panel)
    result = await hub.command(address, args)
    assert isinstance(result, CommandCompleted)
    return result


async def test_a_panel_is_described_told_and_commanded(
    workbench_hub: BenchHub, workbench_device: Device
) -> None:
    house, cabin = (
        workbench_hub.entities[Domain.ALARM_CONTROL_PANEL, name]
        for name in ("house", "cabin")
    )
    assert house.properties == AlarmControlPanelProperties(
        requires_code=True,
        requires_code_to_arm=True,
        supported_features=ALWAYS | PanelFeature.ARM_HOME | PanelFeature.ARM_NIGHT,
    )
    assert cabin.properties == AlarmControlPanelProperties(supported_features=ALWAYS)

    async def told(panel: str, condition: Condition) -> None:
        wanted = AlarmControlPanelState(condition=condition)
        await workbench_hub.wait_for_state(
            Domain.ALARM_CONTROL_PANEL, panel, lambda state: state == wanted
        )

    async def done(panel: str, action: Action, *then: Condition) -> None:
        code = CODE if panel == "house" else None
        result = await _asked(workbench_hub, panel, action, code)
        assert (result.status, result.reason) == (CommandStatus.DONE, "")
        for condition in then:
            await told(panel, condition)

    for panel in ("house", "cabin"):
        await told(panel, Condition.DISARMED)
    await done("house", Action.DISARM, Condition.DISARMED)
    await done("house", Action.ARM_HOME, Condition.ARMED_HOME)
    await done("house", Action.ARM_HOME, Condition.ARMED_HOME)
    await done("house", Action.DISARM, Condition.DISARMED)
    await done("house", Action.ARM_NIGHT, Condition.ARMED_NIGHT)
    await done("house", Action.DISARM, Condition.DISARMED)
    await done("house", Action.ARM_AWAY, Condition.ARMING, Condition.ARMED_AWAY)
    await done("house", Action.TRIGGER, Condition.PENDING, Condition.TRIGGERED)
    await told("house", Condition.ARMED_AWAY)  # after its trigger_time
    await done("cabin", Action.ARM_AWAY, Condition.ARMED_AWAY)
    await done("cabin", Action.DISARM, Condition.DISARMED)

    # A panel does not say whether a code is right: its state does.
    for wrong in ("739156", CODE + "0", "", None):
        result = await _asked(workbench_hub, "house", Action.DISARM, wrong)
        assert result.status is CommandStatus.DONE
    await workbench_device.wait_for_log("Not disarming code doesn't match")
    assert workbench_hub.states[house.address].condition is Condition.ARMED_AWAY

    for panel, action, reason in (
        ("house", Action.ARM_NIGHT, "it is not disarmed"),
        ("house", Action.ARM_VACATION, "not supported"),
        ("house", Action.ARM_CUSTOM_BYPASS, "not supported"),
        ("cabin", Action.ARM_HOME, "not supported"),
        ("cabin", Action.TRIGGER, "it is disarmed"),
    ):
        result = await _asked(workbench_hub, panel, action, CODE)
        assert result.status is CommandStatus.REFUSED, action
        assert result.reason == reason
    for action, code in ((7, CODE), (0, "7" * 65), (0, "7" * 10_000)):
        with pytest.raises(LocalProtocolError):
            await _asked(workbench_hub, "house", action, code)
    await done("house", Action.DISARM, Condition.DISARMED)
    await workbench_device.wait_for_log("House: disarmed")
    log = workbench_device.log_path.read_text()
    assert CODE not in log
    assert "Command alarm_control_panel 'House' -> arm away" in log
