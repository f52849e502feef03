"""States as a hub keeps them over a restart: what is read is what was written."""

import pytest

from custom_components.oceanremote.protocol import cbor
from custom_components.oceanremote.protocol.domains import Domain
from custom_components.oceanremote.protocol.entities import EntityAddress, EntityState
from custom_components.oceanremote.protocol.errors import RemoteProtocolError
from custom_components.oceanremote.protocol.limits import MAX_ENTITIES
from custom_components.oceanremote.protocol.stored_states import (
    read_states,
    write_states,
)

SWITCH = EntityState(EntityAddress(Domain.SWITCH, 0, 7), value=True)


@pytest.mark.parametrize("count", [0, 1, MAX_ENTITIES])
def test_as_many_as_a_description_may_have(count: int) -> None:
    """More than one message of a device may hold."""
    states = tuple(
        EntityState(EntityAddress(Domain.SENSOR, 0, key), key / 10)
        for key in range(count)
    )
    assert read_states(write_states(states)) == states


@pytest.mark.parametrize("domain", Domain)
def test_a_missing_state_stays_missing(domain: Domain) -> None:
    """A device that told everybody's state but one's, in any domain."""
    missing = EntityState(EntityAddress(domain, 1, 9), None)
    assert read_states(write_states([SWITCH, missing])) == (SWITCH, missing)


def test_a_domain_of_a_newer_version_is_skipped() -> None:
    newer = [[200, 0, 1, True], [200, 0, 2, None]]
    data = cbor.encode([*newer, [int(Domain.SWITCH), 0, 7, True]])
    assert read_states(data) == (SWITCH,)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        cbor.encode(7),
        cbor.encode([[int(Domain.SWITCH), 0, 7, "on"]]),
        cbor.encode([[int(Domain.SWITCH), 0, None]]),
        cbor.encode([[int(Domain.BUTTON), 0, 7, True]]),
        cbor.encode([[int(Domain.SWITCH), 0, 7, True]] * (MAX_ENTITIES + 1)),
    ],
)
def test_damage_is_told(data: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        read_states(data)
