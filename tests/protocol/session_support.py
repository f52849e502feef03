"""What the tests of sessions and their rotation share."""

from custom_components.oceanremote.protocol import SessionProved
from tests.support.world import World


def last_session(world: World) -> SessionProved:
    """Return the session that the hub announced last."""
    return world.hub_said(SessionProved)[-1]
