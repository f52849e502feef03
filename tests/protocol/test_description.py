"""Descriptions: chunks within bounds that hold what they promise."""

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
from custom_components.oceanremote.protocol.limits import (
    MAX_CHUNKS,
    MAX_DESCRIPTION,
    MAX_ENTITIES,
)
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
@given(descriptions, st.integers(700, 2000))
def test_a_description_comes_back_as_it_went(
    entities: tuple[EntityDescriptor, ...], limit: int
) -> None:
    chunks = encode_description(entities, limit)
    assert parse_description(chunks) == entities
    assert all(len(chunk) <= limit for chunk in chunks)
    assert description_hash(chunks) == hashlib.sha256(b"".join(chunks)).digest()
    assert all(fits("description-chunk", chunk) for chunk in chunks)


def test_an_empty_description_is_one_empty_chunk() -> None:
    assert encode_description((), 100) == (b"\x80",)
    assert parse_description((b"\x80",)) == ()


def test_an_entity_too_large_for_a_chunk_is_refused() -> None:
    with pytest.raises(ValueError, match="pump"):
        encode_description(ENTITIES, 10)


def _descriptor(**changes: Any) -> list[Any]:
    parts = {"domain": 4, "sub": 0, "key": 1, "id": "a", "name": "A", "props": {}}
    return list((parts | changes).values())


@pytest.mark.parametrize(
    "chunk",
    [
        {},
        [[]],
        [_descriptor()[:5]],
        [_descriptor(domain=9)],
        [_descriptor(domain=[])],
        [_descriptor(domain=True)],
        [_descriptor(sub=None)],
        [_descriptor(sub=256)],
        [_descriptor(key=2**32)],
        [_descriptor(id="x" * 121)],
        [_descriptor(name="ä" * 61)],
        [_descriptor(props=[])],
        [_descriptor(props={0: True})],
        [_descriptor(props={19: True})],
        [_descriptor(props={1: 3})],
        [_descriptor(props={1: True})],
        [_descriptor(props={5: 0})],
        [_descriptor(props={6: 33})],
        [_descriptor(props={6: -33})],
        [_descriptor(props={6: False})],
        [_descriptor(props={7: 1})],
        [_descriptor(props={8: ["x"] * 65})],
        [_descriptor(props={8: ["x" * 256]})],
        [_descriptor(props={9: 1})],
        [_descriptor(props={12: 3})],
        [_descriptor(props={13: [256]})],
    ],
)
def test_malformed_descriptors_are_refused(chunk: Any) -> None:
    data = cbor.encode(chunk)
    with pytest.raises(RemoteProtocolError) as caught:
        parse_description((data,))
    assert caught.value.reason is CloseReason.MALFORMED_MESSAGE
    # zcbor counts letters where CDDL counts bytes.
    assert not fits("description-chunk", data) or "ä" in str(chunk)


@pytest.mark.parametrize(
    "chunks",
    [
        [],
        [[]] * (MAX_CHUNKS + 1),
        [[_descriptor(), _descriptor(id="b")]],
        [[_descriptor()], [_descriptor(key=2)]],
        [[_descriptor(key=n, id=str(n)) for n in range(200)]] * 1
        + [[_descriptor(key=n, id=str(n)) for n in range(200, MAX_ENTITIES + 1)]],
        [[_descriptor(id="x" * 100, key=n)] * 40 for n in range(20)],
    ],
    ids=["none", "too many chunks", "address twice", "id twice", "257", "64 KiB"],
)
def test_descriptions_out_of_bounds_are_refused(chunks: list[Any]) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        parse_description([cbor.encode(chunk) for chunk in chunks])
    assert caught.value.reason is CloseReason.BAD_DESCRIPTION


CHUNKS = encode_description(ENTITIES, 200)


def test_chunks_are_gathered_in_order() -> None:
    gathered = DescriptionAssembler(description_hash(CHUNKS))
    assert gathered.add(Describe(0, 2, CHUNKS[0])) is None
    assert gathered.add(Describe(1, 2, CHUNKS[1])) == (CHUNKS, ENTITIES)


@pytest.mark.parametrize(
    "messages",
    [
        [Describe(1, 2, CHUNKS[1])],
        [Describe(0, 2, CHUNKS[0]), Describe(0, 2, CHUNKS[0])],
        [Describe(0, 2, CHUNKS[0]), Describe(1, 3, CHUNKS[1])],
        [Describe(0, 1, CHUNKS[0])],
        [Describe(0, 2, CHUNKS[1]), Describe(1, 2, CHUNKS[0])],
        [Describe(n, 64, bytes(8128)) for n in range(MAX_DESCRIPTION // 8128 + 1)],
    ],
    ids=["not first", "twice", "other total", "too few", "swapped", "64 KiB"],
)
def test_chunks_out_of_order_are_refused(messages: list[Describe]) -> None:
    gathered = DescriptionAssembler(description_hash(CHUNKS))
    *earlier, last = messages
    for message in earlier:
        assert gathered.add(message) is None
    with pytest.raises(RemoteProtocolError) as caught:
        gathered.add(last)
    assert caught.value.reason is CloseReason.BAD_DESCRIPTION
