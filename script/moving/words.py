"""What the native API has, and what takes its place."""

from typing import Final

# Actions and conditions, wherever they stand.
ACTIONS: Final = {
    "api.connected": "oceanremote.connected",
    "api.respond": "oceanremote.respond",
    "homeassistant.action": "oceanremote.action",
    "homeassistant.event": "oceanremote.event",
    "homeassistant.service": "oceanremote.action",
    "homeassistant.tag_scanned": "oceanremote.tag_scanned",
}
# Those that have no options, and so may stand without a colon.
BARE: Final = frozenset({"api.connected"})
# Which call an action of Home Assistant, and named it `service:` once.
CALLS: Final = frozenset({"homeassistant.action", "homeassistant.service"})

PLATFORM: Final = "homeassistant"
OUR_PLATFORM: Final = "oceanremote"
# Sections whose `platform: homeassistant` has a counterpart with the same options.
PLATFORMS: Final = frozenset(
    {"binary_sensor", "number", "sensor", "switch", "text_sensor", "time"}
)
OTHER_PLATFORMS: Final = {
    "button": (
        "write a 'platform: template' button, and under 'on_press:' the "
        "'oceanremote.action:' that presses the other one"
    ),
    "select": (
        "write a 'platform: template' select whose 'set_action:' is the "
        "'oceanremote.action:' that selects"
    ),
    "text": (
        "write a 'platform: template' text whose 'set_action:' is the "
        "'oceanremote.action:' that sets the other one"
    ),
}

# Keys below `api:` that stay, by their new names.
KEPT: Final = {
    "actions": "actions",
    "on_client_connected": "on_session",
    "on_client_disconnected": "on_disconnected",
    "services": "actions",
}
# Variables that those triggers had.
CLIENT_VARIABLES: Final = ("client_info", "client_address")
# Keys that go, with a word to their owner.
GOES: Final = {
    "batch_delay": "'batch_window:' does the same here; its default is 100ms",
    "custom_services": "actions that C++ registers do not travel; write 'actions:'",
    "encryption": "the session has keys of its own, and new ones all the time",
    "password": "the registration token takes its place, and works once",
    "reboot_timeout": "the board dials again and again instead of restarting",
}

# Sections that need the native API itself, and why they cannot travel.
STAYS_BEHIND: Final = {
    "bluetooth_proxy": "Bluetooth packets for Home Assistant travel by the native API",
    "serial_proxy": "a serial port for Home Assistant travels by the native API",
    "voice_assistant": "sound for Home Assistant travels by the native API",
    "zwave_proxy": "Z-Wave frames for Home Assistant travel by the native API",
}
# C++ in lambdas that speaks to the native API.
IN_LAMBDAS: Final = (
    r"\bglobal_api_server\b",
    r"\bAPIServer\b",
    r"\bCustomAPIDevice\b",
    r"\bcall_homeassistant_(?:service|action)\b",
    r"\bfire_homeassistant_event\b",
    r"\bapi_is_connected\b",
)
