"""Cameras: a picture when somebody looks, a stream for as long as somebody does."""

import asyncio
from typing import Any
from unittest.mock import patch

from homeassistant.components import camera
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.oceanremote.device import pictures
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.protocol import CommandStatus, Domain
from custom_components.oceanremote.protocol.pictures import Image

from .runtime_support import Device, Records, describe, eventually, only_coordinator
from .test_entities import show

YARD = describe(Domain.CAMERA, "Yard", icon="mdi:cctv")
PICTURE = bytes(range(256)) * 400


def asked(device: Device) -> list[Any]:
    """Return what the camera was asked, oldest first."""
    return [command.args for command in device.driver.commands]


async def test_a_camera_takes_a_picture_for_those_who_look(
    hass: HomeAssistant, hub: Hub, connected_device: Device, records: Records
) -> None:
    """One for all who look at the same time, and nothing of it is recorded."""
    entity_id = await show(hass, hub, connected_device, YARD)
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert (shown.state, shown.attributes["icon"]) == ("idle", "mdi:cctv")
    records.all.clear()
    looks = [
        hass.async_create_task(camera.async_get_image(hass, entity_id))
        for _ in range(3)
    ]
    await eventually(lambda: asked(connected_device))
    await connected_device.send(
        connected_device.driver.send_picture(YARD.address, PICTURE)
    )
    assert {(await look).content for look in looks} == {PICTURE}
    assert asked(connected_device) == [{1: False}]
    assert not records.of(AuditKind.COMMAND)


async def test_a_picture_that_nobody_wants_goes(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """And whoever looks next waits for the next one."""
    entity_id = await show(hass, hub, connected_device, YARD)
    driver = connected_device.driver
    await connected_device.send(driver.send_picture(YARD.address, b"old"))
    # It is no answer to what is asked when it has been there for a while.
    await asyncio.sleep(0.2)
    look = hass.async_create_task(camera.async_get_image(hass, entity_id))
    await eventually(lambda: asked(connected_device))
    await connected_device.send(driver.send_picture(YARD.address, b"new"))
    assert (await look).content == b"new"


@pytest.mark.parametrize("how", ["none", "link", "order", "time", "refused"])
async def test_no_picture_is_said_to_be_none(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    """Of a device without one, gone, against the rules, silent or unwilling."""
    entity_id = await show(hass, hub, connected_device, YARD)
    driver = connected_device.driver
    if how == "time":
        monkeypatch.setattr(pictures, "PATIENCE", 0.05)
    if how == "refused":
        driver.answer = CommandStatus.REFUSED, "no lens"
    look = hass.async_create_task(camera.async_get_image(hass, entity_id))
    await eventually(lambda: asked(connected_device))
    begun = Image(0, YARD.address.key, 0, 9, b"half")
    match how:
        case "none":
            await connected_device.send(driver.send_picture(YARD.address, b""))
        case "link":
            driver.connection.send_image(begun, driver._clock())
            await connected_device.send(driver.connection.frames_to_send())
            await connected_device.hang_up()
        case "order":
            for image in (begun, Image(0, YARD.address.key, 8, 9, b"x")):
                driver.connection.send_image(image, driver._clock())
            await connected_device.send(driver.connection.frames_to_send())
            assert await connected_device.wait_closed() == 1008
    with pytest.raises(HomeAssistantError):
        await look
    if how in ("link", "order"):
        await hass.async_block_till_done()
        shown = hass.states.get(entity_id)
        assert shown is not None
        assert shown.state == STATE_UNAVAILABLE
        # Nothing of the half picture is left when it comes back.
        await connected_device.connect()
        coordinator = only_coordinator(hub)
        await eventually(lambda: coordinator.available)
        before = len(asked(connected_device))
        look = hass.async_create_task(camera.async_get_image(hass, entity_id))
        await eventually(lambda: len(asked(connected_device)) > before)
        await connected_device.send(driver.send_picture(YARD.address, PICTURE))
        assert (await look).content == PICTURE


async def test_a_stream_asks_for_the_next_picture_when_it_has_the_last(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    hass_client: Any,
) -> None:
    """And for none when nobody looks any more."""
    entity_id = await show(hass, hub, connected_device, YARD)
    driver = connected_device.driver
    client = await hass_client()
    response = await client.get(f"/api/camera_proxy_stream/{entity_id}")
    for number in range(3):
        await eventually(lambda: len(asked(connected_device)) == number + 1)  # noqa: B023
        await asyncio.sleep(0.02)
        assert asked(connected_device) == [{1: True}] * (number + 1)
        await connected_device.send(driver.send_picture(YARD.address, bytes([number])))
    await eventually(lambda: len(asked(connected_device)) == 4)
    response.close()
    await connected_device.send(driver.send_picture(YARD.address, b"last"))
    await asyncio.sleep(0.1)
    assert len(asked(connected_device)) <= 5


async def test_a_device_that_goes_ends_the_stream(
    hass: HomeAssistant, hub: Hub, connected_device: Device, hass_client: Any
) -> None:
    """Without an error."""
    entity_id = await show(hass, hub, connected_device, YARD)
    client = await hass_client()
    with patch.object(connected_device.driver, "answer", (CommandStatus.REFUSED, "no")):
        response = await client.get(f"/api/camera_proxy_stream/{entity_id}")
        assert await response.read() == b""
