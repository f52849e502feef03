"""The entity domains' part of docs/protocol.cddl."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from domain_document import words

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

BEGIN: Final = "; begin: entity domains, written by script/generate\n"
END: Final = "; end: entity domains\n"

_PLACE: Final = "sub: u32, key: u32"


def rules() -> str:
    """Return the rules of every domain."""
    names = _Names()
    rows = [
        f"address = (domain: {min(Domain)}..{max(Domain)}, {_PLACE})",
        "",
        *_choice("state", _states()),
        "",
        "command-body = (",
        *_commands(),
        ")",
        "",
        *_choice("descriptor", _descriptors()),
    ]
    for domain in Domain:
        rows += [line for rule in _rules_of(domain, names) for line in ("", *rule)]
    rows += ["", *names.rules()]
    return "\n" + "\n".join(rows) + "\n\n"


class _Names:
    """Rules for the parts of maps: one for all that share a name and a type."""

    def __init__(self) -> None:
        self._types: dict[str, str] = {}
        self._comments: dict[str, str] = {}

    def of(self, domain: Domain, part: Part) -> str:
        """Return the name of a part's rule."""
        name, kind = part.name.replace("_", "-"), type_of(part.field)
        if self._types.setdefault(name, kind) != kind:
            name = _name(domain, name)
            self._types[name] = kind
        self._comments.setdefault(name, _comment(part))
        return name

    def rules(self) -> Iterator[str]:
        """Yield the rules in the order in which they were named."""
        for name, kind in self._types.items():
            comment = self._comments[name]
            yield f"{name} = {kind}" + (f"  ; {comment}" if comment else "")


def _comment(part: Part) -> str:
    """Return what a part means, and bounds that the grammar has no words for."""
    more = [part.says] if part.says else []
    match part.field:
        case Choice():
            more.insert(0, words(part.field))
        case Real(least, _) if least is not None and part.field != SHARE:
            more.insert(0, words(part.field))
    return "; ".join(more)


def _name(domain: Domain, what: str) -> str:
    return f"{domain.name.lower().replace('_', '-')}-{what}"


def _choice(rule: str, rows: Iterable[str]) -> Iterator[str]:
    for number, row in enumerate(rows):
        yield f"{rule} = {row}" if number == 0 else f"{' ' * len(rule)} / {row}"


def _states() -> Iterator[str]:
    for domain in Domain:
        if domain.spec.state is not None:
            yield f"[{domain.value}, {_PLACE}, {_name(domain, 'state')}]"


def _commands() -> Iterator[str]:
    commanded = [domain for domain in Domain if domain.spec.command is not None]
    for domain in commanded:
        end = "" if domain is commanded[-1] else " //"
        yield f"  ({domain.value}, {_PLACE}, {_name(domain, 'command')}){end}"


def _descriptors() -> Iterator[str]:
    texts = "object-id: text120, name: text120"
    for domain in Domain:
        yield f"[{domain.value}, {_PLACE}, {texts}, {_name(domain, 'properties')}]"
    yield f"[26, 0, key: u32, {texts}, user-action]"
    yield f"[0, {_PLACE}, {texts}, not-carried]"


def _rules_of(domain: Domain, names: _Names) -> Iterator[list[str]]:
    spec = domain.spec
    maps = {"properties": [*_parts(EntityDescriptor), *_parts(spec.properties)]}
    if spec.state_map is not None:
        maps[_state_rule(spec)] = _parts(spec.state_map)
    if spec.command is not None:
        maps["command"] = _parts(spec.command)
    for what, parts in maps.items():
        named = {part.key: (names.of(domain, part), part.required) for part in parts}
        yield _map(_name(domain, what), named)
    if spec.state_map is None and spec.state is not None:
        yield [f"{_name(domain, 'state')} = {type_of(spec.state)}"]
    elif isinstance(spec.state, OrMissing):
        yield [f"{_name(domain, 'state')} = {_name(domain, 'value')} / null"]


def _state_rule(spec: DomainSpec[Any, Any]) -> str:
    return "value" if isinstance(spec.state, OrMissing) else "state"


def _parts(kind: type[Any]) -> list[Part]:
    return list(parts_of(kind).by_key.values())


def _map(rule: str, named: Mapping[int, tuple[str, bool]]) -> list[str]:
    rows = [
        f"  {'' if required else '? '}{key} => {name},"
        for key, (name, required) in sorted(named.items())
    ]
    return [f"{rule} = {{", *rows, "}"] if rows else [f"{rule} = {{}}"]


def type_of(field: Field[Any]) -> str:
    """Return the type of a field, as the grammar says it."""
    match field:
        case Boolean():
            return "bool"
        case Milliseconds():
            return "u32"
        case Integer(least, most):
            return f"{least}..{most}"
        case Real():
            # The grammar's checkers know no ranges of floating-point numbers but one.
            return "share" if field == SHARE else "float"
        case Characters(255):
            return "text255"
        case Text(64 | 120 as most):
            return f"text{most}"
        case Text(most):
            return f"tstr .size (0..{most})"
        case Choice(kind):
            return _enumeration(sorted(map(int, kind)))
        case Array(of, most, least):
            return f"[{least}*{most} {type_of(of)}]"
        case Signal(most):
            return f"bstr .size (1..{most})"
        case Row(kind, columns):
            return f"[{', '.join(_columns(kind, columns))}]"
        case OrMissing(of):
            return f"{type_of(of)} / null"
    raise NotImplementedError(f"the grammar has no type for {field}")


def _columns(kind: type[Any], columns: Iterable[Field[Any]]) -> Iterator[str]:
    for name, column in zip(kind._fields, columns, strict=True):
        yield f"{name.replace('_', '-')}: {type_of(column)}"


def _enumeration(values: list[int]) -> str:
    if len(values) == 1:
        return str(values[0])
    if values == list(range(values[0], values[-1] + 1)):
        return f"{values[0]}..{values[-1]}"
    return f"({' / '.join(map(str, values))})"
