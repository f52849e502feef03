"""Small devices, with one entity of each domain that they are asked to have."""

from .component_sources import COMPONENT
from .small_device import small_yaml

# One entity of each domain, with what it needs and nothing besides.
ONE_ENTITY = {
    "alarm_control_panel": "{platform: template, name: Alarm}",
    "binary_sensor": "{platform: template, name: Door}",
    "button": "{platform: template, name: Beep}",
    "camera": "{name: Yard}",
    "climate": "{platform: stub_climate, name: Heating}",
    "cover": "{platform: template, name: Blind, optimistic: true}",
    "date": "{platform: template, name: Day, type: date, optimistic: true}",
    "datetime": "{platform: template, name: Moment, type: datetime, optimistic: true}",
    "event": "{platform: template, name: Bell, event_types: [rung]}",
    "fan": "{platform: template, name: Fan}",
    "infrared": "{platform: stub_signal, name: Sender}",
    "light": (
        "{platform: binary, name: Lamp, output: lamp, "
        "effects: [{strobe: {name: Blink}}, {strobe: {name: Flash}}]}"
    ),
    "lock": "{platform: template, name: Gate, optimistic: true}",
    "media_player": "{platform: stub_media_player, name: Speaker}",
    "number": (
        "{platform: template, name: Target, optimistic: true, "
        "min_value: 0, max_value: 10, step: 1}"
    ),
    "radio_frequency": "{platform: stub_signal, name: Mast}",
    "select": "{platform: template, name: Mode, optimistic: true, options: [One]}",
    "sensor": "{platform: template, name: Level}",
    "switch": "{platform: template, name: Relay, optimistic: true}",
    "text": "{platform: template, name: Motto, optimistic: true, mode: text}",
    "text_sensor": "{platform: template, name: Note}",
    "time": "{platform: template, name: Hour, type: time, optimistic: true}",
    "update": "{platform: stub_update, name: Firmware}",
    "valve": "{platform: template, name: Tap, optimistic: true}",
    "water_heater": "{platform: template, name: Boiler}",
}
# Where ESPHome's YAML has them, if not under their own name.
SECTIONS = {"camera": "stub_camera", "date": "datetime", "time": "datetime"}
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
    lines: dict[str, list[str]] = {}
    for domain in domains:
        section = SECTIONS.get(domain, domain)
        lines.setdefault(section, []).append(f"  - {ONE_ENTITY[domain]}\n")
    entities = [f"{section}:\n{''.join(each)}" for section, each in lines.items()]
    return "".join([*entities, _OUTPUT if "light" in domains else ""])


def device_with(*domains: str) -> str:
    """Return the YAML of a host program that has one entity of each domain."""
    return small_yaml(entities_of(*domains))
