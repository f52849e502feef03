"""Registration tokens are for one device, once; a MAC address is for one device."""

import asyncio
from pathlib import Path

import pytest

from lab.firmware import Device
from lab.house import House

from .conftest import BENCH
from .support import REGISTERED, SESSION, audit_text, enrol, prepare

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_used_token_registers_no_other_board(house: House) -> None:
    """Firmware copied to another board after registration is refused."""
    enrolled = await enrol(house, "token-used", "02:00:00:0C:EC:01")
    thief = await house.flash(
        "token-thief", BENCH, enrolled.enrolment, mac="02:00:00:0C:EC:02"
    )
    log = house.home_assistant.mark()
    await thief.start()
    await house.home_assistant.wait_for_log("token_used|wrong_mac", since=log)
    assert "bench: registered" not in thief.log()
    await enrolled.set_relay(True)
    await thief.stop()


async def test_a_new_token_ends_the_old_one(house: House) -> None:
    """A token that was replaced before its use registers nobody."""
    enrolment, device = await prepare(house, "token-old", "02:00:00:0C:EC:03")
    device_id = await house.registry_id(enrolment.subentry_id)
    answer = await house.client.call(
        "oceanremote.issue_registration_token",
        {"device_id": device_id},
        response=True,
    )
    assert "oc_reg_" in str(answer)
    log = house.home_assistant.mark()
    await device.start()
    await house.home_assistant.wait_for_log("refused: unknown_handle", since=log)
    assert "bench: registered" not in device.log()
    await device.stop()


async def test_one_mac_enrolled_twice_asks_the_person(house: House) -> None:
    """A second enrolment of an active MAC is refused and becomes a repair issue."""
    mac = "02:00:00:0C:EC:04"
    first = await enrol(house, "mac-first", mac)
    await first.device.stop()
    _, second = await prepare(house, "mac-second", mac, same_board_as="mac-first")
    log = house.home_assistant.mark()
    await second.start()
    await house.home_assistant.wait_for_log("mac_active_elsewhere", since=log)
    issues = await house.client.command("repairs/list_issues")
    mine = [i for i in issues["issues"] if i["domain"] == "oceanremote"]
    assert any("mac" in issue["translation_key"] for issue in mine), mine
    assert not second.running or REGISTERED not in second.log()
    await second.stop()
    await first.device.start()
    await house.client.wait_for_state(first.entity("switch-0-relay"), "off")


async def test_an_expired_token_is_refused_and_stays_so(tmp_path: Path) -> None:
    """A day later the token is dead, and setting the clock back does not revive it."""
    house = House(tmp_path)
    hub = house.home_assistant
    try:
        await house.build()
        _, device = await prepare(house, "expired", "02:00:00:0C:EC:05")
        await house.until_started()
        for hours in (25, 0):
            await hub.stop()
            hub.shift_clock(hours)
            await house.restart()
            mark = hub.mark()
            # Started anew, it does not sit out the pause after a refusal.
            await device.start()
            await hub.wait_for_log("token_expired", since=mark, timeout=90)
            await device.stop()
        assert "bench: registered" not in device.log()
    finally:
        await house.tear_down()


async def test_a_month_later_the_permanent_token_is_renewed(tmp_path: Path) -> None:
    """The device proves with the new one from then on, after a power cut, too."""
    house = House(tmp_path)
    hub = house.home_assistant
    try:
        await house.build()
        enrolled = await enrol(house, "month", "02:00:00:0C:EC:06")
        device = enrolled.device
        before = _flash_of(device)
        await house.until_started()
        await hub.stop()
        hub.shift_clock(31 * 24)
        await house.restart()
        await house.until_started()
        await _until_audited(house, "renewed by itself")
        await enrolled.set_relay(True)
        await device.wait_for_log("bench: relay on")
        assert _flash_of(device) != before

        await device.kill()
        seen = device.mark()
        await device.start()
        await device.wait_for_log(SESSION, since=seen)
        assert REGISTERED not in device.log(seen)
        # A session that has not proved the new token would have it sent once more.
        assert (await audit_text(house)).count("renewed by itself") == 1
    finally:
        await house.tear_down()


def _flash_of(device: Device) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in device.flash.iterdir()}


async def _until_audited(house: House, what: str) -> None:
    async with asyncio.timeout(60):
        while what not in await audit_text(house):  # noqa: ASYNC110 - asked of a process
            await asyncio.sleep(0.5)
