"""Updates over the session: ESPHome's own backend of the board, fed from `loop()`."""

from typing import Any

import esphome.codegen as cg
from esphome.components.ota import BASE_OTA_SCHEMA, OTAComponent, ota_to_code
from esphome.components.safe_mode import (
    CONF_BOOT_IS_GOOD_AFTER,
    CONF_BOOT_IS_GOOD_ON_SHUTDOWN,
)
import esphome.config_validation as cv
from esphome.const import (
    CONF_ADVANCED,
    CONF_DISABLED,
    CONF_ENABLE_OTA_ROLLBACK,
    CONF_ESPHOME,
    CONF_FRAMEWORK,
    CONF_ID,
    CONF_OTA,
    CONF_PASSWORD,
    CONF_PLATFORM,
    CONF_PORT,
    CONF_SAFE_MODE,
    PLATFORM_ESP32,
)
from esphome.core import CORE, CoroPriority, coroutine_with_priority
import esphome.final_validate as fv
from esphome.types import ConfigType

from .client_class import CONF_OCEANREMOTE_ID, client_child_schema, oceanremote_ns
from .source_files import unused_source_files

DEPENDENCIES = ["oceanremote"]

CONF_OCEANREMOTE = "oceanremote"
CONF_SESSION_WITHIN = "session_within"
# Safe mode's own time comes after the longest that a new image may have.
_LONGEST_TRIAL = cv.TimePeriod(minutes=60)
_SAFE_MODE_TIME = cv.TimePeriodMilliseconds(minutes=65)
_TRIAL = "oceanremote_image_trial"

UpdateOta = oceanremote_ns.class_("UpdateOta", OTAComponent)

# A platform brings all files of its folder unless it filters them, too.
FILTER_SOURCE_FILES = unused_source_files

CONFIG_SCHEMA = cv.All(
    cv.Schema(
        {
            cv.GenerateID(): cv.declare_id(UpdateOta),
            cv.Optional(CONF_PORT): cv.port,
            cv.Optional(CONF_PASSWORD): cv.sensitive(cv.string),
            cv.Optional(CONF_SESSION_WITHIN, default="10min"): cv.All(
                cv.positive_time_period_milliseconds,
                cv.Range(min=cv.TimePeriod(seconds=10), max=_LONGEST_TRIAL),
            ),
        }
    )
    .extend(client_child_schema())
    .extend(BASE_OTA_SCHEMA)
    .extend(cv.COMPONENT_SCHEMA),
)


class _AnsweredByTheHub(str):
    """The word `esphome` for who uploads, and this platform for who generates code.

    `esphome upload` and the dashboard's button look for an `ota:` of the platform
    `esphome`, whose port and password they use. What listens there is the hub: the
    board shall not, and so nothing of that platform may be compiled.
    """

    __slots__ = ()

    def __str__(self) -> str:
        return "oceanremote"

    def __format__(self, spec: str) -> str:
        return format("oceanremote", spec)


def FINAL_VALIDATE_SCHEMA(_config: ConfigType) -> None:
    """Put new images on trial, and tell `esphome upload` where the hub takes them."""
    whole = fv.full_config.get()
    _prepare_trial(whole)
    # ESPHome's own platform may have put the list into another order meanwhile.
    for own in whole[CONF_OTA]:
        if own[CONF_PLATFORM] == CONF_OCEANREMOTE:
            _show_upload_port(own)


def _prepare_trial(whole: ConfigType) -> None:
    """Let safe mode confirm an image only when it is told to.

    Running for a minute, or going to sleep in good order, proves nothing of an image
    that nobody can reach. When a boot counts as a good one stays as it was configured:
    the component sees to that for images that are not new.
    """
    safe_mode = whole.get(CONF_SAFE_MODE)
    if safe_mode is None or safe_mode[CONF_DISABLED] or _TRIAL in CORE.data:
        return
    if not CORE.is_host and not (CORE.is_esp32 and _returns_by_itself(whole)):
        return
    CORE.data[_TRIAL] = (safe_mode[CONF_ID], safe_mode[CONF_BOOT_IS_GOOD_AFTER])
    safe_mode[CONF_BOOT_IS_GOOD_AFTER] = _SAFE_MODE_TIME
    safe_mode[CONF_BOOT_IS_GOOD_ON_SHUTDOWN] = False


def _returns_by_itself(whole: ConfigType) -> bool:
    """Whether an ESP32's boot loader is built to return to the former image."""
    advanced = whole[PLATFORM_ESP32][CONF_FRAMEWORK][CONF_ADVANCED]
    return advanced[CONF_ENABLE_OTA_ROLLBACK]


def _show_upload_port(config: ConfigType) -> None:
    if CONF_PORT not in config:
        return
    whole = fv.full_config.get()
    if any(one[CONF_PLATFORM] == CONF_ESPHOME for one in whole[CONF_OTA]):
        raise cv.Invalid(
            "the port is the hub's, and 'platform: esphome' would make the board "
            "listen at its own: leave one of them out"
        )
    uploads: dict[str, Any] = {
        CONF_PLATFORM: _AnsweredByTheHub(CONF_ESPHOME),
        CONF_PORT: config[CONF_PORT],
    }
    if CONF_PASSWORD in config:
        uploads[CONF_PASSWORD] = config[CONF_PASSWORD]
    whole[CONF_OTA] = [*whole[CONF_OTA], uploads]
    fv.full_config.set(whole)


# Before safe mode's early return: a device without its own program can be updated.
@coroutine_with_priority(CoroPriority.OTA_UPDATES)
async def to_code(config: ConfigType) -> None:
    """Create the component; nothing for what only `esphome upload` reads."""
    if CONF_ID not in config:
        return
    var = cg.new_Pvariable(config[CONF_ID])
    cg.add_define("USE_OCEANREMOTE_OTA")
    # What a hub finds in the image; safe in a text of C++ by what a name may be.
    cg.add_define("OCEANREMOTE_NODE_NAME", CORE.name)
    client = await cg.get_variable(config[CONF_OCEANREMOTE_ID])
    cg.add(client.set_updates(var))
    await cg.register_component(var, config)
    await ota_to_code(var, config)
    if _TRIAL in CORE.data:
        safe_mode_id, good_after = CORE.data[_TRIAL]
        cg.add_define("USE_OCEANREMOTE_IMAGE_TRIAL")
        # Safe mode comes later than this, and behind its early return.
        safe_mode = await cg.get_variable(safe_mode_id)
        cg.add(var.set_trial(safe_mode, config[CONF_SESSION_WITHIN], good_after))
