"""Values of CBOR that a field takes, at its bounds, and values that it must refuse."""

from collections.abc import Iterator
from typing import Any, Final

from custom_components.oceanremote.protocol.domains.base import MapOf, parts_of
from custom_components.oceanremote.protocol.domains.fields import (
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
from custom_components.oceanremote.protocol.limits import MAX_U8, MAX_U32

# A bit beyond 1.0 and 0.0 that 64 bits can tell from them.
_JUST: Final = 1e-9


def lawful(field: Field[Any]) -> list[Any]:
    """Return values that are right, the extreme ones among them."""
    match field:
        case Boolean():
            return [False, True]
        case Integer(least, most):
            return sorted({least, most, max(least, 0)})
        case Milliseconds():
            return [0, 1234, MAX_U32]
        case Real(least, most):
            wanted = (least, most, 0.5, -1e38, 1e300)
            return [
                value for value in wanted if value is not None and _in(field, value)
            ]
        case Text(most):
            return ["", "x" * most, "ä" * (most // 2)]
        case Characters(most):
            return ["", "x" * most, "😀" * most]
        case Choice(kind):
            return [int(member) for member in kind]
        case Array(of, most, least):
            one = lawful(of)[-1]
            return [[one] * least, [one] * min(most, max(least, 2))]
        case Signal(most):
            return [b"\x00", b"\xff\xff\xff\xff\x0f\x02", b"\x01" * most]
        case Row(_, columns):
            samples = [lawful(column) for column in columns]
            return [[s[0] for s in samples], [s[-1] for s in samples]]
        case OrMissing(of):
            return [None, *lawful(of)]
        case MapOf(kind):
            return list(_maps(kind))
    raise NotImplementedError(field)


def unlawful(field: Field[Any]) -> list[Any]:
    """Return values that are wrong: of other types, and just beyond the bounds."""
    match field:
        case Boolean():
            return [0, 1, None, "true"]
        case Integer(least, most):
            return [least - 1, most + 1, True, 1.0, None]
        case Milliseconds():
            return [-1, MAX_U32 + 1, 1.0, True, None]
        case Real(least, most):
            beyond = [] if least is None else [least - _JUST]
            beyond += [] if most is None else [most + _JUST]
            return [*beyond, 1, True, None, "1.0"]
        case Text(most):
            return ["x" * (most + 1), "ä" * most, 1, None, b"x"]
        case Characters(most):
            # The grammar counts bytes: it would take 256 letters of ASCII.
            return ["ä" * (most + 1), 1, None, b"x"]
        case Choice():
            return [-1, MAX_U8 + 1, True, None]
        case Array(of, most, least):
            one = lawful(of)[0]
            few = [[one] * (least - 1)] if least else []
            return [*few, [one] * (most + 1), [unlawful(of)[0]] * max(least, 1), None]
        case Signal(most):
            beyond = b"\xff\xff\xff\xff\x1f"
            return [b"", b"\x80", b"\x80\x00", beyond, b"\x01" * (most + 1), "x", None]
        case Row(_, columns):
            right = [lawful(column)[0] for column in columns]
            wrong = [
                [*right[:place], bad, *right[place + 1 :]]
                for place, column in enumerate(columns)
                for bad in unlawful(column)
            ]
            return [*wrong, right[:-1], [*right, 0], [], None]
        case OrMissing(of):
            return [value for value in unlawful(of) if value is not None]
        case MapOf(kind):
            return list(_wrong_maps(kind))
    raise NotImplementedError(field)


def _in(field: Real, value: float) -> bool:
    return (field.least is None or value >= field.least) and (
        field.most is None or value <= field.most
    )


def _needed(kind: type[Any]) -> dict[int, Any]:
    parts = parts_of(kind).by_key.values()
    return {part.key: lawful(part.field)[0] for part in parts if part.required}


def _maps(kind: type[Any]) -> Iterator[dict[int, Any]]:
    """Yield maps with each part alone, with all of them and with those needed."""
    parts = parts_of(kind).by_key.values()
    needed = _needed(kind)
    yield needed
    for part in parts:
        for value in lawful(part.field):
            if value != part.default:
                yield needed | {part.key: value}
    yield {part.key: lawful(part.field)[-1] for part in parts}


def _wrong_maps(kind: type[Any]) -> Iterator[Any]:
    parts = parts_of(kind).by_key.values()
    needed = _needed(kind)
    for missing in needed:
        yield {key: value for key, value in needed.items() if key != missing}
    for part in parts:
        for value in unlawful(part.field):
            yield needed | {part.key: value}
    yield []
    yield None
