"""A whole number that is typed, in the forms of this integration."""

from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)


def number_box(low: int, high: int, unit: str | None = None) -> NumberSelector:
    """Return a field for a number from `low` to `high`; it gives a float."""
    config = NumberSelectorConfig(
        min=low, max=high, step=1, mode=NumberSelectorMode.BOX
    )
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)
