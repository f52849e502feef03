"""A lamp of cold and warm white: its colour temperature travels both ways."""

from pathlib import Path
from typing import Any

import pytest

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandStatus,
    DescriptionReceived,
    Domain,
    LightState,
    SessionProved,
    light_command,
)
from lab.firmware import BUILDS, Device, compile_firmware
from lab.paths import ESPHOME_COMPONENTS

from .bench_hub import BenchHub
from .conftest import HUB_KEY, TOKEN

COLD_WARM = 19
LAMP = """\
esphome: {{name: cct}}
host: {{mac_address: "02:0C:EA:00:00:80"}}
external_components: [{{source: {components}}}]
logger:
oceanremote:
  urls: [{url}]
  hub_key: {hub_key}
  registration_token: {token}
output:
  - {{platform: template, id: c, type: float, write_action: []}}
  - {{platform: template, id: w, type: float, write_action: []}}
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
    tmp_path: Path,
) -> None:
    hub = BenchHub(HUB_KEY, TOKEN)
    await hub.start()
    configuration = BUILDS / "cold-warm-lamp.yaml"
    configuration.parent.mkdir(parents=True, exist_ok=True)
    configuration.write_text(
        LAMP.format(
            components=ESPHOME_COMPONENTS,
            url=f"ws://127.0.0.1:{hub.port}",
            hub_key=hub.key_text,
            token=TOKEN.text,
        )
    )
    device = Device("cct", await compile_firmware(configuration), tmp_path)
    asked = 1_000_000 / 2800

    def shows_it(value: Any) -> bool:
        return (
            isinstance(value, LightState)
            and value.color_mode == COLD_WARM
            and value.color_temperature == pytest.approx(asked, rel=1e-6)
            and value.warm_white == pytest.approx(1.0)
        )

    try:
        await device.start()
        await hub.wait_for(SessionProved)
        await hub.wait_for(DescriptionReceived)
        result = await hub.command(
            hub.address(Domain.LIGHT, "cct_lamp"),
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
        await hub.wait_for_state(Domain.LIGHT, "cct_lamp", shows_it)
    finally:
        await device.stop()
        await hub.stop()
