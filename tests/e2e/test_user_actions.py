"""Actions that a device's YAML defines, called through Home Assistant's interfaces."""

import pytest
import pytest_asyncio

from lab.client import ApiError
from lab.house import House

from .support import Enrolled, enrol

pytestmark = pytest.mark.asyncio(loop_scope="session")

MEASURED = {"level": 22.5, "unit": "cm"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def well(house: House) -> Enrolled:
    """A device that runs and has told its actions."""
    return await enrol(house, "well", "02:00:00:0C:EF:51")


async def test_an_action_says_what_it_takes(house: House, well: Enrolled) -> None:
    actions = (await house.client.command("get_services"))["oceanremote"]
    measure = actions["well_measure"]
    assert measure["description"] == "Measures the level"
    assert measure["response"] == {"optional": True}
    offset = measure["fields"]["offset"]
    assert (offset["description"], offset["required"]) == ("In centimetres", True)
    assert "response" not in actions["well_check"]


async def test_a_response_comes_by_websocket_and_by_rest(
    house: House, well: Enrolled
) -> None:
    data = {"offset": 2.5}
    answer = await house.client.call("oceanremote.well_measure", data, response=True)
    assert answer == MEASURED
    path = "/api/services/oceanremote/well_measure"
    answer = await house.client.post(f"{path}?return_response", data)
    assert answer["service_response"] == MEASURED
    # Who wants no response gets none.
    assert await house.client.post(path, data) == []


async def test_what_a_device_refuses_is_told_with_its_reason(
    house: House, well: Enrolled
) -> None:
    await house.client.call("oceanremote.well_check", {"works": True})
    with pytest.raises(ApiError, match="out of order"):
        await house.client.call("oceanremote.well_check", {"works": False})


async def test_what_an_action_cannot_take_never_reaches_the_device(
    house: House, well: Enrolled
) -> None:
    mark = well.device.mark()
    for wrong in ({}, {"works": "perhaps"}, {"works": True, "more": 1}):
        with pytest.raises(ApiError):
            await house.client.call("oceanremote.well_check", wrong)
    await house.client.call("oceanremote.well_check", {"works": True})
    await well.device.wait_for_log("bench: check", since=mark)
    assert well.device.log(mark).count("bench: check") == 1


async def test_while_the_device_is_away_its_action_fails_at_once(
    house: House, well: Enrolled
) -> None:
    await well.device.stop()
    await house.client.wait_for_state(well.entity("switch-0-relay"), "unavailable")
    assert "well_measure" in (await house.client.command("get_services"))["oceanremote"]
    with pytest.raises(ApiError):
        await house.client.call("oceanremote.well_measure", {"offset": 1})
