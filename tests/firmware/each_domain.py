"""Small devices, with one entity of each domain that they are asked to have."""

from .component_sources import COMPONENT
from .small_device import small_yaml

# One entity of each domain, with what it needs and nothing besides.
ONE_ENTITY = {
    "binary_sensor": "{platform: template, name: Door}",
    "button": "{platform: template, name: Beep}",
    "cover": "{platform: template, name: Blind, optimistic: true}",
    "event": "{platform: template, name: Bell, event_types: [rung]}",
    "fan": "{platform: template, name: Fan}",
    "light": (
        "{platform: binary, name: Lamp, output: lamp, "
        "effects: [{strobe: {name: Blink}}, {strobe: {name: Flash}}]}"
    ),
    "lock": "{platform: template, name: Gate, optimistic: true}",
    "number": (
        "{platform: template, name: Target, optimistic: true, "
        "min_value: 0, max_value: 10, step: 1}"
    ),
    "select": "{platform: template, name: Mode, optimistic: true, options: [One]}",
    "sensor": "{platform: template, name: Level}",
    "switch": "{platform: template, name: Relay, optimistic: true}",
    "text": "{platform: template, name: Motto, optimistic: true, mode: text}",
    "text_sensor": "{platform: template, name: Note}",
    "valve": "{platform: template, name: Tap, optimistic: true}",
}
ON_THE_WIRE = tuple(
    sorted(
        source.stem.removeprefix("domain_") for source in COMPONENT.glob("domain_*.cpp")
    )
)
# What the hub does not see.
LEFT_OUT = tuple(domain for domain in ONE_ENTITY if domain not in ON_THE_WIRE)
_OUTPUT = (
    "output:\n  - {platform: template, id: lamp, type: binary, write_action: []}\n"
)


def entities_of(*domains: str) -> str:
    """Return the YAML of one entity of each domain, and what it needs."""
    entities = [f"{domain}:\n  - {ONE_ENTITY[domain]}\n" for domain in domains]
    return "".join([*entities, _OUTPUT if "light" in domains else ""])


def device_with(*domains: str) -> str:
    """Return the YAML of a host program that has one entity of each domain."""
    return small_yaml(entities_of(*domains))
