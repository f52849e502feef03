"""Revocation cuts a live device off at once, and for good."""

import time

import pytest

from lab.flows import remove_device
from lab.house import House

from .support import enrol

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_revoke_cuts_off_within_a_second_and_for_good(house: House) -> None:
    """The device hears it, wipes its identity, and its token no longer works."""
    enrolled = await enrol(house, "revoked", "02:00:00:0C:ED:01")
    device_id = await house.registry_id(enrolled.enrolment.subentry_id)
    log = enrolled.device.mark()
    began = time.monotonic()
    await house.client.call("oceanremote.revoke_device", {"device_id": device_id})
    await house.client.wait_for_state(
        enrolled.entity("switch-0-relay"), "unavailable", timeout=1.0
    )
    assert time.monotonic() - began < 1.0
    await enrolled.device.wait_for_log("bench: revoked", since=log)

    # Even with its flash erased it cannot come back: its registration token is spent.
    await enrolled.device.stop()
    mark = house.home_assistant.mark()
    log = enrolled.device.mark()
    enrolled.device.erase()
    await enrolled.device.start()
    await house.home_assistant.wait_for_log("refused: unknown_handle", since=mark)
    assert "bench: session" not in enrolled.device.log(log)
    assert await house.client.state(enrolled.entity("switch-0-relay")) == "unavailable"
    await enrolled.device.stop()


async def test_a_device_deleted_while_the_hub_is_disabled_waits_for_a_decision(
    house: House,
) -> None:
    """The hub did not hear of it: the list may be the older one, so it asks."""
    enrolled = await enrol(house, "deleted", "02:00:00:0C:ED:02")
    client, entry_id = house.client, house.entry_id
    await client.command(
        "config_entries/disable", entry_id=entry_id, disabled_by="user"
    )
    await remove_device(client, entry_id, enrolled.enrolment.subentry_id)
    log, mark = enrolled.device.mark(), house.home_assistant.mark()
    await client.command("config_entries/disable", entry_id=entry_id, disabled_by=None)
    await house.home_assistant.wait_for_log("not_adopted", since=mark, timeout=60)
    assert "bench: session" not in enrolled.device.log(log)
    assert "bench: revoked" not in enrolled.device.log(log)

    fix = "/api/repairs/issues/fix"
    flow = await client.post(fix, {"handler": "oceanremote", "issue_id": "found"})
    path = f"{fix}/{flow['flow_id']}"
    await client.post(path, {"next_step_id": "revoke"})
    await client.post(path, {"devices": [], "all_devices": True})
    # It was told to come back in a minute.
    await enrolled.device.wait_for_log("bench: revoked", since=log, timeout=120)
    assert "bench: session" not in enrolled.device.log(log)
    await enrolled.device.stop()
