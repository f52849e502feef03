"""The import rules of the integration: the packages, and the arrows between them.

A package imports only what stands before it in `PACKAGES`; `protocol` and `policy`
are pure and import nothing of ours. The root holds what Home Assistant looks for by
name, and may import every package; a platform sees a device through the entity base,
the coordinator and the protocol's entities.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
import sys
from typing import Final

from .source import Import, Module, imports_of

# In the order of the arrows: each may import those before it.
PACKAGES: Final = (
    "common",
    "protocol",
    "policy",
    "vault",
    "audit",
    "admission",
    "transport",
    "device",
    "trust",
    "hub",
    "firmware",
    "requests",
    "tunnels",
    "report",
    "flows",
    "actions",
    "http",
    "repairs",
    "challenge",
)
PURE: Final = frozenset({"protocol", "policy"})
PLATFORMS: Final = frozenset(
    {
        "alarm_control_panel",
        "binary_sensor",
        "button",
        "camera",
        "climate",
        "cover",
        "date",
        "datetime",
        "event",
        "fan",
        "infrared",
        "light",
        "lock",
        "media_player",
        "number",
        "radio_frequency",
        "select",
        "sensor",
        "siren",
        "switch",
        "text",
        "time",
        "update",
        "valve",
        "water_heater",
    }
)
# What Home Assistant looks for by name in an integration's root, platforms beside.
ROOT: Final = frozenset(
    {
        "",
        "config_flow",
        "diagnostics",
        "entity",
        "logbook",
        "system_health",
    }
)
# What does I/O, waits or runs beside: no business of a pure core.
IMPURE: Final = frozenset(
    {
        "asyncio",
        "concurrent",
        "http",
        "logging",
        "multiprocessing",
        "os",
        "pathlib",
        "random",
        "secrets",
        "selectors",
        "shutil",
        "signal",
        "socket",
        "socketserver",
        "sqlite3",
        "ssl",
        "subprocess",
        "tempfile",
        "threading",
        "time",
        "urllib",
    }
)
PURE_STDLIB = sys.stdlib_module_names - IMPURE


@dataclass(frozen=True)
class Layer:
    """What the modules of one layer may import, as two predicates."""

    name: str
    may_own: Callable[[str], bool]
    may_foreign: Callable[[str], bool]


def within(target: str, *packages: str) -> bool:
    """Tell whether a module is one of the packages or inside one."""
    return any(target == name or target.startswith(f"{name}.") for name in packages)


def package_of(name: str) -> str:
    """Return the first part of a module's name: its package, or itself at the root."""
    return name.partition(".")[0]


def is_private(target: str) -> bool:
    """Tell whether a part of a module's name begins with an underscore."""
    return any(part.startswith("_") for part in target.split("."))


def _any(_: str) -> bool:
    return True


def _foreign_of(package: str) -> Callable[[str], bool]:
    if package in {"protocol", "challenge.protocol"}:
        return lambda foreign: foreign in PURE_STDLIB | {"cryptography", "cbor2"}
    if package == "policy":
        return lambda foreign: foreign in PURE_STDLIB
    if package in {"transport", "http"}:
        served = {"aiohttp", "homeassistant", "voluptuous", "yarl"}
        return lambda foreign: foreign in sys.stdlib_module_names | served
    return _any


def package_layer(package: str) -> Layer:
    """Return the rules of one package."""
    before = () if package in PURE else PACKAGES[: PACKAGES.index(package)]

    def may_own(own: str) -> bool:
        if within(own, package):
            return True
        return package_of(own) in before and not is_private(own)

    return Layer(package, may_own, _foreign_of(package))


def platform_of(name: str) -> str | None:
    """Return the platform that a module belongs to: `light`, also for `light.color`."""
    package = package_of(name)
    return package if package in PLATFORMS else None


def platform_layer(platform: str) -> Layer:
    """Return the rules of a platform file and its helpers."""

    def may_own(own: str) -> bool:
        shared = within(
            own,
            "entity",
            "challenge",
            "common",
            "device.addresses",
            "device.backfill_report",
            "device.border",
            "device.codes",
            "device.coordinator",
            "device.crashes",
            "device.health",
            "device.logs",
            "device.registry",
            "device.status",
            "device.temperatures",
            "device.updates",
            "protocol.domains",
            "protocol.entities",
        )
        return shared or platform_of(own) == platform

    return Layer(f"platform {platform}", may_own, _any)


# Another wire, as pure as the protocol, beside which it knows nothing of ours.
CHALLENGE_PROTOCOL = Layer(
    "challenge.protocol",
    lambda own: within(own, "challenge.protocol", "protocol"),
    _foreign_of("challenge.protocol"),
)
# The base of the platforms, and all that composes.
COMPOSING = Layer("composing", lambda own: not is_private(own), _any)


def layer_of(name: str) -> Layer:
    """Return the layer that binds a module."""
    if within(name, "challenge.protocol"):
        return CHALLENGE_PROTOCOL
    if (package := package_of(name)) in PACKAGES:
        return package_layer(package)
    platform = platform_of(name)
    return platform_layer(platform) if platform else COMPOSING


def violation(layer: Layer, module: Module, found: Import) -> bool:
    """Tell whether a layer forbids an import."""
    if not found.own:
        return not layer.may_foreign(package_of(found.target))
    return not layer.may_own(found.target)


def violations(modules: Iterable[Module]) -> list[str]:
    """Return one line per import that its layer forbids."""
    modules = list(modules)
    known = frozenset(module.name for module in modules)
    return [
        f"{module.name or '__init__'}:{found.line}: {layer.name} must not import "
        f"{found.target or 'the root package'}"
        for module in modules
        for layer in [layer_of(module.name)]
        for found in imports_of(module, known)
        if violation(layer, module, found)
    ]


def strangers(modules: Iterable[Module]) -> list[str]:
    """Return the modules that lie neither in a package nor where the root has room."""
    return [
        module.name
        for module in modules
        if package_of(module.name) not in {*PACKAGES, *PLATFORMS, *ROOT}
    ]


def circles(modules: Iterable[Module]) -> list[str]:
    """Return the import circles, each once, as `a -> b -> a`."""
    modules = list(modules)
    known = frozenset(module.name for module in modules)
    graph = {
        module.name: sorted(
            {
                found.target
                for found in imports_of(module, known)
                if found.own and found.target in known
            }
        )
        for module in modules
    }
    found: dict[frozenset[str], str] = {}
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> None:
        if name in path:
            circle = path[path.index(name) :]
            text = " -> ".join(part or "__init__" for part in [*circle, name])
            found.setdefault(frozenset(circle), text)
            return
        if name in done:
            return
        for target in graph[name]:
            visit(target, [*path, name])
        done.add(name)

    for name in graph:
        visit(name, [])
    return sorted(found.values())
