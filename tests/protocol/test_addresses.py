"""The hub's addresses in a session: who is told, and what a list is called."""

from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.protocol import (
    Addresses,
    AddressesReported,
    AddressesStored,
    LocalProtocolError,
)
from custom_components.oceanremote.protocol.addresses import list_of
from custom_components.oceanremote.protocol.limits import (
    MAX_ADDRESSES,
    MAX_HUB_URL_TEXT,
    MAX_U32,
)
from custom_components.oceanremote.protocol.messages import encode_message
from tests.support.device import AddressesTold
from tests.support.world import World

URLS = ("ws://192.168.1.10:8123", "wss://home.example.com")

urls = st.lists(st.text(st.characters(codec="ascii"), min_size=1, max_size=140))


def test_a_device_says_what_it_has_and_is_told_what_it_lacks(world: World) -> None:
    world.device.send_addresses_stored(AddressesStored(0), world.now)
    world.pump()
    assert world.hub_said(AddressesReported)[-1].stored == AddressesStored(0)
    told = list_of(URLS)
    assert told is not None
    world.hub.tell_addresses(told, world.now)
    world.pump()
    assert world.device_said(AddressesTold)[-1].addresses == told
    stored = AddressesStored(told.version, unusable=0b10, proved=0b01)
    world.device.send_addresses_stored(stored, world.now)
    world.pump()
    assert world.hub_said(AddressesReported)[-1].stored == stored


def test_nothing_is_told_before_the_welcome() -> None:
    world = World()
    world.connect()
    told = list_of(URLS)
    assert told is not None
    with pytest.raises(LocalProtocolError):
        world.hub.tell_addresses(told, world.now)


def test_a_list_is_called_the_same_wherever_it_is_made() -> None:
    assert list_of(URLS) == list_of(list(URLS)) == Addresses(0x172D_53A8, URLS)


def test_another_order_is_another_list() -> None:
    first, second = list_of(URLS), list_of(URLS[::-1])
    assert first is not None
    assert second is not None
    assert first.version != second.version


def test_there_may_be_nothing_to_tell() -> None:
    assert list_of([]) is None
    assert list_of(["ws://" + "a" * MAX_HUB_URL_TEXT]) is None


@given(urls)
def test_every_list_that_is_made_can_be_sent(found: list[str]) -> None:
    told = list_of(found)
    if told is None:
        assert all(len(url) > MAX_HUB_URL_TEXT for url in found)
        return
    assert 0 < told.version <= MAX_U32
    assert 0 < len(told.urls) <= MAX_ADDRESSES
    assert len(encode_message(told)) <= 512
