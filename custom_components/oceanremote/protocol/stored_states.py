"""The states of a device as bytes that a hub keeps, read by the tables of the day.

They are what a message of states says, without its bound on their number: that of a
description holds here. What a device has not told is a missing state in every domain.
"""

from collections.abc import Iterable
from typing import Any

from . import cbor, fields
from .entities import EntityState
from .float32 import narrow
from .limits import MAX_ENTITIES
from .values import read_address, read_state, write_state


def write_states(states: Iterable[EntityState]) -> bytes:
    """Return what `read_states` reads."""
    return cbor.encode(narrow([_written(state) for state in states]))


def read_states(data: bytes) -> tuple[EntityState, ...]:
    """Return the states of domains that are known; raises `RemoteProtocolError`."""
    items = fields.array(cbor.decode(data), MAX_ENTITIES)
    states = map(_read, items)
    return tuple(state for state in states if state is not None)


def _written(state: EntityState) -> list[Any]:
    if state.value is None:
        return [*map(int, state.address), None]
    return write_state(state)


def _read(item: Any) -> EntityState | None:
    parts = fields.array(item, 4, 4)
    if parts[3] is not None:
        return read_state(item)
    address = read_address(parts[:3])
    return None if address is None else EntityState(address, None)
