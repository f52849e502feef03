"""A lamp of cold and warm white: its colour temperature travels both ways."""

from typing import Any

import pytest

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandStatus,
    Domain,
    LightState,
)
from lab.firmware import Device
from tests.support.commands import light_command

from .bench_hub import BenchHub

COLD_WARM = 19


async def test_the_temperature_asked_for_is_the_temperature_reported(
    workbench_hub: BenchHub, workbench_device: Device
) -> None:
    asked = 1_000_000 / 2800

    def shows_it(value: Any) -> bool:
        return (
            isinstance(value, LightState)
            and value.color_mode == COLD_WARM
            and value.color_temperature == pytest.approx(asked, rel=1e-6)
            and value.warm_white == pytest.approx(1.0)
        )

    result = await workbench_hub.command(
        workbench_hub.address(Domain.LIGHT, "cct_lamp"),
        light_command(
            on=True,
            color_mode=COLD_WARM,
            color_temperature=asked,
            cold_white=0.1,
            warm_white=1.0,
        ),
    )
    assert isinstance(result, CommandCompleted)
    assert result.status is CommandStatus.DONE
    await workbench_hub.wait_for_state(Domain.LIGHT, "cct_lamp", shows_it)
