"""Descriptions: chunks within bounds that hold what they promise."""

from collections.abc import Iterable
import hashlib
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.oceanremote.protocol import (
    Domain,
    EntityAddress,
    EntityCategory,
    EntityDescriptor,
    NumberMode,
    RemoteProtocolError,
    StateClass,
    cbor,
    description_hash,
    encode_description,
    parse_description,
)
from custom_components.oceanremote.protocol.description import DescriptionAssembler
from custom_components.oceanremote.protocol.errors import CloseReason
from custom_components.oceanremote.protocol.limits import MAX_ENTITIES
from custom_components.oceanremote.protocol.messages import Describe
from tests.support.cddl import fits
from tests.support.message_samples import ENTITIES

names = st.text(max_size=20)
floats = st.none() | st.floats(allow_nan=False, allow_infinity=False)
lists = st.lists(names, max_size=4).map(tuple)
descriptors = st.builds(
    EntityDescriptor,
    address=st.builds(
        EntityAddress,
        st.sampled_from(Domain),
        st.integers(0, 255),
        st.integers(0, 2**32 - 1),
    ),
    object_id=names,
    name=names,
    entity_category=st.none() | st.sampled_from(EntityCategory),
    icon=st.none() | names,
    device_class=st.none() | names,
    unit=st.none() | names,
    state_class=st.none() | st.sampled_from(StateClass),
    accuracy_decimals=st.none() | st.integers(-32, 32),
    assumed_state=st.booleans(),
    options=lists,
    min_value=floats,
    max_value=floats,
    step=floats,
    mode=st.sampled_from(NumberMode),
    color_modes=st.lists(st.integers(0, 255), max_size=4).map(tuple),
    effects=lists,
    min_mireds=floats,
    max_mireds=floats,
    disabled_by_default=st.booleans(),
    force_update=st.booleans(),
)
descriptions = st.lists(
    descriptors, max_size=8, unique_by=(lambda e: e.address, lambda e: e.object_id)
).map(tuple)


@settings(deadline=None)
@given(descriptions)
def test_a_description_comes_back_as_it_went(
    entities: tuple[EntityDescriptor, ...],
) -> None:
    data = encode_description(entities)
    assert parse_description(data) == entities
    assert description_hash(data) == hashlib.sha256(data).digest()
    for entity in entities:
        assert fits("descriptor", encode_description((entity,)))


def test_an_empty_description_has_no_bytes() -> None:
    assert encode_description(()) == b""
    assert parse_description(b"") == ()


def _descriptor(**changes: Any) -> list[Any]:
    parts = {"domain": 4, "sub": 0, "key": 1, "id": "a", "name": "A", "props": {}}
    return list((parts | changes).values())


def _sequence(items: Iterable[Any]) -> bytes:
    return b"".join(map(cbor.encode, items))


@pytest.mark.parametrize(
    "descriptor",
    [
        {},
        [],
        _descriptor()[:5],
        _descriptor(domain=9),
        _descriptor(domain=[]),
        _descriptor(domain=True),
        _descriptor(sub=None),
        _descriptor(sub=256),
        _descriptor(key=2**32),
        _descriptor(id="x" * 121),
        _descriptor(name="ä" * 61),
        _descriptor(props=[]),
        _descriptor(props={0: True}),
        _descriptor(props={19: True}),
        _descriptor(props={1: 3}),
        _descriptor(props={1: True}),
        _descriptor(props={5: 0}),
        _descriptor(props={6: 33}),
        _descriptor(props={6: -33}),
        _descriptor(props={6: False}),
        _descriptor(props={7: 1}),
        _descriptor(props={8: ["x"] * 1025}),
        _descriptor(props={8: ["x" * 256]}),
        _descriptor(props={9: 1}),
        _descriptor(props={12: 3}),
        _descriptor(props={13: [256]}),
    ],
)
def test_malformed_descriptors_are_refused(descriptor: Any) -> None:
    data = cbor.encode(descriptor)
    with pytest.raises(RemoteProtocolError) as caught:
        parse_description(data)
    assert caught.value.reason is CloseReason.MALFORMED_MESSAGE
    # zcbor counts letters where CDDL counts bytes.
    assert not fits("descriptor", data) or "ä" in str(descriptor)


@pytest.mark.parametrize(
    "descriptors",
    [
        [_descriptor(), _descriptor(id="b")],
        [_descriptor(), _descriptor(key=2)],
        [_descriptor(key=n, id=str(n)) for n in range(MAX_ENTITIES + 1)],
        [_descriptor(id="x" * 100, key=n, name="y" * 120) for n in range(600)],
    ],
    ids=["address twice", "id twice", "513", "128 KiB"],
)
def test_descriptions_out_of_bounds_are_refused(descriptors: list[Any]) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        parse_description(_sequence(descriptors))
    assert caught.value.reason is CloseReason.BAD_DESCRIPTION


def test_a_description_of_too_many_items_is_refused() -> None:
    """Reading costs by the item: 128 KiB of the smallest ones would take too long."""
    options = [""] * 1000
    descriptors = [_descriptor(key=n, id=str(n), props={8: options}) for n in range(16)]
    assert len(parse_description(_sequence(descriptors))) == 16
    descriptors.append(_descriptor(key=16, id="16", props={8: options[:300]}))
    with pytest.raises(RemoteProtocolError, match="too many items"):
        parse_description(_sequence(descriptors))


@pytest.mark.parametrize("end", [1, 50, 190])
def test_a_description_cut_off_is_refused(end: int) -> None:
    with pytest.raises(RemoteProtocolError):
        parse_description(WHOLE[:-end])


WHOLE = encode_description(ENTITIES)


@given(st.data())
def test_parts_are_gathered_in_order_wherever_they_are_cut(draw: st.DataObject) -> None:
    gathered = DescriptionAssembler(description_hash(WHOLE))
    offset = 0
    while offset < len(WHOLE):
        part = WHOLE[offset : offset + draw.draw(st.integers(1, len(WHOLE)))]
        found = gathered.add(Describe(offset, len(WHOLE), part))
        offset += len(part)
        assert found == ((WHOLE, ENTITIES) if offset == len(WHOLE) else None)


def test_an_empty_description_is_one_empty_part() -> None:
    gathered = DescriptionAssembler(description_hash(b""))
    assert gathered.add(Describe(0, 0, b"")) == (b"", ())


TOTAL = len(WHOLE)


@pytest.mark.parametrize(
    "messages",
    [
        [Describe(100, TOTAL, WHOLE[100:])],
        [Describe(0, TOTAL, WHOLE[:100]), Describe(0, TOTAL, WHOLE[:100])],
        [Describe(0, TOTAL, WHOLE[:100]), Describe(101, TOTAL, WHOLE[101:])],
        [Describe(0, TOTAL, WHOLE[:100]), Describe(100, TOTAL + 1, WHOLE[100:])],
        [Describe(0, 100, WHOLE[:100])],
        [Describe(0, TOTAL, WHOLE[:-1] + b"\x00")],
    ],
    ids=["not first", "twice", "gap", "other total", "too few", "other bytes"],
)
def test_parts_out_of_order_are_refused(messages: list[Describe]) -> None:
    gathered = DescriptionAssembler(description_hash(WHOLE))
    *earlier, last = messages
    for message in earlier:
        assert gathered.add(message) is None
    with pytest.raises(RemoteProtocolError) as caught:
        gathered.add(last)
    assert caught.value.reason is CloseReason.BAD_DESCRIPTION
