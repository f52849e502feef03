"""Valves."""

from ..family import Difference, Family, Step

FAMILY = Family(
    domains=("valve",),
    steps=(
        Step(action="valve.close_valve", entity="Plain valve"),
        Step(action="valve.open_valve", entity="Plain valve"),
        Step(action="valve.toggle", entity="Plain valve"),
        Step(action="valve.toggle", entity="Plain valve"),
        Step(action="valve.stop_valve", entity="Plain valve", refused=True),
        Step(
            action="valve.set_valve_position",
            entity="Plain valve",
            data={"position": 50},
            refused=True,
        ),
        Step(action="valve.open_valve", entity="Tap"),
        Step(action="valve.stop_valve", entity="Tap"),
        Step(action="valve.close_valve", entity="Tap"),
        Step(action="valve.stop_valve", entity="Tap"),
        *(
            Step(
                action="valve.set_valve_position",
                entity="Tap",
                data={"position": position},
            )
            for position in (37, 1, 100, 0)
        ),
        Step(action="valve.toggle", entity="Tap"),
        Step(action="valve.open_valve", entity="Tap"),
        Step(action="valve.open_valve", entity="Stoppable"),
        Step(action="valve.stop_valve", entity="Stoppable"),
        Step(action="valve.toggle", entity="Stoppable"),
    ),
    differences=(
        Difference(
            platform="valve",
            what="action valve.toggle",
            entities=("Tap",),
            why="a valve that can toggle is told to: it knows where it was going. The "
            "native API has no such command, so core opens, closes or stops it by the "
            "state that Home Assistant has",
        ),
    ),
)
