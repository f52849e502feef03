"""Parts of a board: equal names on different ones, and one without a name."""

from ..family import Family, Step

FAMILY = Family(
    domains=("switch",),
    steps=(
        Step(action="switch.turn_on", entity="Pump"),
        Step(action="switch.turn_on", entity="Pump", device="Shed"),
        Step(action="switch.turn_on", entity="Pump", device="Pond"),
        Step(action="switch.toggle", entity="", device="Pond"),
        Step(action="switch.turn_off", entity="Pump", device="Shed"),
    ),
)
