"""Entities as they travel: addresses, descriptors, states.

What each domain has of its own stands in `domains`; docs/entities.md shows it all.
"""

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Any, NamedTuple

from .domains import Domain, StateValue
from .domains.base import Properties, wire
from .domains.fields import BOOLEAN, Choice, Text
from .limits import MAX_NAME_TEXT
from .user_actions import UserAction


class EntityCategory(IntEnum):
    """What an entity is for, when it is not the point of the device."""

    CONFIG = 1
    DIAGNOSTIC = 2


class EntityAddress(NamedTuple):
    """What names an entity on its device: domain, sub-device (0 = main), key."""

    domain: Domain
    sub: int
    key: int


@dataclass(frozen=True, slots=True)
class SubDevice:
    """A part of a device that has a name of its own, and entities.

    `id` is what entities' addresses say; it stays the same when the device is rebuilt.
    `area` is where the device's owner has put it, empty for nowhere.
    """

    id: int
    name: str
    area: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityDescriptor[PropertiesT: Properties = Any]:
    """What a device says about one entity; None or a default where it says nothing.

    Here is what entities of every domain have; `properties` are those of its own.
    """

    address: EntityAddress
    object_id: str
    name: str
    entity_category: EntityCategory | None = wire(1, Choice(EntityCategory))
    icon: str | None = wire(2, Text(MAX_NAME_TEXT))
    device_class: str | None = wire(3, Text(MAX_NAME_TEXT))
    unit: str | None = wire(4, Text(MAX_NAME_TEXT))
    disabled_by_default: bool = wire(17, BOOLEAN, default=False)
    properties: PropertiesT


class SkipReason(Enum):
    """Why the hub skips an entity that a device describes."""

    NOT_CARRIED = "the device's OceanRemote has nothing for this kind of entity"
    NEWER = "the hub's OceanRemote is too old for this kind of entity"
    TWICE = "another entity has the same address or object id"
    MALFORMED = "the descriptor breaks the rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedEntity:
    """What is known of an entity that is described and cannot be used.

    `domain` is the number on the wire. `object_id`, `name` and `kind` (the word for
    what is not carried) are empty where they are not known, `detail` says more.
    """

    reason: SkipReason
    domain: int = 0
    sub: int = 0
    object_id: str = ""
    name: str = ""
    kind: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """What a device is made of.

    `not_understood` is the number of properties, and of their values, that only a newer
    hub knows: their entities work without them.
    """

    entities: tuple[EntityDescriptor, ...] = ()
    skipped: tuple[SkippedEntity, ...] = ()
    not_understood: int = 0
    actions: tuple[UserAction, ...] = ()
    sub_devices: tuple[SubDevice, ...] = ()


@dataclass(frozen=True, slots=True)
class EntityState:
    """The state of one entity; a value of None is a missing one."""

    address: EntityAddress
    value: StateValue
