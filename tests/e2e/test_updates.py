"""New firmware for a real program that listens nowhere: by file, and by `esphome upload`."""

import asyncio
import shutil

import pytest

from lab.firmware import BUILDS, CompileFailed, Device, compile_firmware, run_esphome
from lab.flows import Enrolment
from lab.house import House

from .conftest import BENCH
from .support import audit_text

pytestmark = pytest.mark.asyncio(loop_scope="session")

UPDATING = BENCH.with_name("updating.yaml")
SESSION = r"updating: session"
FELL_BACK = "the device has returned to its former firmware"


def _edition(name: str) -> str:
    return rf"updating: edition {name}"


async def _compile(
    house: House, enrolment: Enrolment, edition: str, **others: str
) -> list[str]:
    """Compile an edition; return its program and what `esphome` is told about it."""
    values = {
        "hub_url": house.dial_url,
        "hub_key": enrolment.hub_key,
        "registration_token": enrolment.registration_token,
        "upload_port": enrolment.upload_port,
        "upload_password": enrolment.upload_password,
        "edition": edition,
        **others,
    }
    program = await compile_firmware(UPDATING, values)
    arguments = [part for item in values.items() for part in ("-s", *item)]
    return [str(program), *arguments]


async def _upload(program: str, arguments: list[str]) -> str:
    """Have the real `esphome upload` bring a program; return what it says."""
    return await run_esphome(
        *arguments,
        *("upload", str(UPDATING), "--device", "127.0.0.1", "--file", program),
        data=BUILDS / UPDATING.stem,
    )


async def _start(house: House, name: str, mac: str) -> tuple[Enrolment, Device]:
    """Bring a device with the first edition into a session."""
    house.claim_board(mac, name)
    enrolment = await house.add_device(name)
    program, *_ = await _compile(house, enrolment, "first")
    folder = house.directory / f"{name}-program"
    folder.mkdir()
    # The board's own copy: an update takes its place.
    own = shutil.copy2(program, folder / "program")
    device = Device(name, folder / "program", house.directory)
    assert own == device.program
    device.wear(mac)
    house.devices.append(device)
    await device.start()
    await device.wait_for_log(_edition("first"))
    await device.wait_for_log(SESSION)
    entities: dict[str, str] = {}
    while "own-firmware" not in entities or "switch-0-relay" not in entities:
        await asyncio.sleep(0.2)
        entities = await house.entity_ids(enrolment.subentry_id)
    return enrolment, device


async def test_esphome_upload_reaches_a_device_that_listens_nowhere(
    house: House,
) -> None:
    """The real `esphome upload` takes an image to the hub, and the device runs it."""
    enrolment, device = await _start(house, "updated", "02:00:00:0C:5F:01")
    program, *arguments = await _compile(house, enrolment, "second")
    log = device.mark()
    told = await _upload(program, arguments)
    assert "OTA successful" in told
    await device.wait_for_log(r"updating: begun", since=log)
    await device.wait_for_log(r"updating: installed", since=log)
    await device.wait_for_log(_edition("second"), since=log)
    await device.wait_for_log(SESSION, since=log)
    registry = await house.entity_ids(enrolment.subentry_id)
    await house.client.call("switch.turn_on", entity_id=registry["switch-0-relay"])
    await device.wait_for_log(r"updating: relay on", since=log)
    await device.stop()


async def test_an_image_that_gives_no_session_is_returned_from(house: House) -> None:
    """A typing error in the address costs minutes, and no journey."""
    enrolment, device = await _start(house, "returning", "02:00:00:0C:5F:02")
    program, *arguments = await _compile(
        house,
        enrolment,
        "astray",
        hub_url="ws://127.0.0.1:9",
        session_within="10s",
    )
    log = device.mark()
    with pytest.raises(CompileFailed, match="(?i)error"):
        await _upload(program, arguments)
    await device.wait_for_log(_edition("astray"), since=log)
    await device.wait_for_log(r"given no session; returning", since=log)
    await device.wait_for_log(_edition("first"), since=log)
    await device.wait_for_log(SESSION, since=log)
    assert FELL_BACK in await audit_text(house)
    await device.stop()


async def test_an_image_that_crashes_is_returned_from_at_its_next_start(
    house: House,
) -> None:
    """As an ESP32's boot loader does; a host program is started again by its owner."""
    enrolment, device = await _start(house, "crashing", "02:00:00:0C:5F:03")
    program, *arguments = await _compile(house, enrolment, "crashing")
    log = device.mark()
    upload = asyncio.create_task(_upload(program, arguments))
    await device.wait_for_log(_edition("crashing"), since=log)
    await device.wait()
    await device.start()
    await device.wait_for_log(r"ended before it gave a session; returning", since=log)
    await device.wait_for_log(_edition("first"), since=log)
    await device.wait_for_log(SESSION, since=log)
    with pytest.raises(CompileFailed, match="(?i)error"):
        await upload
    assert FELL_BACK in await audit_text(house)
    await device.stop()


async def test_a_hub_that_is_killed_meanwhile_costs_another_upload(
    house: House,
) -> None:
    """The device runs what it ran, and takes the image from the hub that is back."""
    enrolment, device = await _start(house, "interrupted", "02:00:00:0C:5F:04")
    program, *arguments = await _compile(house, enrolment, "second")
    log = device.mark()
    upload = asyncio.create_task(_upload(program, arguments))
    await device.wait_for_log(r"updating: begun", since=log)
    await house.home_assistant.kill()
    with pytest.raises(CompileFailed, match="(?i)error"):
        await upload
    log, begun = device.mark(), log
    await house.restart()
    await device.wait_for_log(SESSION, since=log, timeout=60)
    assert "updating: installed" not in device.log(begun)
    registry = await house.entity_ids(enrolment.subentry_id)
    shown = await house.client.get(f"/api/states/{registry['own-firmware']}")
    assert shown["state"] == "off"
    assert shown["attributes"]["in_progress"] is False
    assert "OTA successful" in await _upload(program, arguments)
    await device.wait_for_log(_edition("second"), since=log)
    await device.wait_for_log(SESSION, since=log)
    await device.stop()
