"""Lights of every colour mode that ESPHome's platforms make."""

from typing import Any

from ..family import Difference, Family, Step


def _on(light: str, **data: Any) -> Step:
    return Step(action="light.turn_on", entity=light, data=data)


def _off(light: str, **data: Any) -> Step:
    return Step(action="light.turn_off", entity=light, data=data)


_WITH_EFFECTS = ("Binary", "Dimmer", "Colour")
# Its YAML does not say how cold and how warm its whites are.
_UNKNOWN_WHITES = ("Cold warm plain",)
_NO_EFFECT = "Home Assistant's own word for no effect; core passes on ESPHome's"
_WHITES = (
    "the usual whites for a light that does not say its own: by core it has 0 K, and "
    "every temperature is the same to it"
)
_COLOURED = (
    "Colour",
    "Colour white",
    "Colour or white",
    "Colour cold warm",
    "Colour or cold warm",
    "Colour temperature",
)
_WITH_TEMPERATURE = (
    "Cold warm",
    "Temperature",
    "Colour cold warm",
    "Colour or cold warm",
    "Colour temperature",
)

FAMILY = Family(
    domains=("light",),
    steps=(
        _on("Binary"),
        _on("Binary", effect="Blink"),
        _on("Binary", effect="None"),
        _off("Binary"),
        Step(action="light.toggle", entity="Binary"),
        _off("Binary"),
        _on("Dimmer", brightness=128),
        _on("Dimmer", brightness_pct=1),
        _on("Dimmer", brightness=255),
        _on("Dimmer", brightness_step=-20),
        _on("Dimmer", effect="Breathe"),
        _on("Dimmer", effect="Flicker"),
        _on("Dimmer", effect="None"),
        _on("Dimmer", brightness=77, transition=0.2),
        Step(
            action="light.turn_on",
            entity="Dimmer",
            data={"flash": "short"},
            silent=True,
        ),
        _off("Dimmer", transition=0.2),
        *(
            step
            for light in _WITH_TEMPERATURE
            for step in (
                _on(light, color_temp_kelvin=3000, brightness=200),
                _on(light, color_temp_kelvin=6500),
                _on(light, color_temp_kelvin=1500),
                _off(light),
            )
        ),
        _on("Cold warm plain", color_temp_kelvin=3000, brightness=200),
        Step(
            action="light.turn_on",
            entity="Cold warm plain",
            data={"color_temp_kelvin": 6500},
            silent=True,
        ),
        _off("Cold warm plain"),
        *(
            step
            for light in _COLOURED
            for step in (
                _on(light, rgb_color=[255, 128, 0]),
                _on(light, hs_color=[240, 50], brightness=100),
                _on(light, xy_color=[0.3, 0.6]),
                _on(light, color_name="purple"),
                _on(light, rgb_color=[0, 0, 0]),
                _on(light, rgb_color=[0, 255, 0], brightness=255),
                _off(light),
            )
        ),
        _on("Colour white", rgbw_color=[255, 0, 0, 128]),
        _on("Colour white", rgbw_color=[0, 0, 0, 255]),
        _on("Colour white", rgbw_color=[0, 0, 0, 0]),
        _on("Colour or white", white=120),
        _on("Colour or white", rgb_color=[1, 2, 3]),
        _on("Colour cold warm", rgbww_color=[10, 20, 30, 40, 50]),
        _on("Colour cold warm", rgbww_color=[0, 0, 0, 255, 128]),
        _on("Colour", effect="Drift"),
        _off("Colour"),
    ),
    differences=(
        *(
            Difference(
                platform="light", what=what, entities=_WITH_EFFECTS, why=_NO_EFFECT
            )
            for what in ("attributes.effect_list", "attributes.effect")
        ),
        Difference(
            platform="light",
            what="registry.capabilities",
            entities=_WITH_EFFECTS,
            why=_NO_EFFECT,
        ),
        *(
            Difference(
                platform="light", what=what, entities=_UNKNOWN_WHITES, why=_WHITES
            )
            for what in (
                "attributes.min_color_temp_kelvin",
                "attributes.max_color_temp_kelvin",
                "attributes.color_temp_kelvin",
                "attributes.hs_color",
                "attributes.rgb_color",
                "attributes.xy_color",
                "registry.capabilities",
                "action light.turn_on",
            )
        ),
    ),
)
