"""Infrared and radio: signals are sent as they are, or refused; heard ones are told."""

from typing import Any

import pytest

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandStatus,
    Domain,
    SignalReceived,
)
from custom_components.oceanremote.protocol.domains.infrared import (
    InfraredCommand,
    InfraredProperties,
)
from custom_components.oceanremote.protocol.domains.radio_frequency import (
    RadioFrequencyCommand,
    RadioFrequencyProperties,
)

from .bench_hub import BenchHub
from .conftest import Starter
from .shared_devices import STUBS
from .small_device import small_yaml_for

# One program, compiled once.
pytestmark = pytest.mark.xdist_group("stubs")

TIMINGS = (9000, -4500, 560, -1_000_000, 1, -1)
SAID = " 9000 -4500 560 -1000000 1 -1"


async def test_signals_are_sent(new_hub: BenchHub, start_device: Starter) -> None:
    device = await start_device("stubs", small_yaml_for(new_hub, STUBS))
    infrared = {
        name: new_hub.entities[Domain.INFRARED, name].properties
        for name in ("sender", "eye")
    }
    assert infrared == {
        "sender": InfraredProperties(capabilities=1),
        "eye": InfraredProperties(capabilities=2, receiver_frequency=38000),
    }
    mast = new_hub.entities[Domain.RADIO_FREQUENCY, "mast"].properties
    assert mast == RadioFrequencyProperties(
        capabilities=1,
        frequency_min=433_050_000,
        frequency_max=434_790_000,
        supported_modulations=1,
    )

    async def asked(domain: Domain, name: str, command: Any) -> CommandCompleted:
        result = await new_hub.command(new_hub.address(domain, name), command.args())
        assert isinstance(result, CommandCompleted)
        return result

    for domain, name, command, log in (
        (
            Domain.INFRARED,
            "sender",
            InfraredCommand(carrier_frequency=38000, timings=TIMINGS, repeat_count=3),
            f"Infrared at 38000, 3 times:{SAID}",
        ),
        (
            Domain.INFRARED,
            "sender",
            InfraredCommand(timings=(5,)),
            "Infrared at 0, 1 times: 5",
        ),
        (
            Domain.RADIO_FREQUENCY,
            "mast",
            RadioFrequencyCommand(frequency=433_920_000, timings=TIMINGS),
            f"Radio at 433920000, 1 times:{SAID}",
        ),
        (
            Domain.RADIO_FREQUENCY,
            "any",
            RadioFrequencyCommand(frequency=1, timings=(7,) * 1000),
            "Radio at 1, 1 times: 7 7 7",
        ),
    ):
        result = await asked(domain, name, command)
        assert (result.status, result.reason) == (CommandStatus.DONE, "")
        await device.wait_for_log(log)

    unsent = "the transmitter did not take it"
    for domain, name, command, reason in (
        (
            Domain.INFRARED,
            "eye",
            InfraredCommand(timings=(1,)),
            "sending not supported",
        ),
        (
            Domain.INFRARED,
            "sender",
            InfraredCommand(timings=(1,), repeat_count=0),
            unsent,
        ),
        (
            Domain.RADIO_FREQUENCY,
            "ear",
            RadioFrequencyCommand(timings=(1,)),
            "sending not supported",
        ),
        (
            Domain.RADIO_FREQUENCY,
            "mast",
            RadioFrequencyCommand(frequency=868_000_000, timings=(1,)),
            "frequency not supported",
        ),
        (
            Domain.RADIO_FREQUENCY,
            "other",
            RadioFrequencyCommand(timings=(1,)),
            "modulation not supported",
        ),
        (
            Domain.RADIO_FREQUENCY,
            "any",
            RadioFrequencyCommand(timings=(1,), repeat_count=0),
            unsent,
        ),
    ):
        result = await asked(domain, name, command)
        assert (result.status, result.reason) == (CommandStatus.REFUSED, reason)


async def test_signals_that_are_heard_are_told(
    new_hub: BenchHub, start_device: Starter
) -> None:
    device = await start_device("stubs", small_yaml_for(new_hub, STUBS))
    eye = new_hub.address(Domain.INFRARED, "eye")
    remote = new_hub.address(Domain.BUTTON, "remote_control")

    async def heard() -> list[tuple[int, ...]]:
        since = len(new_hub.events)
        await new_hub.command(remote, {})
        while (event := await new_hub.wait_for(SignalReceived, since)).timings != (7,):
            since = new_hub.events.index(event, since) + 1
        told = [e for e in new_hub.events if isinstance(e, SignalReceived)]
        assert {event.address for event in told} == {eye}
        return [event.timings for event in told]

    assert await heard() == [TIMINGS, (2**31 - 1, -(2**31)), (7,)]
    await device.wait_for_log("A signal that was heard is lost")
    assert (await heard())[3:] == [TIMINGS, (2**31 - 1, -(2**31)), (7,)]
