"""The device's entities: which of them travel to the hub, and what it takes of each.

ESPHome knows every entity by the identifier that its configuration declares, wherever
in the YAML its component keeps it, so that is how they are found.
"""

from collections.abc import Iterator
from dataclasses import dataclass
import logging
from typing import Any

import esphome.codegen as cg
import esphome.config_validation as cv
from esphome.const import (
    CONF_ACCURACY_DECIMALS,
    CONF_DEVICE_ID,
    CONF_EFFECTS,
    CONF_ID,
    CONF_INTERNAL,
    CONF_NAME,
    CONF_OPTIONS,
)
from esphome.core import CORE
from esphome.cpp_generator import MockObjClass
import esphome.final_validate as fv
from esphome.types import ConfigType

from .source_files import DOMAINS

_LOGGER = logging.getLogger(__name__)

# Of Modbus: from text to register value. Tuya's `options` is a map the other way.
_CONF_OPTIONSMAP = "optionsmap"

# Limits of the protocol (description.h): the hub refuses what exceeds them.
MAX_ENTITIES = 512
MAX_LIST = 1024
MAX_OPTION = 255  # characters
MAX_DECIMALS = 32


def _entity_class(entity_type: str) -> MockObjClass:
    namespace, name = entity_type.split("::")
    return cg.esphome_ns.namespace(namespace).class_(name, cg.EntityBase)


# Importing the domains' modules to ask them for their classes would load components
# that the device does not have.
_CLASSES = {domain.name: _entity_class(domain.entity_type) for domain in DOMAINS}


@dataclass(frozen=True)
class Entity:
    """One entity that is not internal.

    `path` leads to `config` from the YAML's root; `travels` tells whether its domain is
    on the wire. An entity that does not travel has the name of its YAML section for a
    domain.
    """

    domain: str
    travels: bool
    config: ConfigType
    path: list[str | int]

    @property
    def name(self) -> str:
        """What a person calls it; `name: None` is the device's main entity."""
        return str(self.config[CONF_NAME] or CORE.friendly_name)

    def __str__(self) -> str:
        """Return domain and name for a message."""
        return f"{self.domain} '{self.name}'"

    def invalid(self, message: str, *rest: str | int) -> cv.Invalid:
        """Return an error that ESPHome shows at this entity, or at a part of it."""
        return cv.Invalid(message, path=[cv.ROOT_CONFIG_PATH, *self.path, *rest])


def visible_entities() -> list[Entity]:
    """Return the entities that are not internal, in the order of the YAML."""
    full = fv.full_config.get()
    found = []
    for declared, path in full.declare_ids:
        if path[-1] != CONF_ID or not _is_entity(declared.type):
            continue
        config = full.get_config_for_path(path[:-1])
        if CONF_NAME in config and not config.get(CONF_INTERNAL):
            domain = _domain_of(declared.type)
            found.append(
                Entity(domain or str(path[0]), domain is not None, config, path[:-1])
            )
    return found


def check_entities() -> None:
    """Warn of what the hub will not see; raise cv.Invalid for what it does not take."""
    entities = visible_entities()
    for entity in entities:
        if not entity.travels:
            _LOGGER.warning(
                "%s will not appear in Home Assistant: OceanRemote does not carry this "
                "kind of entity yet. It works on the board itself; mark it 'internal: "
                "true' if that is all it is for",
                entity,
            )
    _warn_of_sub_devices(entities)
    # Those that do not travel are described as left out.
    if len(entities) > MAX_ENTITIES:
        raise cv.Invalid(
            f"{len(entities)} entities are more than the {MAX_ENTITIES} that a hub "
            "takes of one device: mark those that only automations on the board use "
            "with 'internal: true'"
        )
    travelling = [entity for entity in entities if entity.travels]
    errors = [error for entity in travelling for error in _complaints(entity)]
    if errors:
        raise cv.MultipleInvalid(errors)


def _is_entity(declared: object) -> bool:
    return isinstance(declared, MockObjClass) and declared.inherits_from(cg.EntityBase)


def _domain_of(declared: MockObjClass) -> str | None:
    for domain, its_class in _CLASSES.items():
        if declared.inherits_from(its_class):
            return domain
    return None


def _warn_of_sub_devices(entities: list[Entity]) -> None:
    names = [str(entity) for entity in entities if CONF_DEVICE_ID in entity.config]
    if names:
        _LOGGER.warning(
            "OceanRemote does not carry sub-devices yet: Home Assistant will show %s on "
            "the device itself",
            ", ".join(names),
        )


def _complaints(entity: Entity) -> Iterator[cv.Invalid]:
    """Yield what a hub does not take of one entity."""
    decimals = entity.config.get(CONF_ACCURACY_DECIMALS)
    if isinstance(decimals, int) and abs(decimals) > MAX_DECIMALS:
        yield entity.invalid(
            f"'accuracy_decimals: {decimals}' of {entity}: a hub takes -{MAX_DECIMALS} "
            f"to {MAX_DECIMALS}",
            CONF_ACCURACY_DECIMALS,
        )
    for key, texts in _lists(entity):
        if len(texts) > MAX_LIST:
            yield entity.invalid(
                f"{entity} has {len(texts)} {key}; a hub takes {MAX_LIST}", key
            )
        for text in texts:
            if len(text) > MAX_OPTION:
                yield entity.invalid(
                    f"'{text[:20]}…' of {entity} has {len(text)} characters; a hub "
                    f"takes {MAX_OPTION}",
                    key,
                )


def _lists(entity: Entity) -> Iterator[tuple[str, list[str]]]:
    """Yield the lists of texts that the hub shows, as far as the YAML has them."""
    if entity.domain == "select":
        for key in (CONF_OPTIONS, _CONF_OPTIONSMAP):
            yield key, _option_texts(key, entity.config.get(key, []))
    if entity.domain == "light":
        # An effect maps its kind to its settings, and has identifiers beside that.
        effects = entity.config.get(CONF_EFFECTS, [])
        parts = [part for effect in effects for part in effect.values()]
        settings = [part for part in parts if isinstance(part, dict)]
        yield CONF_EFFECTS, [str(setting[CONF_NAME]) for setting in settings]


def _option_texts(key: str, options: Any) -> list[str]:
    """Return the texts of a list of options, or of a map from or to what they mean."""
    if isinstance(options, dict) and key == CONF_OPTIONS:
        options = options.values()
    return [str(option) for option in options]
