"""The tables of docs/entities.md."""

from collections.abc import Iterable, Iterator
import importlib
from typing import Any, Final

import domain_proof

from custom_components.oceanremote.protocol.description import KIND
from custom_components.oceanremote.protocol.domains import Domain
from custom_components.oceanremote.protocol.domains.base import (
    DomainSpec,
    Part,
    parts_of,
)
from custom_components.oceanremote.protocol.domains.fields import (
    SHARE,
    Array,
    Boolean,
    Characters,
    Choice,
    Field,
    Integer,
    Milliseconds,
    OrMissing,
    Real,
    Row,
    Signal,
    Text,
)
from custom_components.oceanremote.protocol.entities import EntityDescriptor
from custom_components.oceanremote.protocol.limits import MAX_NAME_TEXT

BEGIN: Final = "<!-- begin: written by script/generate -->\n"
END: Final = "<!-- end: written by script/generate -->\n"

_DOMAINS: Final = "custom_components.oceanremote.protocol.domains"


def tables() -> str:
    """Return a section for every domain, and one for what all of them have."""
    sections = [_overview(), _every_entity(), *map(_section, Domain), _not_carried()]
    return "\n" + "\n\n".join(sections) + "\n\n"


def _overview() -> str:
    rows = [
        "| domain | | state | command | compared with core |",
        "|---|---|---|---|---|",
    ]
    for domain in Domain:
        spec = domain.spec
        command = "none" if spec.command is None else _command_in_short(spec.command)
        rows.append(
            f"| {domain.value} | [{_words(domain.name)}]({_anchor(domain)}) "
            f"| {_state_in_short(spec)} | {command} "
            f"| {domain_proof.in_short(domain)} |"
        )
    return "\n".join(rows)


def _state_in_short(spec: DomainSpec[Any, Any]) -> str:
    if spec.state is None:
        return "none"
    if spec.state_map is None:
        return words(spec.state)
    return "map, or null" if isinstance(spec.state, OrMissing) else "map"


def _command_in_short(command: type[Any]) -> str:
    parts = parts_of(command).by_key.values()
    if len(parts) > 1:
        return "map"
    return f"{{{', '.join(f'{part.key}: {words(part.field)}' for part in parts)}}}"


def _anchor(domain: Domain) -> str:
    return f"#{domain.value}-{domain.name.lower().replace('_', '-')}"


def _every_entity() -> str:
    parts = parts_of(EntityDescriptor).by_key.values()
    table = _table("property of every domain", parts)
    return f"## Every entity\n\n{table}"


def _section(domain: Domain) -> str:
    module = importlib.import_module(f"{_DOMAINS}.{domain.name.lower()}")
    spec = domain.spec
    paragraphs = [
        f"## {domain.value} {_words(domain.name)}",
        " ".join((module.__doc__ or "").split()),
    ]
    if own := parts_of(spec.properties).by_key:
        paragraphs.append(_table("property", own.values()))
    if spec.state is None:
        paragraphs.append("It has no state.")
    elif spec.state_map is not None:
        parts = parts_of(spec.state_map).by_key.values()
        or_null = " (or null)" if isinstance(spec.state, OrMissing) else ""
        paragraphs.append(_table(f"state{or_null}", parts))
    else:
        paragraphs.append(f"State: {words(spec.state)}.")
    if spec.command is None:
        paragraphs.append("It takes no commands.")
    else:
        paragraphs += _command(spec.command)
    paragraphs += domain_proof.paragraphs(domain)
    return "\n\n".join(paragraphs)


def _command(command: type[Any]) -> Iterator[str]:
    doc = " ".join((command.__doc__ or "").split())
    parts = parts_of(command).by_key.values()
    if not parts:
        yield f"Command, an empty map: {doc}"
        return
    yield f"Command: {doc}"
    yield _table("argument", parts)


def _not_carried() -> str:
    return (
        "## 0 what no domain carries\n\n"
        "| key | property | type | |\n|---|---|---|---|\n"
        f"| {KIND} | kind | text ≤ {MAX_NAME_TEXT} bytes | for example `fan` |\n\n"
        "It has no state and takes no commands."
    )


def _table(title: str, parts: Iterable[Part]) -> str:
    rows = [f"| key | {title} | type | |", "|---|---|---|---|"]
    for part in sorted(parts, key=lambda part: part.key):
        says = [part.says] if part.says else []
        says += ["must be there"] if part.required else []
        rows.append(
            f"| {part.key} | {_words(part.name)} | {words(part.field)} "
            f"| {'; '.join(says)} |"
        )
    return "\n".join(rows)


def words(field: Field[Any]) -> str:
    """Return type and bounds of a field for a person."""
    match field:
        case Boolean():
            return "bool"
        case Milliseconds():
            return "u32, milliseconds"
        case Integer(least, most):
            return f"{_signed(least)} … {_signed(most)}"
        case Real(None, None):
            return "float"
        case Real(least, None):
            return f"float ≥ {least:g}"
        case Real(least, most):
            return f"float {least} … {most}" + (", a share" if field == SHARE else "")
        case Text(most):
            return f"text ≤ {most} bytes"
        case Characters(most):
            return f"text ≤ {most} characters"
        case Choice(kind):
            names = (f"{int(m)} {_words(m.name)}" for m in kind)
            return ", ".join(names)
        case Array(of, most, least) if least == most:
            return f"{most} × {words(of)}"
        case Array(of, most):
            return f"≤ {most:,} × {words(of)}"
        case Signal(most):
            return f"signal ≤ {most:,} bytes"
        case Row(_, columns):
            return f"[{', '.join(map(words, columns))}]"
        case OrMissing(of):
            return f"{words(of)}, or null"
    raise NotImplementedError(f"docs/entities.md has no words for {field}")


def _signed(value: int) -> str:
    return str(value).replace("-", "−")


def _words(name: str) -> str:
    return name.lower().replace("_", " ")
