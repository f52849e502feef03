"""Messages: what the grammar allows, and nothing else."""

from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.oceanremote.protocol import (
    Domain,
    EntityAddress,
    EntityState,
    LightState,
    RemoteProtocolError,
    cbor,
)
from custom_components.oceanremote.protocol.errors import CloseReason
from custom_components.oceanremote.protocol.float32 import narrow
from custom_components.oceanremote.protocol.limits import FIRST_HUB_MESSAGE
from custom_components.oceanremote.protocol.message_readers import (
    decode_device_message,
    decode_hub_message,
)
from custom_components.oceanremote.protocol.messages import (
    Command,
    Goodbye,
    IssueToken,
    Result,
    States,
    Unknown,
    encode_message,
)
from custom_components.oceanremote.protocol.tunnels import TunnelOpened
from custom_components.oceanremote.protocol.updates import UpdateOutcome
from tests.support.cddl import fits
from tests.support.commands import (
    button_command,
    light_command,
    number_command,
    select_command,
    switch_command,
)
from tests.support.message_samples import (
    DEVICE_MESSAGES,
    HUB_MESSAGES,
    INVALID,
    LAMP,
    TOLERATED,
    Invalid,
    Tolerated,
    sample_bytes,
)

# A status or a reason that only a newer device has is taken for one that there is.
WITH_NEWER_WORDS = Result | Goodbye | TunnelOpened | UpdateOutcome

# What CDDL cannot say, because it speaks of values and not of their encoding.
BEYOND_CDDL = {
    "signal_cut",
    "signal_long_form",
    "trailing_byte",
    "type_not_shortest",
    "length_not_shortest",
    "indefinite_array",
    "indefinite_bytes",
    "command_map_doubled",
    "float_not_shortest",
    "float_nan",
    "float_infinity",
    "brightness_above_1",
    "text_256_characters",
    "call_mixed",
    "request_name_twice",
    "request_template_alone",
    "describe_offset",
    "describe_beyond",
    "describe_empty",
}


@pytest.mark.parametrize("name", DEVICE_MESSAGES)
def test_the_hub_reads_what_a_device_says(name: str) -> None:
    message = DEVICE_MESSAGES[name]
    data = encode_message(message)
    assert decode_device_message(data) == message
    assert fits("device-message", data)
    assert not fits("hub-message", data)
    with pytest.raises(RemoteProtocolError):
        decode_hub_message(data)


@pytest.mark.parametrize("name", HUB_MESSAGES)
def test_a_device_reads_what_the_hub_says(name: str) -> None:
    message = HUB_MESSAGES[name]
    data = encode_message(message)
    assert decode_hub_message(data) == message
    assert fits("hub-message", data)
    assert not fits("device-message", data)
    with pytest.raises(RemoteProtocolError):
        decode_device_message(data)


@pytest.mark.parametrize("sample", INVALID, ids=lambda sample: sample.name)
def test_malformed_messages_are_refused(sample: Invalid) -> None:
    read = decode_device_message if sample.sender == "device" else decode_hub_message
    data = sample_bytes(sample)
    with pytest.raises(RemoteProtocolError) as caught:
        read(data)
    assert caught.value.reason is CloseReason.MALFORMED_MESSAGE
    assert fits(f"{sample.sender}-message", data) == (sample.name in BEYOND_CDDL)


@pytest.mark.parametrize("sample", TOLERATED, ids=lambda sample: sample.name)
def test_what_only_a_newer_device_says_is_skipped(sample: Tolerated) -> None:
    data = sample_bytes(sample)
    assert decode_device_message(data) == sample.meaning
    assert not fits("device-message", data)


EVERYTHING = [
    encode_message(m) for m in (*DEVICE_MESSAGES.values(), *HUB_MESSAGES.values())
]


@pytest.mark.parametrize("data", EVERYTHING, ids=bytes.hex)
def test_a_message_cut_anywhere_is_refused(data: bytes) -> None:
    for end in range(len(data)):
        for read in (decode_device_message, decode_hub_message):
            with pytest.raises(RemoteProtocolError):
                read(data[:end])


def _check_meaning(data: bytes) -> None:
    """Refused, or it means what it says: but for what is skipped, the same bytes."""
    for read in (decode_device_message, decode_hub_message):
        try:
            message = read(data)
        except RemoteProtocolError:
            continue
        if isinstance(message, Unknown) or message == States(()):
            continue
        again = encode_message(message)
        assert read(again) == message
        # A decimal may have come in 64 bits that needs only 32.
        value = cbor.decode(data)
        skipped = len(again) < len(data) and value[0] < FIRST_HUB_MESSAGE
        same = again in (data, cbor.encode(narrow(value)))
        assert same or skipped or isinstance(message, WITH_NEWER_WORDS)


@settings(deadline=None)
@given(st.sampled_from(EVERYTHING), st.data())
def test_a_changed_message_is_refused_or_means_what_it_says(
    data: bytes, draw: st.DataObject
) -> None:
    where = draw.draw(st.integers(0, len(data) - 1))
    changed = bytearray(data)
    changed[where] = draw.draw(st.integers(0, 255))
    _check_meaning(bytes(changed))


items = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2**33) | st.floats(0, 2)
    | st.binary(max_size=33) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=7) | st.dictionaries(st.integers(0, 13), inner),
    max_leaves=8,
)  # fmt: skip


@settings(deadline=None)
@given(st.integers(0, 80), st.lists(items, max_size=7))
def test_arrays_of_anything_are_refused_or_fit_the_grammar(
    code: int, rest: list[object]
) -> None:
    _check_meaning(cbor.encode([code, *rest]))


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, list | dict):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from _paths(value[key], (*path, key))


PLACES = [
    (data, path) for data in EVERYTHING for path in _paths(cbor.decode(data)) if path
]
ODD: list[Any] = [
    None,
    True,
    -1,
    2**32,
    2**64 - 1,
    0.5,
    b"",
    b"\x80",
    "",
    "x" * 300,
    [],
    {},
    [[]],
]


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_a_part_of_the_wrong_kind_is_refused_or_means_what_it_says(odd: Any) -> None:
    for data, path in PLACES:
        message = value = cbor.decode(data)
        for key in path[:-1]:
            value = value[key]
        value[path[-1]] = odd
        _check_meaning(cbor.encode(message))


def test_a_boolean_is_no_integer_and_no_domain() -> None:
    with pytest.raises(RemoteProtocolError):
        decode_hub_message(cbor.encode([66, 1, 1, True, 0, 0, {}]))
    with pytest.raises(RemoteProtocolError):
        decode_device_message(cbor.encode([True, bytes(32), {}]))


@pytest.mark.parametrize(
    "value",
    [
        {2: -0.5},
        {4: [0.0, 1.0]},
        {4: [0.0, 1.0, 2.0]},
        {6: -1.0},
        {3: 256},
        {9: "x" * 256},
        [],
        None,
    ],
)
def test_a_light_is_what_it_can_be(value: object) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_device_message(cbor.encode([3, [[8, 0, 6, value]]]))


@pytest.mark.parametrize(
    "data", [{}, {1: []}, {1: b""}, {2**32: 1}, {1: "x" * 256}, {1: {}}, 1]
)
def test_event_data_is_a_map_of_scalars(data: object) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_device_message(cbor.encode([4, 3, 0, 2, "press", data]))


def test_a_message_holds_at_most_256_states() -> None:
    state = [2, 0, 1, 1.0]
    assert decode_device_message(cbor.encode([3, [state] * 256]))
    with pytest.raises(RemoteProtocolError):
        decode_device_message(cbor.encode([3, [state] * 257]))


def test_every_domain_has_its_command() -> None:
    for domain, args in (
        (Domain.SWITCH, switch_command(True)),
        (Domain.BUTTON, button_command()),
        (Domain.NUMBER, number_command(3)),
        (Domain.SELECT, select_command("eco")),
        (Domain.LIGHT, light_command(on=True, brightness=1, rgb=(0, 1, 0), flash=2)),
    ):
        command = Command(1, 1000, EntityAddress(domain, 0, 1), args)
        assert decode_hub_message(encode_message(command)) == command


def test_a_light_command_says_only_what_is_to_change() -> None:
    assert light_command(brightness=0.5) == {2: 0.5}
    assert light_command(transition=1.2345, flash=0) == {11: 1234, 12: 0}


def test_a_light_reports_only_what_it_has() -> None:
    state = EntityState(LAMP, LightState(on=True, brightness=1.0))
    assert States((state,)).items() == [3, [[8, 0, 6, {1: True, 2: 1.0}]]]


def test_tokens_do_not_show_in_messages() -> None:
    assert "token" not in repr(IssueToken(1, bytes(range(32))))
