"""Climates: what their tables say beyond the fields."""

import pytest

from custom_components.oceanremote.protocol.domains.base import parts_of
from custom_components.oceanremote.protocol.domains.climate import (
    ClimateMode,
    ClimateProperties,
    ClimateState,
)


def test_every_number_of_a_state_is_found() -> None:
    """Modes are numbers on the wire, and none that somebody measured."""
    state = ClimateState(
        mode=ClimateMode.COOL, target_temperature=21.5, current_humidity=0.0
    )
    assert list(parts_of(ClimateState).numbers(state)) == [
        ("target_temperature", 21.5),
        ("current_humidity", 0.0),
    ]


@pytest.mark.parametrize("supports", [False, True])
@pytest.mark.parametrize("requires", [False, True])
def test_a_climate_with_two_targets_has_no_single_one(
    supports: bool, requires: bool
) -> None:
    climate = ClimateProperties(
        supports_two_targets=supports, requires_two_targets=requires
    )
    assert climate.has_two_targets is (supports or requires)
