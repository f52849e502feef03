"""Small devices, with one entity of each domain that they are asked to have."""

from lab.paths import ESPHOME_COMPONENTS

from .esphome_runner import HUB_KEY, TOKEN

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
ON_THE_WIRE = (
    "binary_sensor",
    "button",
    "light",
    "number",
    "select",
    "sensor",
    "switch",
    "text_sensor",
)
# What the hub does not see.
LEFT_OUT = tuple(domain for domain in ONE_ENTITY if domain not in ON_THE_WIRE)
_OUTPUT = (
    "output:\n  - {platform: template, id: lamp, type: binary, write_action: []}\n"
)


def device_with(
    *domains: str,
    url: str = "ws://192.168.1.10:8123",
    hub_key: str = HUB_KEY,
    token: str = TOKEN,
) -> str:
    """Return the YAML of a host program that has one entity of each domain."""
    entities = [f"{domain}:\n  - {ONE_ENTITY[domain]}\n" for domain in domains]
    if "light" in domains:
        entities.append(_OUTPUT)
    return f"""
esphome:
  name: device
host:
  mac_address: "02:0C:EA:00:00:13"
logger:
external_components:
  - source: {ESPHOME_COMPONENTS}
oceanremote:
  urls: {url}
  hub_key: {hub_key}
  registration_token: {token}
{"".join(entities)}"""
