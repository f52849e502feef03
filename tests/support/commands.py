"""Command arguments as the hub sends them, by their domain."""

from collections.abc import Callable
from typing import Any

from custom_components.oceanremote.protocol.domains.base import Command
from custom_components.oceanremote.protocol.domains.button import ButtonCommand
from custom_components.oceanremote.protocol.domains.light import LightCommand
from custom_components.oceanremote.protocol.domains.number import NumberCommand
from custom_components.oceanremote.protocol.domains.select import SelectCommand
from custom_components.oceanremote.protocol.domains.switch import SwitchCommand


def _arguments_of[**P](kind: Callable[P, Command]) -> Callable[P, dict[int, Any]]:
    """Return a function from what a command says to its arguments on the wire."""

    def args_of(*args: P.args, **kwargs: P.kwargs) -> dict[int, Any]:
        return kind(*args, **kwargs).args()

    return args_of


switch_command = _arguments_of(SwitchCommand)
button_command = _arguments_of(ButtonCommand)
number_command = _arguments_of(NumberCommand)
select_command = _arguments_of(SelectCommand)
light_command = _arguments_of(LightCommand)
