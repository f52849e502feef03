"""Whatever a field of a domain's tables may hold, for tests that draw at random."""

from typing import Any

from hypothesis import strategies as st

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
from custom_components.oceanremote.protocol.limits import MAX_U32

MOST_ITEMS = 5


def values_of(
    field: Field[Any], texts: st.SearchStrategy[str], numbers: st.SearchStrategy[float]
) -> st.SearchStrategy[Any]:
    """Return a strategy of values; `texts` and `numbers` are what these shall be."""

    def of(inner: Field[Any]) -> st.SearchStrategy[Any]:
        return values_of(inner, texts, numbers)

    match field:
        case Boolean():
            return st.booleans()
        case Integer(least, most):
            return st.integers(least, most)
        case Milliseconds():
            return st.integers(0, MAX_U32).map(lambda value: value / 1000)
        case Real(None, None):
            return numbers
        case Real(least, None):
            return numbers.map(lambda value: max(least, abs(value)))
        case Real(least, most):
            bounds = st.sampled_from([least, most])
            return st.one_of(bounds, st.floats(least, most))
        case Text(most):
            return texts.map(lambda text: text.encode()[:most].decode(errors="ignore"))
        case Characters(most):
            return texts.map(lambda text: text[:most])
        case Choice(kind):
            return st.sampled_from(kind)
        case Array(inner, most, least):
            length = min(most, max(least, MOST_ITEMS))
            return st.lists(of(inner), min_size=least, max_size=length).map(tuple)
        case Signal():
            timings = st.integers(-(2**31), 2**31 - 1)
            return st.lists(timings, min_size=1, max_size=MOST_ITEMS).map(tuple)
        case Row(kind, columns):
            return st.tuples(*map(of, columns)).map(lambda row: kind(*row))
        case OrMissing(inner):
            return st.none() | of(inner)
        case MapOf(kind):
            parts = parts_of(kind).by_key.values()
            return st.builds(
                kind,
                **{
                    p.name: of(p.field)
                    if p.required
                    else of(p.field) | st.just(p.default)
                    for p in parts
                },
            )
    raise NotImplementedError(field)
