"""Descriptors from one list of words, whichever of them are the domain's own."""

import dataclasses
from typing import Any, Final

from custom_components.oceanremote.protocol.entities import (
    EntityAddress,
    EntityDescriptor,
)

_COMMON: Final = {field.name for field in dataclasses.fields(EntityDescriptor)}


def describe(
    *, address: EntityAddress, object_id: str, name: str, **said: Any
) -> EntityDescriptor:
    """Return a descriptor; raises TypeError for what its domain does not have."""
    common = {key: value for key, value in said.items() if key in _COMMON}
    own = {key: value for key, value in said.items() if key not in common}
    return EntityDescriptor(
        address=address,
        object_id=object_id,
        name=name,
        properties=address.domain.spec.properties(**own),
        **common,
    )


def changed(descriptor: EntityDescriptor, **said: Any) -> EntityDescriptor:
    """Return another descriptor that says this in addition or instead."""
    common = {key: value for key, value in said.items() if key in _COMMON}
    own = {key: value for key, value in said.items() if key not in common}
    properties = dataclasses.replace(descriptor.properties, **own)
    return dataclasses.replace(descriptor, properties=properties, **common)
