"""Entities of Home Assistant that the board shows and sets, beside the diagnostics that
the same platforms have.
"""

from collections.abc import Callable, Iterable
from typing import Any

import esphome.codegen as cg
import esphome.config_validation as cv
from esphome.const import CONF_ATTRIBUTE, CONF_ENTITY_ID, CONF_INTERNAL
from esphome.cpp_generator import MockObj
from esphome.types import ConfigType

from .client_class import CONF_OCEANREMOTE_ID, client_child_schema

# Limits of the protocol (messages.h).
MAX_ENTITY_ID = 255
MAX_ATTRIBUTE = 64  # bytes

type Validator = Callable[[Any], Any]


def _attribute(value: Any) -> str:
    attribute: str = cv.All(cv.string_strict, cv.Length(min=1))(value)
    if len(attribute.encode()) > MAX_ATTRIBUTE:
        raise cv.Invalid(f"an attribute's name has at most {MAX_ATTRIBUTE} bytes")
    return attribute


IMPORT_SCHEMA = cv.Schema(
    {
        **client_child_schema(),
        cv.Required(CONF_ENTITY_ID): cv.All(cv.entity_id, cv.Length(max=MAX_ENTITY_ID)),
        cv.Optional(CONF_INTERNAL, default=True): cv.boolean,
    }
).extend(cv.COMPONENT_SCHEMA)
ATTRIBUTE_SCHEMA = IMPORT_SCHEMA.extend({cv.Optional(CONF_ATTRIBUTE): _attribute})


def diagnostics_or_import(
    diagnostics: Validator, imported: Validator, names: Iterable[str]
) -> Validator:
    """Return a schema of a platform that has both; `names` are the diagnostics' keys."""
    names = tuple(names)

    def validate(config: Any) -> Any:
        if not isinstance(config, dict):
            return diagnostics(config)
        # `device_id: name` is the sub-device that the imported one belongs to.
        mixed = [name for name in names if isinstance(config.get(name), dict)]
        if CONF_ENTITY_ID in config and mixed:
            raise cv.Invalid(
                f"'{CONF_ENTITY_ID}' brings a state from Home Assistant, '{mixed[0]}' "
                "is the device's own: write two entries, each with 'platform: "
                "oceanremote'"
            )
        if CONF_ENTITY_ID in config:
            return imported(config)
        if not any(name in config for name in names):
            raise cv.Invalid(
                f"either '{CONF_ENTITY_ID}' of what Home Assistant is to tell the "
                f"board, or what the device says of itself: {', '.join(names)}"
            )
        return diagnostics(config)

    return validate


def entity_of(*domains: str) -> Validator:
    """Return a check that the entity is of a domain with the actions that it takes."""

    def validate(config: ConfigType) -> ConfigType:
        entity_id = config[CONF_ENTITY_ID]
        if entity_id.split(".")[0] not in domains:
            raise cv.Invalid(
                f"{entity_id} cannot be set by this platform, only entities of "
                f"{', '.join(domains)}",
                path=[CONF_ENTITY_ID],
            )
        return config

    return validate


async def add_imports(var: MockObj, config: ConfigType, *imports: MockObj) -> MockObj:
    """Register an imported entity, and what it is told; return the client."""
    client: MockObj = await cg.get_variable(config[CONF_OCEANREMOTE_ID])
    await cg.register_component(var, config)
    for one in imports:
        cg.add(client.add_import(one))
    cg.add_define("USE_OCEANREMOTE_IMPORTS")
    return client


def attribute_of(config: ConfigType) -> Any:
    """Return the attribute as the constructors want it."""
    return config.get(CONF_ATTRIBUTE, cg.nullptr)
