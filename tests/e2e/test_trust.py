"""Standing, with real firmware: a stolen flash, and a newcomer who waits for approval."""

import asyncio
import json
import re
from typing import Any

import pytest

from lab.exhibit import exhibit
from lab.flows import OPTIONS_FLOW, run_flow
from lab.house import House

from .support import prepare, wait_for_relay

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def require_approval(house: House, *, required: bool) -> None:
    """Set the option as a person does."""
    steps = await run_flow(
        house.client,
        OPTIONS_FLOW,
        {"handler": house.entry_id},
        {"approval_required": required, "accept_warnings": True},
    )
    assert steps[-1]["type"] == "create_entry"


async def approval_issue(house: House, subentry_id: str) -> dict[str, Any]:
    """Wait for the repair issue that asks for approval."""
    for _ in range(100):
        listed = await house.client.command("repairs/list_issues")
        for issue in listed["issues"]:
            if issue["issue_id"] == f"approval_{subentry_id}":
                return dict(issue)
        await asyncio.sleep(0.1)
    raise TimeoutError("nobody asks for approval")


async def test_a_stolen_flash_is_noticed(house: House) -> None:
    """Two boards with one identity: quarantined, and the log says why."""
    records = [json.loads(line) for line in await exhibit(house, print)]
    assert [record["kind"] for record in records][-2:] == ["quarantined", "banned"]
    assert records[-2]["detail"]["what"] in (
        "two live links",
        "a handshake counter was used twice",
    )
    await house.client.call("oceanremote.unban", {"address": "203.0.113.9"})
    await house.devices[-2].stop()


async def test_board_and_home_assistant_show_the_same_code(house: House) -> None:
    """Nothing counts before an administrator has compared it and approved."""
    await require_approval(house, required=True)
    try:
        enrolment, device = await prepare(house, "newcomer", "02:00:00:0C:E9:01")
        await device.start()
        match = await device.wait_for_log(r"Code for comparison: (\d{3} \d{3})")
        issue = await approval_issue(house, enrolment.subentry_id)
        shown = re.findall(r"Code for comparison: (\d{3} \d{3})", device.log())
        assert match[1] in shown
        assert issue["translation_placeholders"]["code"] == shown[-1]
        entities = await house.entity_ids(enrolment.subentry_id)
        status = entities["own-status"]
        assert await house.client.state(status) == "waiting_for_approval"
        assert "switch-0-relay" not in entities
        registry_id = await house.registry_id(enrolment.subentry_id)
        await house.client.call(
            "oceanremote.approve_device", {"device_id": registry_id}
        )
        await house.client.wait_for_state(status, "online")
        # What it said before was not kept: it describes itself and its states again.
        await wait_for_relay(house, enrolment)
        await device.stop()
    finally:
        await require_approval(house, required=False)
