"""An update that says what its YAML says, and installs in no time or never."""

import esphome.codegen as cg
from esphome.components import update
import esphome.config_validation as cv

StubUpdate = cg.esphome_ns.namespace("stub_update").class_(
    "StubUpdate", update.UpdateEntity, cg.Component
)
_TEXTS = ("current_version", "latest_version", "title", "summary", "release_url")

CONFIG_SCHEMA = (
    update.update_schema(StubUpdate)
    .extend(
        {
            **{cv.Optional(name, default=""): cv.string for name in _TEXTS},
            # As long as `progress` is said, an installation stands still there.
            cv.Optional("progress"): cv.float_,
            # What a check finds; nothing is known before the first one without it.
            cv.Optional("known", default=True): cv.boolean,
        }
    )
    .extend(cv.COMPONENT_SCHEMA)
)


async def to_code(config):
    """Make one."""
    var = await update.new_update(config)
    await cg.register_component(var, config)
    for name in _TEXTS:
        cg.add(getattr(var, f"set_{name}")(config[name]))
    if (progress := config.get("progress")) is not None:
        cg.add(var.set_progress(progress))
    cg.add(var.set_known(config["known"]))
