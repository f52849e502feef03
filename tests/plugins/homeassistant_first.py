"""Lets the test plugin of one Home Assistant release run on the next.

Loaded with `-p tests.plugins.homeassistant_first`, before the plugins that pytest
finds by itself.
"""

# Home Assistant takes httpx's place, which must happen before respx imports it.
from homeassistant.components import logger
from homeassistant.components.logger import helpers

# The next release no longer re-exports what the plugin imports from here.
logger._clear_logger_overwrites = helpers._clear_logger_overwrites
