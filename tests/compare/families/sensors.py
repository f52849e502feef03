"""What a board tells: binary sensors, sensors, text sensors, events."""

from ..family import Difference, Family, Step

FAMILY = Family(
    domains=("binary_sensor", "sensor", "text_sensor", "event", "button"),
    steps=(
        Step(action="button.press", entity="First round"),
        Step(action="button.press", entity="Second round"),
        Step(action="button.press", entity="First round"),
    ),
    differences=(
        Difference(
            platform="sensor",
            what="state",
            entities=(
                "Plain number",
                "Level",
                "Energy",
                "Balance",
                "Heading",
                "Missing number",
            ),
            why="the shortest decimal that is the same number on the board; core shows "
            "all digits of its 32 bits",
        ),
        Difference(
            platform="sensor",
            what="state",
            entities=("Woken",),
            why="a time is the shortest decimal that is the same number on the board, "
            "which is the one that was published more often than core's",
        ),
        Difference(
            platform="sensor",
            what="state",
            entities=("Text date",),
            why="a text that is no date is unknown; core goes on showing the last one",
        ),
        Difference(
            platform="sensor",
            what="registry.options",
            entities=("Tens",),
            why="Home Assistant rounds to no tens: no decimals are the nearest",
        ),
        Difference(
            platform="sensor",
            what="registry.options",
            entities=("Woken",),
            why="a time has no decimals",
        ),
    ),
)
