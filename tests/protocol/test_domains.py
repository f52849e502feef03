"""Every domain's tables: each field takes what is lawful, and nothing else."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest

from custom_components.oceanremote.protocol import (
    CloseReason,
    Domain,
    EntityAddress,
    EntityState,
    RemoteProtocolError,
    cbor,
    parse_description,
)
from custom_components.oceanremote.protocol.domains import find_domain
from custom_components.oceanremote.protocol.domains.base import (
    Command,
    MapOf,
    Part,
    Parts,
    parts_of,
    required,
    wire,
)
from custom_components.oceanremote.protocol.domains.fields import (
    BOOLEAN,
    Array,
    Boolean,
    Characters,
    Choice,
    Field,
    Integer,
    Milliseconds,
    OrMissing,
    Reading,
    Real,
    Row,
    Signal,
    Text,
)
from custom_components.oceanremote.protocol.domains.sensor import (
    SensorProperties,
    StateClass,
)
from custom_components.oceanremote.protocol.entities import EntityDescriptor
from custom_components.oceanremote.protocol.values import (
    read_args,
    read_state,
    write_state,
)
from tests.support.cddl import fits
from tests.support.descriptors import describe
from tests.support.field_samples import lawful, unlawful

PARTS = [
    pytest.param(domain, part, id=f"{domain.name.lower()}-{part.name}")
    for domain in Domain
    for part in (
        *parts_of(EntityDescriptor).by_key.values(),
        *parts_of(domain.spec.properties).by_key.values(),
    )
]
STATES = [domain for domain in Domain if domain.spec.state is not None]
COMMANDS = [domain for domain in Domain if domain.spec.command is not None]


def descriptor(domain: Domain, properties: dict[int, Any]) -> bytes:
    return cbor.encode([int(domain), 0, 1, "a", "A", properties])


@pytest.mark.parametrize(("domain", "part"), PARTS)
def test_a_property_is_read_within_its_bounds(domain: Domain, part: Part) -> None:
    for value in lawful(part.field):
        data = descriptor(domain, {part.key: value})
        read = parse_description(data)
        assert not read.skipped, value
        assert not read.not_understood
        assert fits("descriptor", data)
    for value in unlawful(part.field):
        data = descriptor(domain, {part.key: value})
        assert not parse_description(data).entities, value
        assert not fits("descriptor", data) or "ä" in str(value)


@pytest.mark.parametrize("domain", STATES)
def test_a_state_is_read_within_its_bounds(domain: Domain) -> None:
    field = domain.spec.state
    assert field is not None
    for value in lawful(field):
        item = [int(domain), 0, 1, value]
        state = read_state(item)
        assert state is not None
        assert write_state(state) == item
        assert fits("state", cbor.encode(item))
    for value in unlawful(field):
        with pytest.raises(RemoteProtocolError):
            read_state([int(domain), 0, 1, value])


@pytest.mark.parametrize("domain", COMMANDS)
def test_a_command_is_read_within_its_bounds(domain: Domain) -> None:
    field = MapOf(domain.spec.command)
    for args in lawful(field):
        assert read_args(domain, args) == args
        assert fits("command", cbor.encode([66, 1, 5, int(domain), 0, 1, args]))
    for args in [*unlawful(field), {99: 1}]:
        with pytest.raises(RemoteProtocolError) as caught:
            read_args(domain, args)
        assert caught.value.reason is CloseReason.MALFORMED_MESSAGE


@pytest.mark.parametrize("domain", sorted(set(Domain) - set(COMMANDS)))
def test_a_domain_without_commands_takes_none(domain: Domain) -> None:
    with pytest.raises(RemoteProtocolError, match="takes no commands"):
        read_args(domain, {})


def test_a_state_of_a_domain_without_states_is_none() -> None:
    state = EntityState(EntityAddress(Domain.BUTTON, 0, 1), None)
    assert write_state(state) == [5, 0, 1, None]
    with pytest.raises(RemoteProtocolError, match="has no state"):
        read_state([5, 0, 1, None])


def test_a_key_means_the_same_in_every_domain() -> None:
    """One list of properties: a number is never used for two things."""
    meant: dict[int, Part] = {}
    for domain in Domain:
        common = parts_of(EntityDescriptor).by_key
        own = parts_of(domain.spec.properties).by_key
        assert not common.keys() & own.keys()
        for part in own.values():
            first = meant.setdefault(part.key, part)
            assert (part.name, part.field) == (first.name, first.field)


def test_every_text_of_an_entity_is_found() -> None:
    """Whatever is to be shown to a person must be looked at before."""
    light = describe(
        address=EntityAddress(Domain.LIGHT, 0, 1),
        object_id="a",
        name="A",
        icon="mdi:eye",
        color_modes=(1,),
        effects=("one", "two"),
    )
    assert list(parts_of(EntityDescriptor).texts(light)) == [("icon", "mdi:eye")]
    own = parts_of(type(light.properties)).texts(light.properties)
    assert list(own) == [("effects", "one"), ("effects", "two")]


def test_only_sensors_may_tell_the_same_again() -> None:
    for domain in Domain:
        assert domain.spec.properties().force_update is False
    assert SensorProperties(force_update=True).force_update


def test_a_domain_is_shown_by_a_platform() -> None:
    assert Domain.TEXT_SENSOR.platform == Domain.SENSOR.platform == "sensor"
    assert Domain.LIGHT.platform == "light"


def test_numbers_of_domains_are_not_used_twice() -> None:
    assert [find_domain(domain.value) for domain in Domain] == list(Domain)
    assert len({domain.spec.number for domain in Domain}) == len(Domain)
    assert find_domain(0) is None


# -- fields -----------------------------------------------------------------


class Pair(NamedTuple):
    """A row of our own."""

    number: int
    text: str


FIELDS: list[Field[Any]] = [
    Boolean(),
    Integer(-3, 7),
    Milliseconds(),
    Real(),
    Real(least=0.0),
    Real(-1.0, 1.0),
    Text(3),
    Characters(3),
    Choice(StateClass),
    Array(Integer(0, 1), 2),
    Array(Real(), 3, 3),
    Row(Pair, (Integer(0, 9), Text(3))),
    Signal(9),
    OrMissing(Text(2)),
]


@pytest.mark.parametrize("field", FIELDS, ids=repr)
def test_a_field_writes_what_it_reads(field: Field[Any]) -> None:
    for value in lawful(field):
        read = field.read(value, Reading(strict=True))
        assert field.write(read) == value
    bad = list(unlawful(field))
    assert bad
    for value in bad:
        with pytest.raises(RemoteProtocolError):
            field.read(value, Reading())


def test_what_is_unknown_is_skipped_and_counted_or_refused() -> None:
    reading = Reading()
    field = Array(Choice(StateClass), 3)
    assert field.read([1, 200, 2], reading) == (StateClass(1), StateClass(2))
    assert reading.skipped == 1
    rows = Array(Row(Pair, (Choice(StateClass), Text(3))), 3)
    assert rows.read([[1, "a"], [200, "b"]], reading) == (Pair(1, "a"),)
    assert reading.skipped == 2
    with pytest.raises(RemoteProtocolError, match="unknown StateClass"):
        field.read([1, 200, 2], Reading(strict=True))


@dataclass(frozen=True, slots=True)
class Order(Command):
    """A command of our own."""

    on: bool = required(1, BOOLEAN)
    level: float = wire(2, Real(), default=0.5, says="how much")


def test_a_map_has_what_is_required_and_sends_no_defaults() -> None:
    field = MapOf(Order)
    assert field.read({1: True}, Reading()) == Order(on=True, level=0.5)
    assert field.write(Order(on=False, level=1)) == {1: False, 2: 1.0}
    assert Order(True, level=0.5).args() == {1: True}
    with pytest.raises(RemoteProtocolError, match="a key is missing"):
        field.read({2: 1.0}, Reading())
    with pytest.raises(RemoteProtocolError, match="level: not a finite"):
        field.read({1: True, 2: 1}, Reading())


def test_a_key_is_not_given_twice() -> None:
    @dataclass(frozen=True)
    class Doubled:
        one: int = wire(1, BOOLEAN)
        other: int = wire(1, BOOLEAN)

    with pytest.raises(ValueError, match="key 1 twice"):
        Parts(Doubled)
