"""A lamp of cold and warm white: its colour temperature travels both ways."""

from typing import Any

import pytest

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandStatus,
    Domain,
    LightState,
)
from tests.support.commands import light_command

from .bench_hub import BenchHub
from .conftest import Starter
from .small_device import small_yaml_for

COLD_WARM = 19
LAMP = """\
output:
  - {platform: template, id: c, type: float, write_action: []}
  - {platform: template, id: w, type: float, write_action: []}
light:
  - platform: cwww
    name: "CCT lamp"
    cold_white: c
    warm_white: w
    cold_white_color_temperature: 6500 K
    warm_white_color_temperature: 2700 K
    default_transition_length: 0s
"""


async def test_the_temperature_asked_for_is_the_temperature_reported(
    new_hub: BenchHub, start_device: Starter
) -> None:
    asked = 1_000_000 / 2800

    def shows_it(value: Any) -> bool:
        return (
            isinstance(value, LightState)
            and value.color_mode == COLD_WARM
            and value.color_temperature == pytest.approx(asked, rel=1e-6)
            and value.warm_white == pytest.approx(1.0)
        )

    await start_device("cold-warm-lamp", small_yaml_for(new_hub, LAMP))
    result = await new_hub.command(
        new_hub.address(Domain.LIGHT, "cct_lamp"),
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
    await new_hub.wait_for_state(Domain.LIGHT, "cct_lamp", shows_it)
