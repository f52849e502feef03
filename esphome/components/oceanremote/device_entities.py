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
    CONF_DEVICES,
    CONF_EFFECTS,
    CONF_ESPHOME,
    CONF_EVENT_TYPES,
    CONF_ID,
    CONF_INTERNAL,
    CONF_NAME,
    CONF_OPTIONS,
    CONF_PATTERN,
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
MAX_ENTITIES = 1024
MAX_SUB_DEVICES = 64
MAX_LIST = 1024
MAX_EVENT_TYPES = 255
# What the memory of an ESP8266 holds beside its network.
MOST_ON_ESP8266 = 256
MAX_OPTION = 255  # characters
MAX_DECIMALS = 32
MAX_PATTERN = 255  # characters


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
            domain = _domain_of(declared.type) or _camera_domain(path)
            found.append(
                Entity(domain or str(path[0]), domain is not None, config, path[:-1])
            )
    return found


def check_entities(actions: int) -> None:
    """Warn of what the hub will not see; raise cv.Invalid for what it does not take.

    The owner's `actions` are described behind the entities, within the same bounds.
    """
    entities = visible_entities()
    for entity in entities:
        if not entity.travels:
            _LOGGER.warning(
                "%s will not appear in Home Assistant: OceanRemote does not carry this "
                "kind of entity yet. It works on the board itself; mark it 'internal: "
                "true' if that is all it is for",
                entity,
            )
    _check_numbers(len(entities), actions)
    travelling = [entity for entity in entities if entity.travels]
    errors = [error for entity in travelling for error in _complaints(entity)]
    if errors:
        raise cv.MultipleInvalid(errors)


def _is_entity(declared: object) -> bool:
    # ESPHome forgets the base of some, such as media players.
    return isinstance(declared, MockObjClass) and (
        declared.inherits_from(cg.EntityBase) or _domain_of(declared) is not None
    )


def _domain_of(declared: MockObjClass) -> str | None:
    for domain, its_class in _CLASSES.items():
        if declared.inherits_from(its_class):
            return domain
    return None


def _camera_domain(path: list[str | int]) -> str | None:
    """Return the domain of what is a camera by its section: its class says nothing."""
    return "camera" if str(path[0]).endswith("_camera") else None


def _check_numbers(entities: int, actions: int) -> None:
    """Refuse more than a hub takes, and on an ESP8266 more than that can hold.

    Entities that do not travel count: they are described as left out.
    """
    most, whose = MAX_ENTITIES, "a hub takes of one device"
    if CORE.is_esp8266:
        most, whose = MOST_ON_ESP8266, "OceanRemote has room for on an ESP8266"
    if entities + actions > most:
        what = f"{entities} entities"
        if actions:
            what += f" and {actions} actions"
        raise cv.Invalid(
            f"{what} are more than the {most} that {whose}: mark entities that only "
            "automations on the board use with 'internal: true'"
        )
    sub_devices = len(fv.full_config.get()[CONF_ESPHOME][CONF_DEVICES])
    if sub_devices > MAX_SUB_DEVICES:
        raise cv.Invalid(
            f"{sub_devices} sub-devices are more than the {MAX_SUB_DEVICES} that a hub "
            "takes of one device",
            path=[cv.ROOT_CONFIG_PATH, CONF_ESPHOME, CONF_DEVICES],
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
    if (
        entity.domain == "text"
        and len(entity.config.get(CONF_PATTERN, "")) > MAX_PATTERN
    ):
        yield entity.invalid(
            f"'pattern' of {entity} has more than the {MAX_PATTERN} characters that a "
            "hub takes",
            CONF_PATTERN,
        )
    for key, texts in _lists(entity):
        most = MAX_EVENT_TYPES if entity.domain == "event" else MAX_LIST
        if len(texts) > most:
            yield entity.invalid(
                f"{entity} has {len(texts)} {key}; a hub takes {most}", key
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
    if entity.domain == "event":
        yield (
            CONF_EVENT_TYPES,
            [str(e) for e in entity.config.get(CONF_EVENT_TYPES, [])],
        )
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
