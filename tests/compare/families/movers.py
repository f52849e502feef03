"""Covers, fans, locks and alarm control panels."""

from collections.abc import Iterator
from typing import Any

from ..family import Difference, Family, Step

CODE = {"code": "739155"}


def _covers() -> Iterator[Step]:
    def step(action: str, entity: str, **rest: Any) -> Step:
        return Step(action=f"cover.{action}", entity=entity, **rest)

    for action in ("close_cover", "open_cover", "toggle", "toggle"):
        yield step(action, "Gate")
    yield step("stop_cover", "Gate", refused=True)
    yield step("open_cover_tilt", "Gate", refused=True)
    yield step("set_cover_position", "Gate", data={"position": 50}, refused=True)
    for action in ("open_cover", "stop_cover", "close_cover", "stop_cover"):
        yield step(action, "Blind")
    for position in (37, 1, 100, 0):
        yield step("set_cover_position", "Blind", data={"position": position})
    for tilt in (37, 1, 100, 0):
        yield step("set_cover_tilt_position", "Blind", data={"tilt_position": tilt})
    for action in ("open_cover_tilt", "close_cover_tilt", "toggle_cover_tilt"):
        yield step(action, "Blind")
    yield step("stop_cover_tilt", "Blind", refused=True)
    yield step("toggle", "Blind")
    yield step("open_cover", "Blind")
    for action in ("open_cover", "stop_cover", "toggle"):
        yield step(action, "Shutter")


def _fans() -> Iterator[Step]:
    def step(action: str, entity: str = "Ceiling", **data: Any) -> Step:
        return Step(action=f"fan.{action}", entity=entity, data=data)

    for action in ("turn_on", "turn_off", "toggle"):
        yield step(action, "Plain fan")
    for percentage in (1, 40, 41, 100, 0):
        yield step("set_percentage", percentage=percentage)
    yield step("turn_on")
    yield step("turn_on", percentage=20)
    yield step("increase_speed")
    yield step("decrease_speed")
    yield step("set_preset_mode", preset_mode="Storm")
    yield step("turn_on", percentage=60, preset_mode="Breeze")
    yield step("turn_off")
    yield step("turn_on", preset_mode="Breeze")
    yield step("oscillate", oscillating=True)
    yield step("oscillate", oscillating=False)
    yield step("set_direction", direction="reverse")
    yield step("set_direction", direction="forward")
    yield step("toggle")
    for percentage in (1, 33, 99):
        yield step("set_percentage", "Fine", percentage=percentage)
    yield step("turn_on", "Moody", preset_mode="Calm")
    yield Step(
        action="fan.set_preset_mode",
        entity="Moody",
        data={"preset_mode": "Wild"},
        refused=True,
    )
    yield Step(
        action="fan.set_percentage",
        entity="Plain fan",
        data={"percentage": 1},
        refused=True,
    )


def _locks() -> Iterator[Step]:
    for action in ("lock", "unlock", "open"):
        yield Step(action=f"lock.{action}", entity="Front")
    for button in ("Jam", "Stand open", "Forget"):
        yield Step(action="button.press", entity=button)
    yield Step(action="lock.lock", entity="Shed")
    yield Step(action="lock.unlock", entity="Shed", data=CODE)
    yield Step(action="lock.open", entity="Shed", refused=True)
    yield Step(action="lock.lock", entity="Safe", data=CODE)
    yield Step(action="lock.unlock", entity="Safe", data=CODE)


def _panels() -> Iterator[Step]:
    def step(action: str, entity: str = "House", **rest: Any) -> Step:
        action = f"alarm_control_panel.alarm_{action}"
        return Step(action=action, entity=entity, **rest)

    yield step("disarm", data=CODE, silent=True)
    for action in ("arm_home", "arm_night", "arm_away"):
        yield step(action, refused=True)
        yield step(action, data={"code": "1"}, silent=True)
        yield step(action, data=CODE)
        yield step(action, data=CODE, silent=True)
        yield step("disarm", silent=True)
        yield step("disarm", data={"code": "7391550"}, silent=True)
        yield step("disarm", data=CODE)
    yield step("arm_vacation", data=CODE, refused=True)
    yield step("arm_custom_bypass", data=CODE, refused=True)
    yield step("arm_away", data=CODE)
    yield step("arm_home", data=CODE, silent=True)
    yield step("trigger")
    yield step("disarm", data=CODE)
    yield step("arm_away", "Slow")
    yield step("disarm", "Slow", data={"code": "3"}, silent=True)
    yield step("disarm", "Slow", data={"code": "2"})
    yield step("trigger", "Cabin", silent=True)
    yield step("arm_away", "Cabin")
    yield step("trigger", "Cabin")
    yield step("disarm", "Cabin")


NO_STATE_OF_ITS_OWN = (
    "ESPHome can say that a latch is being pulled, or has been; core takes either for "
    "unlocked"
)
DROPPED = (
    "a panel drops it with a warning in its own log: here whoever asked is told that "
    "it was not done"
)
FAMILY = Family(
    domains=("cover", "fan", "lock", "alarm_control_panel", "button"),
    steps=(*_covers(), *_fans(), *_locks(), *_panels()),
    differences=(
        Difference(
            platform="cover",
            what="action cover.toggle",
            entities=("Blind",),
            why="a cover that can toggle is told to: it knows where it was going. The "
            "native API has no such command, so core opens, closes or stops it by the "
            "state that Home Assistant has",
        ),
        Difference(
            platform="fan",
            what="attributes.preset_mode",
            entities=("Ceiling", "Fine", "Moody"),
            why="no preset mode is none, as Home Assistant wants it; core shows an "
            "empty text",
        ),
        Difference(
            platform="lock",
            what="state",
            entities=("Front",),
            why=NO_STATE_OF_ITS_OWN,
        ),
        Difference(
            platform="alarm_control_panel",
            what="action alarm_control_panel.alarm_arm_home",
            entities=("House",),
            why=DROPPED,
        ),
        Difference(
            platform="alarm_control_panel",
            what="action alarm_control_panel.alarm_trigger",
            entities=("Cabin",),
            why=DROPPED,
        ),
    ),
)
