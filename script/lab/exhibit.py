"""What the demo shows of security: a stolen flash, a ban, and what the log says."""

from collections.abc import Callable
import json

from .commands import YAML, far_values
from .cycle import PROVED
from .firmware import Device
from .house import House

LAMP_MAC = "02:0C:EA:00:00:04"
SCANNER = "203.0.113.9"
SHOWN = ("quarantined", "banned")


async def exhibit(house: House, say: Callable[[str], None]) -> list[str]:
    """Enrol a third device, start a copy of its flash, ban an address.

    Returns the audit records of both, as they lie on disk.
    """
    say("adding a third device, and stealing its flash")
    enrolment = await house.add_device("Old lamp")
    lamp = await house.flash(
        "old-lamp", YAML, enrolment, mac=LAMP_MAC, more=far_values(enrolment)
    )
    await lamp.start()
    await lamp.wait_for_log(PROVED)
    thief = Device("stolen-flash", lamp.program, house.directory)
    house.devices.append(thief)
    thief.copy_flash_of(lamp)
    await thief.start()
    entities = await house.entity_ids(enrolment.subentry_id)
    await house.client.wait_for_state(entities["own-status"], "quarantined")
    await thief.stop()
    say("the hub has noticed two boards with one identity: quarantined")
    await house.client.call("oceanremote.ban", {"address": SCANNER})
    exported = await house.client.call(
        "oceanremote.export_audit", {"limit": 100}, response=True
    )
    return [line for line in exported["lines"] if json.loads(line)["kind"] in SHOWN]
