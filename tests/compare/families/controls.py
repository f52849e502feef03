"""What a board lets people set: switches, buttons, numbers, selects."""

from ..family import Family, Step

FAMILY = Family(
    domains=("switch", "button", "number", "select"),
    steps=(
        Step(action="switch.turn_on", entity="Plain switch"),
        Step(action="switch.turn_on", entity="Plain switch", silent=True),
        Step(action="switch.turn_off", entity="Plain switch"),
        Step(action="switch.toggle", entity="Plain switch"),
        Step(action="switch.toggle", entity="Plain switch"),
        Step(action="switch.turn_on", entity="Outlet"),
        Step(action="switch.turn_off", entity="Outlet"),
        Step(action="switch.turn_on", entity="Stuck", silent=True),
        Step(action="switch.turn_off", entity="Diagnostic switch"),
        Step(action="button.press", entity="Plain button"),
        Step(action="button.press", entity="Identify"),
        Step(action="number.set_value", entity="Plain number", data={"value": 42}),
        Step(action="number.set_value", entity="Plain number", data={"value": 1.5}),
        Step(
            action="number.set_value",
            entity="Plain number",
            data={"value": 101},
            refused=True,
        ),
        Step(action="number.set_value", entity="Temperature", data={"value": -39.9}),
        Step(
            action="number.set_value",
            entity="Temperature",
            data={"value": 85.6},
            refused=True,
        ),
        Step(action="number.set_value", entity="Slider", data={"value": 0.123}),
        Step(
            action="number.set_value",
            entity="Silent number",
            data={"value": 7},
            silent=True,
        ),
        *(
            Step(
                action="select.select_option",
                entity="Plain select",
                data={"option": option},
            )
            for option in ("Drei, vier", "", "Ünf", "One")
        ),
        Step(
            action="select.select_option",
            entity="Plain select",
            data={"option": "Seven"},
            refused=True,
        ),
        Step(action="select.select_next", entity="Plain select"),
        Step(action="select.select_previous", entity="Plain select"),
        Step(action="select.select_last", entity="Plain select"),
        Step(action="select.select_first", entity="Plain select"),
        Step(
            action="select.select_option",
            entity="Silent select",
            data={"option": "Two"},
            silent=True,
        ),
    ),
)
