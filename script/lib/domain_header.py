"""The numbers of the entity domains as C++ constants."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from custom_components.oceanremote.protocol.description import KIND
from custom_components.oceanremote.protocol.domains import Domain
from custom_components.oceanremote.protocol.domains.base import Part, parts_of
from custom_components.oceanremote.protocol.domains.fields import (
    SHARE,
    Array,
    Boolean,
    Characters,
    Choice,
    Field,
    Integer,
    Milliseconds,
    Real,
    Signal,
    Text,
)
from custom_components.oceanremote.protocol.entities import EntityDescriptor

KEYWORDS: Final = frozenset({"switch"})
# Macros of Arduino's core, which an ESP8266 includes everywhere.
MACROS: Final = frozenset({"HIGH", "LOW"})

_TOP: Final = """\
#pragma once
// Written by script/generate from custom_components/oceanremote/protocol/domains/: do not edit.
// Numbers of the entity domains, of their properties, states and commands (docs/protocol.md, "Entities").

#include <cstdint>

namespace esphome::oceanremote::wire {
"""
_ARGUMENTS: Final = """\
/// Each argument of each command: OCEANREMOTE_ARGUMENT(domain, key, type, min, max, required), ascending by domain and
/// key. Types: arguments.h. min and max are those of a UINT; of a TEXT max is characters, of a BYTES bytes.
#define OCEANREMOTE_ARGUMENTS \\"""


def header() -> str:
    """Return the text of wire_domains.h."""
    lines = [_TOP, *_domains(), "", *_common(), ""]
    for domain in Domain:
        lines += [*_namespace(domain), ""]
    lines += _predicate(
        "has_state",
        "Whether its entities have a state.",
        lambda domain: domain.spec.state is not None,
    )
    lines += _predicate(
        "takes_commands",
        "Whether its entities take commands.",
        lambda domain: domain.spec.command is not None,
    )
    rows = " \\\n".join(_arguments())
    lines += ["}  // namespace esphome::oceanremote::wire", "", _ARGUMENTS, rows]
    return "\n".join(lines) + "\n"


def _domains() -> Iterator[str]:
    yield "/// Named as ESPHome's entity_types.h names the types."
    yield "enum class Domain : uint8_t {"
    yield from (f"  {domain.esphome_name} = {domain.value}," for domain in Domain)
    yield "};"


def _common() -> Iterator[str]:
    parts = [*parts_of(EntityDescriptor).by_key.values()]
    keys = {part.name: part.key for part in parts} | {"kind": KIND}
    yield "/// Properties that entities of every domain may have."
    yield from _keys("property", keys)


def _keys(name: str, keys: Mapping[str, int]) -> Iterator[str]:
    if not keys:
        return
    yield f"namespace {name} {{"
    for word, key in sorted(keys.items(), key=lambda item: item[1]):
        yield f"inline constexpr uint8_t {word.upper()} = {key};"
    yield f"}}  // namespace {name}"


def _namespace(domain: Domain) -> Iterator[str]:
    name = domain.name.lower()
    name += "_" if name in KEYWORDS else ""
    spec = domain.spec
    tables = {
        "property": _parts(spec.properties),
        "state": [] if spec.state_map is None else _parts(spec.state_map),
        "command": [] if spec.command is None else _parts(spec.command),
    }
    yield f"namespace {name} {{"
    yield f"inline constexpr uint8_t NUMBER = {domain.value};"
    yield from _enumerations(domain, (part for t in tables.values() for part in t))
    for word, parts in tables.items():
        yield from _keys(word, {part.name: part.key for part in parts})
    yield f"}}  // namespace {name}"


def _parts(kind: type[Any]) -> list[Part]:
    return list(parts_of(kind).by_key.values())


def _enumerations(domain: Domain, parts: Iterable[Part]) -> Iterator[str]:
    kinds = {part.field.kind: None for part in parts if isinstance(part.field, Choice)}
    prefix = "".join(map(str.capitalize, domain.name.split("_")))
    for kind in kinds:
        yield f"enum class {kind.__name__.removeprefix(prefix)} : uint8_t {{"
        yield from (_enumerator(member.name, member.value) for member in kind)
        yield "};"


def _enumerator(name: str, value: int) -> str:
    if name in MACROS:
        return f"  {name}_ = {value},  // NOLINT(readability-identifier-naming)"
    return f"  {name} = {value},"


def _predicate(name: str, says: str, holds: Callable[[Domain], bool]) -> Iterator[str]:
    yield f"/// {says}"
    yield f"constexpr bool {name}(uint8_t domain) {{"
    yield "  switch (static_cast<Domain>(domain)) {"
    yield from (
        f"    case Domain::{domain.esphome_name}:" for domain in Domain if holds(domain)
    )
    yield "      return true;"
    yield "    default:"
    yield "      return false;"
    yield "  }"
    yield "}"
    yield ""


def _arguments() -> Iterator[str]:
    for domain in Domain:
        if domain.spec.command is None:
            continue
        for part in _parts(domain.spec.command):
            kind, least, most = argument_type(part.field)
            required = str(part.required).lower()
            yield (
                f"  OCEANREMOTE_ARGUMENT({domain.value}, {part.key}, {kind}, "
                f"{least}, {most}, {required})"
            )


def argument_type(field: Field[Any]) -> tuple[str, int, int]:
    """Return the firmware's type for an argument, and its bounds.

    A new one must be taught to both.
    """
    match field:
        case Boolean():
            return "BOOLEAN", 0, 0
        case Milliseconds() | Integer(0, 0xFFFF_FFFF):
            return "UINT32", 0, 0
        case Integer(least, most) if 0 <= least <= most <= 0xFFFF:
            return "UINT", least, most
        case Choice(kind):
            return "UINT", min(kind), max(kind)
        case Real(None, None):
            return "REAL", 0, 0
        case Real(0.0, None):
            return "POSITIVE", 0, 0
        case Characters(most):
            return "TEXT", 0, most
        case Text(most):
            return "BYTES", 0, most
        case Signal(most):
            return "SIGNAL", 0, most
        case Array(of, 3, 3) if of == SHARE:
            return "RGB", 0, 0
    if field == SHARE:
        return "SHARE", 0, 0
    raise NotImplementedError(f"arguments.h has no type for {field}")
