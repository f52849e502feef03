"""Descriptions: chunks within bounds that hold what they promise."""

from collections.abc import Iterable
from dataclasses import replace
import hashlib
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.oceanremote.protocol import (
    Description,
    Domain,
    EntityAddress,
    EntityDescriptor,
    RemoteProtocolError,
    SkippedEntity,
    SkipReason,
    cbor,
    description_hash,
    encode_description,
    parse_description,
)
from custom_components.oceanremote.protocol.description import DescriptionAssembler
from custom_components.oceanremote.protocol.domains.base import parts_of
from custom_components.oceanremote.protocol.entities import SubDevice
from custom_components.oceanremote.protocol.errors import CloseReason
from custom_components.oceanremote.protocol.float32 import shortest
from custom_components.oceanremote.protocol.limits import MAX_ENTITIES, MAX_SUB_DEVICES
from custom_components.oceanremote.protocol.messages import Describe
from custom_components.oceanremote.protocol.user_actions import UserAction
from tests.support.cddl import fits
from tests.support.descriptors import describe
from tests.support.field_strategies import values_of
from tests.support.message_samples import ENTITIES

names = st.text(max_size=20)
floats = st.floats(allow_nan=False, allow_infinity=False).map(shortest)


@st.composite
def descriptors(draw: st.DrawFn) -> EntityDescriptor:
    """Return an entity of any domain, with whatever its tables have."""
    domain = draw(st.sampled_from(Domain))
    own = parts_of(domain.spec.properties).by_key.values()
    return describe(
        address=EntityAddress(
            domain, draw(st.integers(0, 2**32 - 1)), draw(st.integers(0, 2**32 - 1))
        ),
        object_id=draw(names),
        name=draw(names),
        **{
            part.name: draw(
                st.just(part.default) | values_of(part.field, names, floats)
            )
            for part in (*parts_of(EntityDescriptor).by_key.values(), *own)
        },
    )


descriptions = st.lists(
    descriptors(), max_size=8, unique_by=(lambda e: e.address, lambda e: e.object_id)
).map(tuple)


@settings(deadline=None)
@given(descriptions)
def test_a_description_comes_back_as_it_went(
    entities: tuple[EntityDescriptor, ...],
) -> None:
    parts = tuple(
        SubDevice(sub, f"Part {sub}", "Garten" if sub % 2 else "")
        for sub in sorted({entity.address.sub for entity in entities} - {0})
    )
    data = encode_description(entities, sub_devices=parts)
    assert parse_description(data) == Description(entities, sub_devices=parts)
    assert description_hash(data) == hashlib.sha256(data).digest()
    for entity in entities:
        assert fits("descriptor", encode_description((entity,)))
    for part in parts:
        assert fits("sub-device", encode_description((), sub_devices=(part,)))


def test_an_empty_description_has_no_bytes() -> None:
    assert encode_description(()) == b""
    assert parse_description(b"") == Description()


def _descriptor(**changes: Any) -> list[Any]:
    parts = {"domain": 4, "sub": 0, "key": 1, "id": "a", "name": "A", "props": {}}
    return list((parts | changes).values())


def _sequence(items: Iterable[Any]) -> bytes:
    return b"".join(map(cbor.encode, items))


GOOD = _descriptor(key=77, id="good", name="Good")


def _read_beside_a_good_one(*descriptors: Any) -> Description:
    """Return what is read of them; one that is in order must not suffer."""
    read = parse_description(_sequence([*descriptors, GOOD]))
    assert read.entities[-1].object_id == "good"
    return replace(read, entities=read.entities[:-1])


@pytest.mark.parametrize(
    ("descriptor", "name"),
    [
        ({}, ""),
        ([], ""),
        (_descriptor()[:5], ""),
        (_descriptor(domain=[]), "A"),
        (_descriptor(domain=True), "A"),
        (_descriptor(domain=256), "A"),
        (_descriptor(sub=None), "A"),
        (_descriptor(sub=2**32), "A"),
        (_descriptor(key=2**32), "A"),
        (_descriptor(id="x" * 121), "A"),
        (_descriptor(id=None), "A"),
        (_descriptor(name=7), ""),
        (_descriptor(name="ä" * 61), "ä" * 61),
        (_descriptor(name="x" * 500), "x" * 120),
        (_descriptor(props=[]), "A"),
        (_descriptor(props={1: True}), "A"),
        (_descriptor(domain=2, props={5: 256}), "A"),
        (_descriptor(domain=2, props={6: 33}), "A"),
        (_descriptor(domain=2, props={6: -33}), "A"),
        (_descriptor(domain=2, props={6: False}), "A"),
        (_descriptor(props={7: 1}), "A"),
        (_descriptor(domain=7, props={8: ["x"] * 1025}), "A"),
        (_descriptor(domain=7, props={8: ["ä" * 256]}), "A"),
        (_descriptor(domain=6, props={9: 1}), "A"),
        (_descriptor(domain=8, props={13: [256]}), "A"),
        (_descriptor(domain=8, props={13: [0] * 65}), "A"),
        (_descriptor(domain=0, props=[]), "A"),
    ],
)
def test_a_malformed_descriptor_is_skipped_by_its_name(
    descriptor: Any, name: str
) -> None:
    read = _read_beside_a_good_one(descriptor)
    assert not read.entities
    (skipped,) = read.skipped
    assert skipped.reason is SkipReason.MALFORMED
    assert skipped.name == name
    assert skipped.detail
    # zcbor counts letters where CDDL counts bytes, and CDDL counts no letters.
    assert not fits("descriptor", cbor.encode(descriptor)) or "ä" in str(descriptor)


@pytest.mark.parametrize(
    ("descriptor", "skipped"),
    [
        (
            _descriptor(domain=200),
            SkippedEntity(reason=SkipReason.NEWER, domain=200, object_id="a", name="A"),
        ),
        (
            [200, None, [], 1.5, {}, ["whatever"]],
            SkippedEntity(reason=SkipReason.NEWER, domain=200),
        ),
        (
            _descriptor(domain=0, sub=3, props={19: "fan", 20: 1}),
            SkippedEntity(
                reason=SkipReason.NOT_CARRIED,
                sub=3,
                object_id="a",
                name="A",
                kind="fan",
            ),
        ),
        (
            _descriptor(domain=0),
            SkippedEntity(reason=SkipReason.NOT_CARRIED, object_id="a", name="A"),
        ),
    ],
)
def test_an_entity_of_an_unknown_kind_is_skipped(
    descriptor: list[Any], skipped: SkippedEntity
) -> None:
    """Whatever it looks like: only its maker knows."""
    assert _read_beside_a_good_one(descriptor) == Description(skipped=(skipped,))


@pytest.mark.parametrize(
    ("domain", "properties"),
    [
        (Domain.SWITCH, {1: 3}),
        (Domain.SWITCH, {1: 255}),
        (Domain.SENSOR, {5: 0}),
        (Domain.SENSOR, {5: 5}),
        (Domain.NUMBER, {12: 3}),
        (Domain.SWITCH, {19: True}),
        (Domain.SWITCH, {200: [[1, {1: b""}]]}),
        (Domain.SENSOR, {7: True}),  # what only another domain has up to now
        (Domain.BUTTON, {13: "not even of its type"}),
    ],
)
def test_an_entity_works_without_what_only_a_newer_hub_knows(
    domain: Domain, properties: dict[int, Any]
) -> None:
    """A property, or a value of one; the rest of them counts."""
    read = _read_beside_a_good_one(
        _descriptor(domain=domain, props=dict(sorted({4: "W", **properties}.items())))
    )
    entity = describe(
        address=EntityAddress(domain, 0, 1), object_id="a", name="A", unit="W"
    )
    assert read == Description((entity,), not_understood=1)


def test_a_part_of_the_device_is_named_once_before_its_entities() -> None:
    """An entity of no part that is described is left out; the id is never 0."""
    there, late = _descriptor(sub=2**32 - 1), _descriptor(sub=8, id="b")
    read = _read_beside_a_good_one(
        [2**32 - 1, "Shed", "Garten"],
        [2**32 - 1, "Again", ""],
        [0, "Nobody", ""],
        there,
        late,
        [8, "Pond", ""],
    )
    assert read.sub_devices == (
        SubDevice(2**32 - 1, "Shed", "Garten"),
        SubDevice(8, "Pond"),
    )
    assert [entity.address.sub for entity in read.entities] == [2**32 - 1]
    broken, unknown = read.skipped
    assert broken.detail == "not an integer within its bounds"
    assert (unknown.name, unknown.detail) == ("A", "its sub-device is not described")


@pytest.mark.parametrize(
    "second",
    [_descriptor(id="b"), _descriptor(key=2), _descriptor(name="B")],
    ids=["address twice", "object id twice", "both"],
)
def test_of_two_that_claim_one_place_the_first_counts(second: list[Any]) -> None:
    read = _read_beside_a_good_one(_descriptor(), second, _descriptor(key=3, id="c"))
    assert [entity.object_id for entity in read.entities] == ["a", "c"]
    (skipped,) = read.skipped
    assert skipped == SkippedEntity(
        reason=SkipReason.TWICE, domain=4, object_id=second[3], name=second[4]
    )


_ACTION = UserAction(key=1, name="water").items()


def test_entities_and_actions_are_bounded_together() -> None:
    entities = [_descriptor(key=n, id=str(n)) for n in range(MAX_ENTITIES - 1)]
    read = parse_description(_sequence([*entities, _ACTION]))
    assert (len(read.entities), len(read.actions)) == (MAX_ENTITIES - 1, 1)


@pytest.mark.parametrize(
    "descriptors",
    [
        [_descriptor(key=n, id=str(n)) for n in range(MAX_ENTITIES + 1)],
        [_descriptor(domain=200)] * (MAX_ENTITIES + 1),
        [_descriptor(key=n, id=str(n)) for n in range(MAX_ENTITIES)] + [_ACTION],
        [_descriptor(id="x" * 120, key=n, name="y" * 120) for n in range(MAX_ENTITIES)]
        + [[n, "x" * 120, ""] for n in range(1, MAX_SUB_DEVICES)],
        [[n, "Part", ""] for n in range(1, MAX_SUB_DEVICES + 2)],
    ],
    ids=[
        *("1025", "1025 that are skipped", "1024 and an action"),
        *("256 KiB", "65 sub-devices"),
    ],
)
def test_descriptions_out_of_bounds_are_refused(descriptors: list[Any]) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        parse_description(_sequence(descriptors))
    assert caught.value.reason is CloseReason.BAD_DESCRIPTION


@given(st.lists(st.recursive(
    st.none() | st.booleans() | st.integers(0, 2**33) | st.floats(0, 2)
    | st.binary(max_size=3) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=7)
    | st.dictionaries(st.integers(0, 21), inner),
    max_leaves=8,
), max_size=7))  # fmt: skip
def test_whatever_stands_in_a_descriptor_harms_no_other(item: Any) -> None:
    read = _read_beside_a_good_one(item, [4, 0, 1, *item[:3]], [*_descriptor()[:5], {}])
    assert len(read.entities) + len(read.skipped) + len(read.sub_devices) == 3


def test_a_description_of_too_many_items_is_refused() -> None:
    """Reading costs by the item: 256 KiB of the smallest ones would take too long."""
    options = [""] * 1000
    descriptors = [
        _descriptor(domain=7, key=n, id=str(n), props={8: options}) for n in range(32)
    ]
    assert len(parse_description(_sequence(descriptors)).entities) == 32
    descriptors.append(_descriptor(domain=7, key=32, id="32", props={8: options[:600]}))
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
        assert found == (
            (WHOLE, Description(ENTITIES)) if offset == len(WHOLE) else None
        )


def test_an_empty_description_is_one_empty_part() -> None:
    gathered = DescriptionAssembler(description_hash(b""))
    assert gathered.add(Describe(0, 0, b"")) == (b"", Description())


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
