"""Names, defaults and bounds that several parts of the integration share."""

from datetime import timedelta
from logging import Logger, getLogger
from typing import Final

DOMAIN: Final = "oceanremote"
LOGGER: Final[Logger] = getLogger(__package__.rpartition(".")[0])
MANUFACTURER: Final = "OceanRemote"

# Config entry: options override data, key by key.
CONF_URLS: Final = "urls"
CONF_SESSION_LIFETIME: Final = "session_lifetime"
CONF_ROTATION_MARGIN: Final = "rotation_margin"
CONF_KEY_PATH: Final = "key_path"
# The user that devices' calls run as; in the entry's data.
CONF_ACCOUNT: Final = "account"

# Config subentry.
SUBENTRY_DEVICE: Final = "device"
SUBENTRY_CHALLENGE_DEVICE: Final = "challenge_device"
CONF_ENROLMENT_ID: Final = "enrolment_id"
CONF_BOARD: Final = "board"
CONF_NODE_NAME: Final = "node_name"
# What the names of its own actions in Home Assistant begin with; chosen once.
CONF_ACTION_SLUG: Final = "action_slug"
# What the device may ask of Home Assistant, as policy.permits writes it.
CONF_PERMITS: Final = "permits"
# Which commands wait for it while it sleeps, as device.waiting_rules writes it.
CONF_WAITING: Final = "waiting"
# Which of its services tunnels may lead to, as policy.tunnels writes it.
CONF_TUNNELS: Final = "tunnels"
# Whether each byte of the device costs, and how often it is pinged then, in seconds.
CONF_THRIFTY: Final = "thrifty"
CONF_PING_INTERVAL: Final = "ping_interval"

DEFAULT_SESSION_LIFETIME: Final = 3600
MIN_SESSION_LIFETIME: Final = 300
MAX_SESSION_LIFETIME: Final = 86_400
DEFAULT_ROTATION_MARGIN: Final = 300
MIN_ROTATION_MARGIN: Final = 30

# What keeps a line that costs: proxies and mobile networks cut one that is silent.
DEFAULT_THRIFTY_PING_INTERVAL: Final = 80
MIN_PING_INTERVAL: Final = 25
MAX_PING_INTERVAL: Final = 280

REGISTRATION_TOKEN_LIFETIME: Final = timedelta(hours=24)

DESCRIPTIONS_STORE: Final = f"{DOMAIN}.descriptions"
ADDRESSES_STORE: Final = f"{DOMAIN}.addresses"
PRESENCE_STORE: Final = f"{DOMAIN}.presence"

# Fired, in the context of the call, when a device calls an action.
EVENT_REQUEST: Final = f"{DOMAIN}_request"
# Fired, in the context of the call, when a command waits for a device that sleeps, and
# when it is clear what has become of it.
EVENT_COMMAND: Final = f"{DOMAIN}_command"

CONNECT_PATH: Final = "/api/oceanremote/connect"

# A command whose device answers later than this has an unknown outcome.
COMMAND_TIMEOUT: Final = 10.0
# The same for an action of its owner's, which may take its time.
ACTION_TIMEOUT: Final = 30.0
# A rotation asked for by a person; the handshake itself is bounded by 10 s.
RENEW_TIMEOUT: Final = 15.0
# "Last seen" is written to the state machine at most this often while online: it must
# not look old beside values that arrive; for a silent device nothing shows that it is.
LAST_SEEN_INTERVALS: Final = {"values": 60.0, "silent": 300.0}
# Every link has ended this long after stop, unload or revocation.
CLOSE_TIMEOUT: Final = 1.0
# The outgoing queue of one link; a peer that reads slower than this is cut off.
MAX_QUEUED_FRAMES: Final = 128
MAX_QUEUED_BYTES: Final = 256 * 1024
# Links of strangers and of devices together; the rest get 503.
MAX_LINKS: Final = 4096


# What the security event of a device, and that of the hub, can say; AuditKind's words.
DEVICE_SECURITY_EVENTS: Final = (
    "registered",
    "approved",
    "quarantined",
    "released",
    "revoked",
    "clone",
    "flood",
    "token_rotated",
    "refused",
)
HUB_SECURITY_EVENTS: Final = ("banned", "decoy", "restored", "storage", "log_repaired")
