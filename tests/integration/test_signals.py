"""Infrared and radio: what is to be sent goes to the device, what it hears comes up."""

from homeassistant.components import infrared, radio_frequency
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
import pytest

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import Domain
from custom_components.oceanremote.protocol.domains.infrared import InfraredCommand
from custom_components.oceanremote.protocol.domains.radio_frequency import (
    RadioFrequencyCommand,
)

from .runtime_support import Device, describe, eventually, only_coordinator
from .test_entities import show

SENDER = describe(Domain.INFRARED, "Sender", capabilities=1)
EYE = describe(Domain.INFRARED, "Eye", capabilities=3, receiver_frequency=38000)
MAST = describe(
    Domain.RADIO_FREQUENCY,
    "Mast",
    capabilities=1,
    frequency_min=433_050_000,
    frequency_max=434_790_000,
)
TIMINGS = [9000, -4500, 560, -560]


class Infrared(infrared.InfraredCommand):
    """A signal of our own."""

    def __init__(self) -> None:
        """Of 38 kHz."""
        super().__init__(modulation=38000)

    def get_raw_timings(self) -> list[int]:
        """Return marks and spaces."""
        return TIMINGS


async def test_an_infrared_signal_is_sent(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """As it is, and its time is the sender's state."""
    entity_id = await show(hass, hub, connected_device, SENDER)
    assert infrared.async_get_emitters(hass) == [entity_id]
    await infrared.async_send_command(hass, entity_id, Infrared())
    (sent,) = connected_device.driver.commands
    wanted = InfraredCommand(carrier_frequency=38000, timings=tuple(TIMINGS))
    assert (sent.address, sent.args) == (SENDER.address, wanted.args())
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.state != STATE_UNKNOWN
    assert shown.attributes["device_class"] == "emitter"


async def test_an_infrared_receiver_is_one(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """As with Home Assistant's own ESPHome integration."""
    entity_id = await show(hass, hub, connected_device, EYE)
    assert infrared.async_get_receivers(hass) == [entity_id]
    before = hass.states.get(entity_id)
    assert before is not None
    assert before.state == STATE_UNKNOWN
    heard: list[list[int]] = []
    end = infrared.async_subscribe_receiver(
        hass, entity_id, lambda signal: heard.append(signal.timings)
    )
    driver = connected_device.driver
    await connected_device.send(driver.hear(EYE.address, tuple(TIMINGS)))
    # Nobody has described this one.
    await connected_device.send(driver.hear(SENDER.address, (1, -1)))
    await connected_device.send(driver.hear(EYE.address, (7,)))
    await eventually(lambda: len(heard) > 1)
    assert heard == [TIMINGS, [7]]
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.state != STATE_UNKNOWN
    end()


async def test_a_radio_signal_is_sent(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """Home Assistant counts the repetitions, a device the transmissions."""
    entity_id = await show(hass, hub, connected_device, MAST)
    ook = radio_frequency.ModulationType.OOK
    for frequency, found in ((433_920_000, [entity_id]), (868_000_000, [])):
        assert radio_frequency.async_get_transmitters(hass, frequency, ook) == found

    class Radio(radio_frequency.RadioFrequencyCommand):  # type: ignore[misc, name-defined]
        """A signal of our own."""

        def get_raw_timings(self) -> list[int]:
            """Return marks and spaces."""
            return TIMINGS

    signal = Radio(frequency=433_920_000, modulation=ook, repeat_count=4)
    await radio_frequency.async_send_command(hass, entity_id, signal)
    (sent,) = connected_device.driver.commands
    wanted = RadioFrequencyCommand(
        frequency=433_920_000, timings=tuple(TIMINGS), repeat_count=5
    )
    assert (sent.address, sent.args) == (MAST.address, wanted.args())


@pytest.mark.parametrize(
    "entity",
    [
        describe(Domain.INFRARED, "Nothing"),
        describe(Domain.RADIO_FREQUENCY, "Ear", capabilities=2),
    ],
)
async def test_what_home_assistant_has_no_entity_for_is_left_out(
    hass: HomeAssistant, hub: Hub, connected_device: Device, entity: object
) -> None:
    """By name."""
    with pytest.raises(AssertionError):
        await show(hass, hub, connected_device, entity)  # type: ignore[arg-type]
    assert len(only_coordinator(hub).left_out) == 1
