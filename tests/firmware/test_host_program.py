"""Real firmware, compiled for the host, against a hub made of the protocol core."""

import base64

import pytest

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    DescriptionReceived,
    Domain,
    EntityAddress,
    EntityCategory,
    GoodbyeReceived,
    HubSettings,
    LinkClosed,
    NumberMode,
    RegistrationProved,
    SessionProved,
    StateClass,
)
from custom_components.oceanremote.protocol.messages import CommandStatus
from lab.firmware import Device
from tests.support.commands import (
    button_command,
    light_command,
    number_command,
    select_command,
    switch_command,
)

from .bench_hub import BenchHub

MAC = bytes.fromhex("020cea000010")


async def _run(device: Device, hub: BenchHub) -> SessionProved:
    await device.start()
    return await hub.wait_until_ready()


async def test_a_new_device_registers_and_opens_a_session(
    hub: BenchHub, device: Device
) -> None:
    session = await _run(device, hub)
    registration = await hub.wait_for(RegistrationProved)
    assert registration.mac == session.mac == MAC
    assert registration.device_key == session.device_key
    assert (session.generation, session.epoch, session.rotated) == (1, 2, False)
    assert session.counter > registration.counter
    facts = session.ready.facts
    assert (facts.name, facts.friendly_name) == ("everything", "Everything")
    assert (facts.board, facts.platform) == ("host", "host")
    assert (facts.esphome_version, facts.project_version) == ("2026.10.0", "1.2")
    assert (facts.area, facts.safe_mode) == ("Südgarten", False)
    await device.wait_for_log("Registered with the hub")
    await device.wait_for_log(
        rf"Session {session.session_id[:4].hex()} proved, 58 min 48 s"
    )
    await device.wait_for_log(r"main:\d+\]: registered")
    await device.wait_for_log(r"main:\d+\]: connected")


async def test_the_identity_is_a_file_for_its_owner_only(
    hub: BenchHub, device: Device
) -> None:
    await _run(device, hub)
    record = device.flash / "everything.oceanremote"
    assert record.stat().st_size == 192
    assert record.stat().st_mode & 0o777 == 0o600
    assert not record.with_suffix(".oceanremote.new").exists()


async def test_no_secret_is_logged(hub: BenchHub, device: Device) -> None:
    await _run(device, hub)
    await device.stop()
    assert hub.registry.active is not None
    for secret in (hub.registry.token.secret, hub.registry.active[2]):
        assert secret.hex() not in device.log().lower()
    assert hub.registry.token.text not in device.log()


async def test_every_entity_describes_itself(hub: BenchHub, device: Device) -> None:
    await _run(device, hub)
    found = hub.entities
    door = found[Domain.BINARY_SENSOR, "door"]
    assert (door.name, door.device_class, door.icon) == ("Door", "door", "mdi:door")
    level = found[Domain.SENSOR, "level"]
    assert (level.unit, level.device_class) == ("cm", "distance")
    assert (level.properties.state_class, level.properties.accuracy_decimals) == (
        StateClass.MEASUREMENT,
        1,
    )
    assert level.properties.force_update
    beep = found[Domain.BUTTON, "beep"]
    assert beep.entity_category is EntityCategory.DIAGNOSTIC
    assert beep.disabled_by_default
    target = found[Domain.NUMBER, "target"]
    range_ = target.properties
    assert (range_.min_value, range_.max_value, range_.step) == (0.0, 10.0, 0.5)
    assert target.entity_category is EntityCategory.CONFIG
    assert target.properties.mode is NumberMode.BOX
    assert found[Domain.SELECT, "mode"].properties.options == ("One", "Two")
    lamp = found[Domain.LIGHT, "lamp"]
    assert lamp.properties.effects == ("Breathe", "Drift")
    assert lamp.properties.color_modes == (35,)
    assert found[Domain.TEXT_SENSOR, "device_id"].name == "Device ID"
    assert all(entity.address.sub == 0 for entity in found.values())


async def test_a_description_is_larger_than_any_frame(
    hub: BenchHub, device: Device
) -> None:
    """Frames of 1,024 bytes, 70 effects and 70 options: none of them is lost."""
    await _run(device, hub)
    description = await hub.wait_for(DescriptionReceived)
    assert len(description.data) > 4 * 1024
    fairground = hub.entities[Domain.LIGHT, "fairground"]
    assert fairground.properties.effects == tuple(
        f"Effect {number:02} of the fairground at night" for number in range(1, 71)
    )
    programme = hub.entities[Domain.SELECT, "programme"]
    assert programme.properties.options == tuple(
        f"Programme {n:02}" for n in range(1, 71)
    )
    await hub.wait_for_state(Domain.SELECT, "programme", "Programme 70".__eq__)


async def test_the_last_of_many_effects_can_be_started(
    hub: BenchHub, device: Device
) -> None:
    await _run(device, hub)
    effect = "Effect 70 of the fairground at night"
    await _done(hub, Domain.LIGHT, "fairground", light_command(on=True, effect=effect))
    await hub.wait_for_state(
        Domain.LIGHT, "fairground", lambda value: value.effect == effect
    )


async def test_nothing_is_said_to_be_left_out_where_every_kind_is_carried(
    hub: BenchHub, device: Device
) -> None:
    """Neither in the log nor to the hub; an internal entity is nobody's business."""
    await _run(device, hub)
    assert hub.skipped == ()
    assert "Not seen by the hub" not in device.log()


async def test_two_names_without_a_letter_of_ascii_are_two_entities(
    hub: BenchHub, device: Device
) -> None:
    """ESPHome's own object ids are equal on the board, byte by byte."""
    await _run(device, hub)
    assert hub.entities[Domain.SENSOR, "____"].name == "Свет"
    assert hub.entities[Domain.SENSOR, "__"].name == "💧💡"


async def test_an_internal_entity_does_not_exist_for_the_hub(
    hub: BenchHub, device: Device
) -> None:
    await _run(device, hub)
    assert (Domain.SWITCH, "hidden") not in hub.entities
    # ESPHome's key of an entity is the FNV-1 hash of its object id.
    key = 2166136261
    for byte in b"hidden":
        key = (key * 16777619 & 0xFFFFFFFF) ^ byte
    result = await hub.command(
        EntityAddress(Domain.SWITCH, 0, key), switch_command(True)
    )
    assert isinstance(result, CommandCompleted)
    assert (result.status, result.reason) == (CommandStatus.REFUSED, "unknown entity")


async def test_the_first_states_tell_everything(hub: BenchHub, device: Device) -> None:
    await _run(device, hub)
    wanted = {
        entity.address
        for (domain, _), entity in hub.entities.items()
        if domain is not Domain.BUTTON
    }
    await hub.wait_for_states(wanted)
    assert hub.states[hub.address(Domain.TEXT_SENSOR, "note")] is None
    assert hub.states[hub.address(Domain.TEXT_SENSOR, "device_id")] == MAC.hex()
    assert hub.states[hub.address(Domain.BINARY_SENSOR, "connected")] is True


async def _done(
    hub: BenchHub, domain: Domain, object_id: str, args: dict[int, object]
) -> None:
    result = await hub.command(hub.address(domain, object_id), args)
    assert isinstance(result, CommandCompleted)
    assert (result.status, result.reason) == (CommandStatus.DONE, "")


async def test_a_switch_is_switched(hub: BenchHub, device: Device) -> None:
    await _run(device, hub)
    for on in (True, False):
        await _done(hub, Domain.SWITCH, "relay", switch_command(on))
        await hub.wait_for_state(Domain.SWITCH, "relay", lambda value: value is on)  # noqa: B023
        await device.wait_for_log(f"Command switch 'Relay' -> {'ON' if on else 'OFF'}")


async def test_a_button_is_pressed(hub: BenchHub, device: Device) -> None:
    await _run(device, hub)
    await _done(hub, Domain.BUTTON, "beep", button_command())
    await hub.wait_for_state(Domain.BINARY_SENSOR, "door", lambda value: value)
    await hub.wait_for_state(
        Domain.TEXT_SENSOR, "note", lambda value: value == "beeped"
    )
    await device.wait_for_log("Command button 'Beep' -> pressed")


async def test_a_number_is_set(hub: BenchHub, device: Device) -> None:
    await _run(device, hub)
    await _done(hub, Domain.NUMBER, "target", number_command(4.5))
    await hub.wait_for_state(Domain.NUMBER, "target", lambda value: value == 4.5)
    await hub.wait_for_state(Domain.SENSOR, "level", lambda value: value == 4.5)
    await device.wait_for_log(r"Command number 'Target' -> 4\.5")


async def test_decimals_are_those_of_the_yaml(hub: BenchHub, device: Device) -> None:
    """Not what their 32 bits are in 64; and the largest one can be set."""
    await _run(device, hub)
    setpoint = hub.entities[Domain.NUMBER, "setpoint"].properties
    assert (setpoint.min_value, setpoint.max_value, setpoint.step) == (0.1, 0.7, 0.1)
    await hub.wait_for_state(Domain.NUMBER, "setpoint", lambda value: value == 0.3)
    await hub.wait_for_state(Domain.SENSOR, "voltage", lambda value: value == 3.3)
    for value in (0.7, 0.1):
        await _done(hub, Domain.NUMBER, "setpoint", number_command(value))
        await hub.wait_for_state(Domain.NUMBER, "setpoint", value.__eq__)


async def test_an_option_is_selected(hub: BenchHub, device: Device) -> None:
    await _run(device, hub)
    await _done(hub, Domain.SELECT, "mode", select_command("Two"))
    await hub.wait_for_state(Domain.SELECT, "mode", lambda value: value == "Two")
    await device.wait_for_log("Command select 'Mode' -> Two")


async def test_a_light_takes_brightness_colour_and_effects(
    hub: BenchHub, device: Device
) -> None:
    await _run(device, hub)
    command = light_command(on=True, brightness=0.5, rgb=(1.0, 0.5, 0.0))
    await _done(hub, Domain.LIGHT, "lamp", command)
    lamp = await hub.wait_for_state(Domain.LIGHT, "lamp", lambda value: value.on)
    assert (lamp.brightness, lamp.rgb) == (0.5, (1.0, 0.5, 0.0))
    assert (lamp.color_mode, lamp.effect) == (35, "None")
    await device.wait_for_log("Command light 'Lamp' -> ON")
    await _done(hub, Domain.LIGHT, "lamp", light_command(effect="Drift"))
    await hub.wait_for_state(Domain.LIGHT, "lamp", lambda v: v.effect == "Drift")
    await _done(hub, Domain.LIGHT, "lamp", light_command(effect="None"))
    await hub.wait_for_state(Domain.LIGHT, "lamp", lambda v: v.effect == "None")
    await _done(hub, Domain.LIGHT, "lamp", light_command(on=False))
    await hub.wait_for_state(Domain.LIGHT, "lamp", lambda value: not value.on)


@pytest.mark.parametrize(
    ("domain", "object_id", "args", "reason"),
    [
        (Domain.NUMBER, "target", number_command(10.5), "value out of range"),
        (Domain.NUMBER, "target", number_command(-1.0), "value out of range"),
        (Domain.SELECT, "mode", select_command("Three"), "unknown option"),
        (Domain.LIGHT, "lamp", light_command(effect="Nope"), "unknown effect"),
        (
            Domain.LIGHT,
            "lamp",
            light_command(color_mode=7),
            "colour mode not supported",
        ),
    ],
)
async def test_what_an_entity_cannot_do_is_refused(
    hub: BenchHub,
    device: Device,
    domain: Domain,
    object_id: str,
    args: dict[int, object],
    reason: str,
) -> None:
    await _run(device, hub)
    result = await hub.command(hub.address(domain, object_id), args)
    assert isinstance(result, CommandCompleted)
    assert (result.status, result.reason) == (CommandStatus.REFUSED, reason)
    await device.wait_for_log(f"Command 1 refused: {reason}")


async def test_a_command_that_comes_too_late_is_not_obeyed(
    hub: BenchHub, device: Device
) -> None:
    await _run(device, hub)
    hub.hold()
    await hub.command(
        hub.address(Domain.SWITCH, "relay"), switch_command(True), timeout=0.05
    )
    await hub.release()
    await _done(hub, Domain.NUMBER, "target", number_command(1.0))
    assert "Command switch 'Relay'" not in device.log()


async def test_sessions_rotate_while_commands_flow(
    hub: BenchHub, device: Device
) -> None:
    first = await _run(device, hub)
    ids = {first.session_id}
    for number in range(1, 4):
        mark = len(hub.events)
        await hub.act(lambda connection, now: connection.rotate(now))
        for on in (True, False):
            await _done(hub, Domain.SWITCH, "relay", switch_command(on))
        session = await hub.wait_for(SessionProved, mark)
        assert session.rotated
        assert session.epoch == first.epoch + number
        ids.add(session.session_id)
    assert len(ids) == 4
    assert device.log().count("Command switch 'Relay'") == 6
    assert not any(isinstance(event, LinkClosed) for event in hub.events)
    await device.wait_for_log(r"Session rotated: [0-9a-f]{8} \(epoch 5\)")


async def test_a_device_asks_for_a_rotation_by_its_action(
    hub: BenchHub, device: Device
) -> None:
    await _run(device, hub)
    mark = len(hub.events)
    await _done(hub, Domain.BUTTON, "rotate", button_command())
    assert (await hub.wait_for(SessionProved, mark)).rotated


async def test_a_device_ends_an_expired_session_and_comes_back(
    hub: BenchHub, device: Device
) -> None:
    hub.settings = HubSettings(
        lifetime=4, ping_interval=2, ping_timeout=1, handshake_timeout=3
    )
    first = await _run(device, hub)
    await device.wait_for_log("Disconnected: session expired", timeout=10)
    again = await hub.wait_until_ready(hub.events.index(first) + 1)
    assert again.session_id != first.session_id


async def test_a_lost_link_comes_back_with_all_states(
    hub: BenchHub, device: Device
) -> None:
    await _run(device, hub)
    await _done(hub, Domain.SWITCH, "relay", switch_command(True))
    await hub.wait_for_state(Domain.SWITCH, "relay", lambda value: value)
    mark = len(hub.events)
    hub.states.clear()
    await hub.drop()
    session = await hub.wait_until_ready(mark)
    assert (session.rotated, session.epoch) == (False, 1)
    assert not any(isinstance(event, RegistrationProved) for event in hub.events[mark:])
    await hub.wait_for_state(Domain.SWITCH, "relay", lambda value: value)
    await hub.wait_for_state(Domain.SENSOR, "reconnects", lambda value: value == 1.0)
    await device.wait_for_log(r"main:\d+\]: disconnected")


async def test_a_restarted_device_keeps_its_identity(
    hub: BenchHub, device: Device
) -> None:
    first = await _run(device, hub)
    await device.kill()
    mark = len(hub.events)
    await device.start()
    again = await hub.wait_until_ready(mark)
    assert again.device_key == first.device_key
    assert again.counter > first.counter
    assert device.log().count("No identity: making a new key") == 1
    assert not any(isinstance(event, RegistrationProved) for event in hub.events[mark:])


async def test_a_device_that_is_stopped_says_goodbye(
    hub: BenchHub, device: Device
) -> None:
    await _run(device, hub)
    await device.stop()
    assert (await hub.wait_for(GoodbyeReceived)).next_wakeup == 0


async def test_a_restart_by_command_is_answered_before_the_goodbye(
    hub: BenchHub, device: Device
) -> None:
    await _run(device, hub)
    mark = len(hub.events)
    await _done(hub, Domain.BUTTON, "restart", button_command())
    await hub.wait_for(GoodbyeReceived, mark)
    told = [type(event) for event in hub.events[mark:]]
    assert told.index(CommandCompleted) < told.index(GoodbyeReceived)
    assert told.count(CommandCompleted) == 1
    assert await device.wait() == 0


async def test_the_ticket_of_the_last_session_is_shown_when_it_dials_again(
    hub: BenchHub, device: Device
) -> None:
    """The latest one, until a session brings another or none."""
    hub.ticket = bytes(range(200, 248))
    await device.start()
    await hub.wait_until_ready()
    for given in (b"\xfb\xff\xbf", b""):
        hub.ticket = given
        mark = len(hub.events)
        await hub.drop()
        await hub.wait_until_ready(mark)
    mark = len(hub.events)
    await hub.drop()
    await hub.wait_until_ready(mark)
    longer = base64.urlsafe_b64encode(bytes(range(200, 248))).decode()
    assert hub.shown == [None, longer, "-_-_", None]
