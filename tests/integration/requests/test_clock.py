"""The hub's clock, with the zone of Home Assistant."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
import time

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import Purpose
from custom_components.oceanremote.requests.zone import posix_zone

from ..runtime_support import Device, come_online, only_coordinator

BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"
US = "PST8PDT,M3.2.0,M11.1.0"


@pytest.mark.parametrize("tzpath", [None, ()], ids=["system", "package"])
@pytest.mark.parametrize(
    ("key", "rule"),
    [
        ("Europe/Berlin", BERLIN),
        ("America/Los_Angeles", US),
        ("UTC", "UTC0"),
        ("Asia/Kathmandu", "<+0545>-5:45"),
        ("No/Such_Zone", ""),
        ("../../etc/passwd", ""),
        ("..", ""),
        ("", ""),
    ],
)
def test_a_zone_has_a_rule(
    key: str, rule: str, tzpath: tuple[str, ...] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if tzpath is not None:
        monkeypatch.setattr("zoneinfo.TZPATH", tzpath)
    assert posix_zone(key) == rule


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"TZif2",
        b"TZif\0\n\nCET-1\n",
        b"nothing of the kind\nCET-1\n",
        b"TZif2\n" + b"x" * 65 + b"\n",
        b"TZif2\n\xff\n",
    ],
)
def test_a_file_without_a_rule_has_none(
    data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Odd").mkdir()
    (tmp_path / "Odd" / "Zone").write_bytes(data)
    monkeypatch.setattr("zoneinfo.TZPATH", (str(tmp_path),))
    assert posix_zone("Odd/Zone") == ""


@pytest.fixture
async def keeper(hass: HomeAssistant, hub: Hub, enrolled_device: Device) -> Device:
    """Return a connected device that keeps time."""
    driver = enrolled_device.driver
    driver.facts = replace(driver.facts, keeps_time=True)
    driver.connect()
    return await come_online(hass, enrolled_device, only_coordinator(hub))


async def test_a_device_is_told_the_time_of_its_first_session(keeper: Device) -> None:
    await keeper.until(lambda: keeper.driver.times)
    (told,) = keeper.driver.times
    assert told.zone == US
    assert abs(told.hub_time_ms / 1000 - time.time()) < 60
    # Not before it is one: in a registration there is no time.
    assert keeper.driver.epochs[0].purpose is Purpose.REGISTRATION


async def test_it_is_told_again_every_few_hours_and_on_every_link(
    hass: HomeAssistant, keeper: Device
) -> None:
    await keeper.until(lambda: len(keeper.driver.times) == 1)
    await keeper.send(keeper.driver.request_rotation())
    await keeper.until(lambda: len(keeper.driver.epochs) == 3)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(hours=4, seconds=1))
    await keeper.until(lambda: len(keeper.driver.times) == 2)
    await keeper.hang_up()
    await keeper.connect()
    await keeper.until(lambda: len(keeper.driver.times) == 3)


async def test_a_new_zone_is_told_at_once(hass: HomeAssistant, keeper: Device) -> None:
    await keeper.until(lambda: keeper.driver.times)
    await hass.config.async_update(time_zone="Europe/Berlin")
    await keeper.until(lambda: keeper.driver.times[-1].zone == BERLIN)
    told = len(keeper.driver.times)
    await hass.config.async_update(elevation=7)
    await hass.async_block_till_done()
    assert len(keeper.driver.times) == told


async def test_nobody_else_is_told(
    hass: HomeAssistant, connected_device: Device
) -> None:
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(hours=4, seconds=1))
    await hass.async_block_till_done()
    assert connected_device.driver.times == []
