"""Devices enrol, show their entities and states, and obey."""

import asyncio

import pytest

from lab.house import House

from .support import enrol

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_two_devices_enrol_and_every_domain_obeys(house: House) -> None:
    """Two devices register, states arrive, and each domain's command is executed."""
    first = await enrol(house, "bench-a", "02:00:00:0C:EB:01")
    second = await enrol(house, "bench-b", "02:00:00:0C:EB:02")
    client = house.client

    ticks = first.entity("sensor-0-ticks")
    before = float(
        await client.wait_for_state(
            ticks, lambda s: s not in (None, "unknown", "unavailable")
        )
    )
    await client.wait_for_state(ticks, lambda s: float(s or 0) > before)
    attributes = await client.attributes(ticks)
    assert attributes["unit_of_measurement"] == "s"
    assert attributes["state_class"] == "measurement"

    # switch
    log = first.device.mark()
    await first.set_relay(True)
    await first.device.wait_for_log("bench: relay on", since=log)
    await client.wait_for_state(first.entity("switch-0-relay"), "on")
    await client.wait_for_state(second.entity("switch-0-relay"), "off")

    # button, and through it binary sensor and text sensor
    await client.call("button.press", entity_id=first.entity("button-0-beep"))
    await first.device.wait_for_log("bench: beep", since=log)
    await client.wait_for_state(first.entity("binary_sensor-0-door"), "on")
    await client.wait_for_state(first.entity("text_sensor-0-note"), "beeped")

    # number, and through it a sensor
    await client.call(
        "number.set_value", {"value": 42.5}, entity_id=first.entity("number-0-level")
    )
    await first.device.wait_for_log(r"bench: level 42\.5", since=log)
    await client.wait_for_state(first.entity("number-0-level"), "42.5")
    await client.wait_for_state(first.entity("sensor-0-gauge"), "42.5")

    # select
    await client.call(
        "select.select_option",
        {"option": "Boost"},
        entity_id=first.entity("select-0-mode"),
    )
    await first.device.wait_for_log("bench: mode Boost", since=log)
    await client.wait_for_state(first.entity("select-0-mode"), "Boost")

    # light: colour, brightness, effect
    lamp = first.entity("light-0-lamp")
    await client.call(
        "light.turn_on", {"rgb_color": [255, 0, 0], "brightness": 128}, entity_id=lamp
    )
    await client.wait_for_state(lamp, "on")
    await first.device.wait_for_log(r"bench: red 0\.[1-9]", since=log)
    attributes = await client.attributes(lamp)
    assert attributes["brightness"] in (127, 128)
    assert list(attributes["rgb_color"]) == [255, 0, 0]
    assert {"Pulse", "Drift"} <= set(attributes["effect_list"])
    await client.call("light.turn_on", {"effect": "Drift"}, entity_id=lamp)
    for _ in range(100):
        if (await client.attributes(lamp)).get("effect") == "Drift":
            break
        await asyncio.sleep(0.1)
    else:
        pytest.fail("the effect never showed")
    await client.call("light.turn_off", entity_id=lamp)
    await client.wait_for_state(lamp, "off")

    # valve
    tap = first.entity("valve-0-tap")
    await client.call("valve.close_valve", entity_id=tap)
    await client.wait_for_state(tap, "closed")
    await client.call("valve.set_valve_position", {"position": 25}, entity_id=tap)
    await client.wait_for_state(tap, "open")
    assert (await client.attributes(tap))["current_position"] == 25
    assert "bench: tap 0.25" in first.device.log(log)
    await client.call("valve.stop_valve", entity_id=tap)
    await first.device.wait_for_log("bench: tap stopped", since=log)

    assert "bench: relay on" not in second.device.log()


async def test_a_refused_option_is_told_and_nothing_happens(house: House) -> None:
    """An option that the device does not have is an error and changes nothing."""
    enrolled = await enrol(house, "bench-c", "02:00:00:0C:EB:03")
    select = enrolled.entity("select-0-mode")
    with pytest.raises(Exception, match="(?i)option"):
        await house.client.call(
            "select.select_option", {"option": "Warp"}, entity_id=select
        )
    assert await house.client.state(select) == "Normal"
