"""What the tests of several domains share: to compile a program takes far longer than a test.

Each part is what one module of tests wants, and none knows the others.
"""

import textwrap

from .cold_warm_lamp import LAMP
from .doorbell import EVENTS
from .heating import HEATING
from .long_states import LONG_STATES
from .moments import MOMENTS, UPDATES
from .movers import MOVERS
from .players import PLAYERS
from .signals import SIGNALS
from .texts import TEXTS
from .valves import VALVES
from .yard_camera import CAMERA


def _together(**parts: str) -> str:
    """Return the parts as packages, whose lists ESPHome joins."""
    named = (
        f"  {name}:\n{textwrap.indent(part, '    ')}" for name, part in parts.items()
    )
    return "packages:\n" + "".join(named)


WORKBENCH = _together(
    events=EVENTS,
    lamp=LAMP,
    movers=MOVERS,
    texts=TEXTS,
    updates=UPDATES,
    valves=VALVES,
)
# Its texts fill the frames of a small board.
SMALL_FRAMES = _together(heating=HEATING, long_states=LONG_STATES, moments=MOMENTS)
# Of what no platform of ESPHome offers on this machine.
STUBS = _together(camera=CAMERA, players=PLAYERS, signals=SIGNALS)
