"""What all tests share."""

import pytest

# Imported before Home Assistant's test plugin mounts its own package of this name:
# the first one stays, and the loader finds custom integrations through it.
import custom_components  # noqa: F401


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Leave it to PYTHONASYNCIODEBUG: a third of a test's time goes into it.

    Home Assistant's test plugin has a fixture of this name that always debugs.
    """
