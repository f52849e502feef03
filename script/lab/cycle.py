"""Two devices through one full cycle: enrol, states, commands, rotations.

Every number in the report is counted from what Home Assistant and the devices' own
logs say, and a step that does not happen raises.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
import re
from typing import Any

from .commands import YAML as PUMP_YAML, Commands, far_values, prepare_commands
from .firmware import Device, run_esphome
from .flows import Enrolment
from .house import House
from .paths import CACHE, LAB

PUMP_MAC = "02:0C:EA:00:00:01"
STATION_MAC = "02:0C:EA:00:00:02"
STATION_YAML = LAB / "yaml" / "tls" / "weather-station.tls.yaml"
SECURE = r"Hub: wss://"
REGISTERED = r"Registered with the hub"
PROVED = r"Session ([0-9a-f]{8}) proved"
ROTATED = r"Session rotated: ([0-9a-f]{8}) "
STATES_SECONDS = 30.0
# What the pump's YAML asks, and where Home Assistant's configuration shows it.
PERMITTED = {
    "actions": [
        {
            "action": "script.watering_advice",
            "templates": ["{{ response.minutes }}"],
        }
    ],
    "events": ["garden_pump_started"],
}
WATERED = "sensor.watering_started_by"
ABSENT = (None, "unknown", "unavailable")


class CycleFailed(Exception):
    """Something that the cycle is meant to show did not happen."""


@dataclass
class Member:
    """One enrolled device of the pair."""

    enrolment: Enrolment
    device: Device
    entities: dict[str, str]


@dataclass
class Pair:
    """The garden pump and the weather station."""

    pump: Member
    station: Member

    @property
    def members(self) -> tuple[Member, Member]:
        """Both devices."""
        return self.pump, self.station


async def _enrol(
    house: House,
    title: str,
    file: Path,
    mac: str,
    *,
    secure: bool = False,
    far: bool = False,
) -> Member:
    enrolment = await house.add_device(title)
    device = await house.flash(
        title.lower().replace(" ", "-"),
        file,
        enrolment,
        mac=mac,
        url=house.secure_url if secure else None,
        authority=house.authority if secure else None,
        more=far_values(enrolment) if far else None,
    )
    if far:
        device.own_program()
    await device.start()
    await device.wait_for_log(REGISTERED)
    await device.wait_for_log(PROVED)
    return Member(enrolment, device, {})


async def _find_entities(house: House, member: Member, *wanted: str) -> None:
    for _ in range(200):
        member.entities = await house.entity_ids(member.enrolment.subentry_id)
        if member.entities.keys() >= set(wanted):
            return
        await asyncio.sleep(0.1)
    raise CycleFailed(f"{member.device.name} has no {wanted}: {member.entities}")


async def enrol_pair(house: House) -> Pair:
    """Enrol both devices in the user interface and start their firmware.

    The pump dials Home Assistant itself, the weather station by TLS.
    """
    await house.serve_tls()
    pump = await _enrol(house, "Garden pump", PUMP_YAML, PUMP_MAC, far=True)
    station = await _enrol(
        house, "Weather station", STATION_YAML, STATION_MAC, secure=True
    )
    await _find_entities(house, pump, "switch-0-pump")
    await _find_entities(house, station, "light-0-beacon", "cover-0-awning")
    return Pair(pump, station)


async def commands_for(house: House, pump: Member) -> Commands:
    """Return ESPHome's own commands for the pump; they work from now on."""
    return await prepare_commands(house, pump.enrolment, pump.device, PUMP_MAC)


async def _count_states(house: House, pair: Pair) -> int:
    """Wait until both devices' measurements are there; return how many states are."""
    for unique, member in (
        ("sensor-0-flow", pair.pump),
        ("select-0-mode", pair.pump),
        ("sensor-0-temperature", pair.station),
    ):
        await house.client.wait_for_state(
            member.entities[unique], lambda state: state not in ABSENT, STATES_SECONDS
        )
    count = 0
    for member in pair.members:
        for unique, entity_id in member.entities.items():
            if re.match(r"[a-z_]+-\d+-", unique):
                state = await house.client.state(entity_id)
                count += state not in ABSENT
    return count


async def _command(house: House, pair: Pair) -> int:
    """Command pump, mode, beacon, awning and heating; each must show in its own log."""
    pump, station, call = pair.pump, pair.station, house.client.call
    commands: tuple[tuple[Member, str, str, dict[str, Any], str], ...] = (
        (pump, "switch.turn_on", "switch-0-pump", {}, r"(?i)command.*Pump.*ON"),
        (
            pump,
            "select.select_option",
            "select-0-mode",
            {"option": "Full"},
            r"(?i)command.*Mode.*Full",
        ),
        (
            station,
            "light.turn_on",
            "light-0-beacon",
            {"rgb_color": [0, 128, 255]},
            r"(?i)command.*Beacon",
        ),
        (
            station,
            "cover.open_cover",
            "cover-0-awning",
            {},
            r"(?i)command.*Awning.*100%",
        ),
        (
            station,
            "climate.set_temperature",
            "climate-0-cabin_heating",
            {"temperature": 27.5},
            r"The heater runs",
        ),
        (
            station,
            "climate.set_preset_mode",
            "climate-0-cabin_heating",
            {"preset_mode": "away"},
            r"The heater rests",
        ),
        (pump, "switch.turn_off", "switch-0-pump", {}, r"(?i)command.*Pump.*OFF"),
    )
    for member, action, unique, data, shown in commands:
        mark = member.device.mark()
        await call(action, data, entity_id=member.entities[unique])
        await member.device.wait_for_log(shown, since=mark)
    await house.client.wait_for_state(pump.entities["switch-0-pump"], "off")
    await house.client.wait_for_state(station.entities["cover-0-awning"], "open")
    await house.client.wait_for_state(
        station.entities["climate-0-cabin_heating"], "heat"
    )
    return len(commands)


async def _ask(house: House, pair: Pair) -> int:
    """Let the pump ask, in vain and then with permission; return what was done."""
    pump, call = pair.pump, house.client.call
    button = pump.entities["button-0-ask_for_advice"]
    mark = pump.device.mark()
    await call("button.press", entity_id=button)
    await pump.device.wait_for_log(r"No advice: not allowed", since=mark)
    await house.permit(pump.enrolment, PERMITTED)
    await call("button.press", entity_id=button)
    await house.client.wait_for_state(
        pump.entities["number-0-watering_time"], lambda state: float(state or 0) == 24
    )
    await house.client.wait_for_state(WATERED, "advice")
    return 2


async def _rotate(house: House, pair: Pair) -> int:
    """Renew each device's session twice; the devices say that it happened."""
    for member in pair.members:
        device_id = await house.registry_id(member.enrolment.subentry_id)
        for _ in range(2):
            mark = member.device.mark()
            await house.client.call(
                "oceanremote.renew_session", {"device_id": device_id}
            )
            await member.device.wait_for_log(ROTATED, since=mark)
    return sum(len(re.findall(ROTATED, m.device.log())) for m in pair.members)


def _session_ids(pair: Pair) -> list[str]:
    return [
        found
        for member in pair.members
        for pattern in (PROVED, ROTATED)
        for found in re.findall(pattern, member.device.log())
    ]


async def run_cycle(house: House, pair: Pair) -> dict[str, Any]:
    """Run the cycle and return its report; raises where a step did not happen."""
    states = await _count_states(house, pair)
    commands = await _command(house, pair)
    asked = await _ask(house, pair)
    rotations = await _rotate(house, pair)
    session_ids = _session_ids(pair)
    if len(set(session_ids)) != rotations + len(pair.members):
        raise CycleFailed(f"session ids are not distinct: {session_ids}")
    version = await run_esphome("version", data=CACHE / "lab-firmware")
    found = re.search(r"\d{4}\.\d+\.\d+", version)
    if found is None:
        raise CycleFailed(f"no version in {version!r}")
    return {
        "ha_version": (await house.client.get("/api/config"))["version"],
        "esphome_version": found[0],
        "devices": len(pair.members),
        "registered": sum(
            bool(re.search(REGISTERED, member.device.log())) for member in pair.members
        ),
        "through_tls": sum(
            bool(re.search(SECURE, member.device.log())) for member in pair.members
        ),
        "states_received": states,
        "commands_acknowledged": commands,
        "requests_done": asked,
        "rotations": rotations,
        "session_ids_distinct": len(set(session_ids)) == len(session_ids),
    }
