"""A camera without a lens: its pictures are numbered, and of any size."""

import esphome.codegen as cg
import esphome.config_validation as cv
from esphome.const import CONF_ID
from esphome.core.entity_helpers import setup_entity
from esphome.types import ConfigType

AUTO_LOAD = ["camera"]
MULTI_CONF = True

CONF_SIZE = "size"

StubCamera = cg.esphome_ns.namespace("stub_camera").class_(
    "StubCamera", cg.Component, cg.EntityBase
)

CONFIG_SCHEMA = cv.ENTITY_BASE_SCHEMA.extend(
    {
        cv.GenerateID(): cv.declare_id(StubCamera),
        cv.Optional(CONF_SIZE, default=20000): cv.uint32_t,
    }
).extend(cv.COMPONENT_SCHEMA)


@setup_entity("camera")
async def _setup_camera(var: cg.MockObj, config: ConfigType) -> None:
    """Name it."""


async def to_code(config: ConfigType) -> None:
    """Make the one."""
    cg.add_define("USE_CAMERA")
    var = cg.new_Pvariable(config[CONF_ID])
    await _setup_camera(var, config)
    await cg.register_component(var, config)
    cg.add(var.set_size(config[CONF_SIZE]))
