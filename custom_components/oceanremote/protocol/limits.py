"""Every bound of `OceanRemote/1` in one place (docs/protocol.md, "Limits").

Sizes are bytes, times are seconds unless the name says otherwise.
"""

from typing import Final

PROTOCOL_VERSION: Final = 1

# Carrier
MAX_HANDSHAKE_FRAME: Final = 512
ACCEPT_FRAME: Final = 81
MIN_RX_LIMIT: Final = 512
HUB_RX_LIMIT: Final = 8192
DEVICE_RX_LIMIT: Final = 4096
SMALL_DEVICE_RX_LIMIT: Final = 1024

# Sizes fixed by the layout
MAC_SIZE: Final = 6
KEY_SIZE: Final = 32
TAG_SIZE: Final = 16
CHALLENGE_SIZE: Final = 32
MAC1_SIZE: Final = 16
HUB_KEY_ID_SIZE: Final = 4
HANDLE_SIZE: Final = 8
SESSION_ID_SIZE: Final = 16
TOKEN_SIZE: Final = 32
HASH_SIZE: Final = 32
NONCE_SIZE: Final = 8

# What a device shows of its last session when it dials
MAX_TICKET: Final = 64

# Handshake payload
MAX_BOARD_TEXT: Final = 32
MAX_VERSION_TEXT: Final = 32

# Unsigned integers
MAX_U8: Final = 0xFF
MAX_U16: Final = 0xFFFF
MAX_U32: Final = 0xFFFF_FFFF
MAX_U64: Final = 0xFFFF_FFFF_FFFF_FFFF

# A Noise nonce is 64 bits and its last value is reserved (Noise rev 34, section 5.1).
MAX_NONCE: Final = MAX_U64 - 1

# CBOR: containers inside containers, the outermost counted as 1. A light's colour
# lies deepest: message, list of states, state, map, colour.
MAX_CBOR_NESTING: Final = 5

# Messages
# Their numbers below are a device's, those from here on a hub's.
FIRST_HUB_MESSAGE: Final = 64
MAX_FACT_TEXT: Final = 64
MAX_REASON_TEXT: Final = 64
MAX_STATE_TEXT: Final = 255  # characters: what Home Assistant's states may have
MAX_LOG_TAG_TEXT: Final = 64
MAX_LOG_TEXT: Final = 1024
MAX_LOG_LEVEL: Final = 7
# Before a crash.
MAX_LAST_LINES: Final = 64
MAX_LAST_LINE_TEXT: Final = 255
MAX_STATES_PER_MESSAGE: Final = 256

# What can happen at one entity; the message says which of them by its place.
MAX_EVENT_TYPES: Final = 255

# What a device asks of Home Assistant
MAX_OUTSTANDING_REQUESTS: Final = 8
MAX_IMPORTS: Final = 64
MAX_ENTITY_ID_TEXT: Final = 255
MAX_PAIRS: Final = 16
MAX_PAIR_NAME_TEXT: Final = 64
MAX_PAIR_TEXT: Final = 1024
MAX_RESPONSE_TEXT: Final = 2048
MAX_ZONE_TEXT: Final = 64

# What a device stores of the hub's addresses
MAX_ADDRESSES: Final = 4
MAX_HUB_URL_TEXT: Final = 120

# Actions that a device's owner has defined on it
MAX_ACTION_ARGUMENTS: Final = 16
MAX_ACTION_VALUES: Final = 64

# Description
MAX_ENTITIES: Final = 1024
MAX_SUB_DEVICES: Final = 64
MAX_DESCRIPTION: Final = 256 * 1024
# CBOR items of all descriptors together; they are what reading costs.
MAX_DESCRIPTION_ITEMS: Final = 32_768
MAX_NAME_TEXT: Final = 120
MAX_OPTION_TEXT: Final = 255  # characters, as of the state that it becomes
MAX_OPTIONS: Final = 1024
MAX_UPDATE_VERSION: Final = 64
MAX_RELEASE_URL: Final = 255
MAX_RELEASE_SUMMARY: Final = 2048
MAX_PATTERN_TEXT: Final = 255  # characters, as many as of the texts that it is for
MAX_MEDIA_FORMATS: Final = 16
MAX_MEDIA_FORMAT_TEXT: Final = 16
# Room that a part leaves in a frame for the message and the seal around it.
DESCRIBE_OVERHEAD: Final = 64
MAX_DESCRIPTION_PART: Final = HUB_RX_LIMIT - DESCRIBE_OVERHEAD

# Signals of infrared and radio, in bytes: about a thousand marks and spaces
MAX_SIGNAL: Final = 3072

# Pictures of cameras
MAX_PICTURE: Final = 256 * 1024
MAX_PICTURE_PART: Final = MAX_DESCRIPTION_PART
MAX_PICTURES_UNDER_WAY: Final = 4

# Streams to the board's own services
MAX_TUNNELS: Final = 4  # that are not over yet
MAX_TUNNEL_WINDOW: Final = MAX_U16
TUNNEL_OVERHEAD: Final = DESCRIBE_OVERHEAD
MAX_TUNNEL_PART: Final = MAX_DESCRIPTION_PART
# Firmware: the largest image, and the largest part of it in one message
MAX_FIRMWARE: Final = 64 * 1024 * 1024
UPDATE_OVERHEAD: Final = 64
MAX_UPDATE_CHUNK: Final = DEVICE_RX_LIMIT - UPDATE_OVERHEAD

# Readings of one sensor, taken while there was no session
MAX_READINGS_PER_MESSAGE: Final = 128

# Commands and liveness
MAX_CODE_TEXT: Final = 64  # of a lock or an alarm
MAX_OUTSTANDING_COMMANDS: Final = 64
# What a signed address of Home Assistant's media needs several times over; a frame of
# the board has to hold it.
MAX_MEDIA_URL: Final = 2048
MAX_OUTSTANDING_PINGS: Final = 4
MAX_RETRY_AFTER: Final = 300
# The device stops this early, so that it never trusts a session that the hub has ended.
DEVICE_LIFETIME_SHARE: Final = 0.98
# Ping intervals without any message from the hub after which a device hangs up.
DEVICE_SILENCE_INTERVALS: Final = 3
# How long a device waits for the hub's next step of a handshake.
DEVICE_HANDSHAKE_TIMEOUT: Final = 10
# Rotations that a device asks for sooner than this after its last one are ignored.
MIN_ROTATION_REQUEST_INTERVAL: Final = 10
