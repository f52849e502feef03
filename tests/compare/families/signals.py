"""Infrared and radio: what is sent, and what an infrared receiver hears."""

from collections.abc import Iterator
from typing import Any

from ..family import Family, Step

TIMINGS = (9000, -4500, 560, -560, 560, -1690, 560)


def _send(platform: str, entity: str, **signal: Any) -> Step:
    refused = signal.pop("refused", False)
    return Step(
        action=f"{platform}.send_command",
        entity=entity,
        data={"timings": TIMINGS, **signal},
        refused=refused,
    )


def _steps() -> Iterator[Step]:
    # First, for a receiver of Home Assistant's remembers it when the board restarts.
    yield Step(action="button.press", entity="Remote control")
    yield _send("infrared", "Sender", modulation=38000)
    yield _send("infrared", "Sender", modulation=56000, timings=(1, -1_000_000, 5))
    yield _send("infrared", "Eye", modulation=38000, refused=True)
    yield _send("infrared", "Both", modulation=38000, refused=True)
    yield _send("radio_frequency", "Mast", frequency=433_920_000)
    yield _send("radio_frequency", "Mast", frequency=433_920_000, repeat_count=4)
    yield _send("radio_frequency", "Mast", frequency=868_000_000, refused=True)


FAMILY = Family(
    domains=("infrared", "radio_frequency", "button", "text_sensor"),
    steps=tuple(_steps()),
)
