"""A device asks Home Assistant for its time, a state, an action, an event and a tag."""

import time

import pytest

from lab.cycle import PERMITTED, WATERED
from lab.house import House

from .support import Enrolled, enrol

pytestmark = pytest.mark.asyncio(loop_scope="session")

TOLD = "sensor.told"
TAG = "04-BE-C4"


async def _ask(enrolled: Enrolled) -> int:
    """Press the button that asks; return where the log was before."""
    mark = enrolled.device.mark()
    await enrolled.house.client.call(
        "button.press", entity_id=enrolled.entity("button-0-ask")
    )
    return mark


async def _tell(house: House, state: str) -> None:
    await house.client.post(f"/api/states/{TOLD}", {"state": state})


async def test_a_device_is_given_what_it_is_allowed_and_nothing_before(
    house: House,
) -> None:
    """Refused, allowed in the user interface, done; a state that changes is told."""
    await _tell(house, "first")
    enrolled = await enrol(house, "asking", "02:00:00:0C:EF:41")
    device = enrolled.device
    # The time needs nobody's leave.
    clock = await device.wait_for_log(r"bench: clock (\d+)")
    assert abs(int(clock[1]) - time.time()) < 60

    mark = await _ask(enrolled)
    await device.wait_for_log("bench: no advice, not allowed", since=mark)
    await device.wait_for_log("does not let this device read sensor.told")
    assert "bench: told first" not in device.log()

    await house.permit(enrolled.enrolment, {**PERMITTED, "read": [TOLD], "tags": [TAG]})
    await device.wait_for_log("bench: told first")
    await _tell(house, "second")
    await device.wait_for_log("bench: told second")
    mark = await _ask(enrolled)
    await device.wait_for_log("bench: advice 24", since=mark)
    await house.client.wait_for_state(WATERED, "bench")
    for request in (4, 5, 6):
        await device.wait_for_log(rf"Request {request} answered: 0", since=mark)
