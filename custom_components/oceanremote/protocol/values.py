"""States and command arguments, checked against their domain's tables.

Of a state, whatever they do not list is skipped: its device may be newer than this hub.
Of a command it is refused.
"""

from typing import Any

from . import fields
from .domains import Domain, find_domain
from .domains.base import MapOf
from .domains.fields import Reading
from .entities import EntityAddress, EntityState
from .limits import MAX_U8


def read_address(items: list[Any]) -> EntityAddress | None:
    """Return the address that domain, sub-device and key make.

    None for a domain that only a newer version has.
    """
    domain, sub, key = items
    number = fields.uint(domain, MAX_U8, 1)
    sub, key = fields.uint(sub), fields.uint(key)
    found = find_domain(number)
    return None if found is None else EntityAddress(found, sub, key)


def read_state(item: Any) -> EntityState | None:
    """Return the state `[domain, sub, key, value]`, None of an unknown domain."""
    parts = fields.array(item, 4, 4)
    if (address := read_address(parts[:3])) is None:
        return None
    if (field := address.domain.spec.state) is None:
        raise fields.malformed("the domain has no state")
    return EntityState(address, field.read(parts[3], Reading()))


def write_state(state: EntityState) -> list[Any]:
    """Return the array that `read_state` reads."""
    field = state.address.domain.spec.state
    value = state.value if field is None else field.write(state.value)
    return [*map(int, state.address), value]


def read_args(domain: Domain, value: Any) -> dict[int, Any]:
    """Return command arguments that are right for `domain`."""
    if (kind := domain.spec.command) is None:
        raise fields.malformed("the domain takes no commands")
    return MapOf(kind).read(value, Reading(strict=True)).args()
