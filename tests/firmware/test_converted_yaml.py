"""What `script/convert` makes of a YAML is one that ESPHome accepts, builds, and that dials."""

from pathlib import Path
import re

import pytest

from custom_components.oceanremote.protocol import (
    DescriptionReceived,
    Domain,
    ImportReceived,
    RequestReceived,
)
from lab.paths import ESPHOME_COMPONENTS

from .asking_device import press
from .bench_hub import BenchHub
from .conftest import Starter
from .esphome_runner import HUB_KEY, TOKEN, run_esphome

CONVERTED = Path(__file__).parents[1] / "script/moving"
RELEASE = re.compile(r"github://oceanremote/oceanremote@\S+")
URL = "wss://home.example.com"
# What the example has besides cannot be fetched here.
OTHERS = re.compile(r"  - source: github://example/.*\n    components: .*\n")


def converted(name: str) -> str:
    """Return what a file became, with the components of this repository."""
    text, replaced = RELEASE.subn(
        str(ESPHOME_COMPONENTS), (CONVERTED / f"{name}.after").read_text()
    )
    assert replaced == 1
    return OTHERS.sub("", text)


@pytest.mark.parametrize("name", ["bridge", "caller", "house", "pump", "screen"])
def test_a_converted_file_is_accepted(name: str, tmp_path: Path) -> None:
    file = tmp_path / "device.yaml"
    file.write_text(converted(name))
    outcome = run_esphome("config", file=file, data=tmp_path)
    assert outcome.accepted, outcome.text


async def test_a_converted_file_runs_with_all_that_it_had(
    new_hub: BenchHub, start_device: Starter
) -> None:
    """Its entities and actions are there, and it asks for what it asked for before."""
    text = converted("house")
    for before, after in (
        (URL, f"ws://127.0.0.1:{new_hub.port}"),
        (HUB_KEY, new_hub.key_text),
        (TOKEN, new_hub.registry.token.text),
    ):
        assert text.count(before) == 1
        text = text.replace(before, after)
    device = await start_device("converted-house", text)
    received = await new_hub.wait_for(DescriptionReceived)
    assert set(new_hub.entities) == {
        (Domain.SENSOR, "room"),
        (Domain.COVER, "blind"),
        (Domain.CLIMATE, "heating"),
        (Domain.LOCK, "door"),
        (Domain.TEXT, "motto"),
        (Domain.BUTTON, "light"),
    }
    actions = {each.name for each in received.description.actions}
    assert actions == {"set_blind", "measure"}
    assert received.description.skipped == ()
    for entity_id in ("sensor.outside", "sun.sun", "weather.home"):
        await new_hub.wait_for(
            ImportReceived, 0, lambda event, of=entity_id: event.wanted.entity_id == of
        )
    await new_hub.wait_until_ready()
    await press(new_hub, "light")
    for asked in ("esphome.house_is_up", "light.toggle", "weather.get_forecasts"):
        await new_hub.wait_for(
            RequestReceived, 0, lambda event, name=asked: event.request.name == name
        )
    await device.wait_for_log("house: somebody is there")
    await new_hub.drop()
    await device.wait_for_log("house: nobody is there")
