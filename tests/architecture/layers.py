"""The import rules of the integration.

`protocol` reaches the standard library, cryptography and cbor2; `policy` the
standard library alone; neither does I/O or knows the other. `gateway` knows both.
Platform files see a device through the entity base, the coordinator and the
protocol's entities. Only the root and the hub compose.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
import sys

from .source import Import, Module, imports_of

# What does I/O, waits or runs beside: no business of a pure core.
IMPURE = frozenset(
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
PLATFORMS = frozenset(
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
        "light",
        "lock",
        "media_player",
        "number",
        "select",
        "sensor",
        "siren",
        "switch",
        "text",
        "time",
        "update",
        "valve",
    }
)
COMPOSERS = frozenset({"", "hub"})


@dataclass(frozen=True)
class Layer:
    """What the modules of one layer may import, as two predicates."""

    name: str
    may_own: Callable[[str], bool]
    may_foreign: Callable[[str], bool]


def within(target: str, *packages: str) -> bool:
    """Tell whether a module is one of the packages or inside one."""
    return any(target == name or target.startswith(f"{name}.") for name in packages)


def _any(_: str) -> bool:
    return True


PROTOCOL = Layer(
    "protocol",
    lambda own: within(own, "protocol"),
    lambda foreign: foreign in PURE_STDLIB | {"cryptography", "cbor2"},
)
POLICY = Layer(
    "policy",
    lambda own: within(own, "policy"),
    lambda foreign: foreign in PURE_STDLIB,
)
GATEWAY = Layer(
    "gateway",
    lambda own: within(own, "gateway", "protocol", "policy", "const"),
    lambda foreign: (
        foreign
        in sys.stdlib_module_names | {"aiohttp", "homeassistant", "voluptuous", "yarl"}
    ),
)
# A link is spoken to by those who own one; routes are opened by composition alone.
OUTER = Layer(
    "outer", lambda own: not within(own, "gateway.views", "gateway.traps"), _any
)
COMPOSING = Layer("composing", _any, _any)


def platform_of(name: str) -> str | None:
    """Return the platform that a module belongs to: `light`, also for `light_color`."""
    fits = [p for p in PLATFORMS if name == p or name.startswith(f"{p}_")]
    return max(fits, key=len, default=None)


def platform_layer(platform: str) -> Layer:
    """Return the rules of a platform file and its helpers."""

    def may_own(own: str) -> bool:
        shared = within(
            own,
            "entity",
            "challenge_entity",
            "coordinator",
            "const",
            "protocol.entities",
        )
        return shared or platform_of(own) == platform

    return Layer(f"platform {platform}", may_own, _any)


def layer_of(name: str) -> Layer:
    """Return the layer that binds a module."""
    for layer in (PROTOCOL, POLICY, GATEWAY):
        if within(name, layer.name):
            return layer
    if name in COMPOSERS:
        return COMPOSING
    platform = platform_of(name)
    return platform_layer(platform) if platform else OUTER


def violation(layer: Layer, found: Import) -> bool:
    """Tell whether a layer forbids an import."""
    if found.own:
        return not layer.may_own(found.target)
    return not layer.may_foreign(found.target.partition(".")[0])


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
        if violation(layer, found)
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
