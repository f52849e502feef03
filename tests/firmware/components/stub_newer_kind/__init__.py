"""An entity of a kind that only a later ESPHome has: for validation, never compiled."""

import esphome.codegen as cg
import esphome.config_validation as cv
from esphome.const import CONF_ID

NewerKind = cg.esphome_ns.namespace("stub_newer_kind").class_(
    "NewerKind", cg.EntityBase
)

MULTI_CONF = True
CONFIG_SCHEMA = cv.ENTITY_BASE_SCHEMA.extend(
    {cv.GenerateID(CONF_ID): cv.declare_id(NewerKind)}
)
