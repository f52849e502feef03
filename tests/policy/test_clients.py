"""Which address a limit or a ban is about."""

from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.policy.clients import (
    UNKNOWN,
    AddressBook,
    AddressInvalidError,
    parse_address,
    parse_key,
)

BOOK = AddressBook(
    trusted_proxies=["10.0.0.2", "172.30.0.0/16", "fd00::/8"],
    own_addresses=["192.168.1.5", "2001:db8:1:2::5"],
)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("203.0.113.9", "203.0.113.9"),
        (" 203.0.113.9 ", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:a:b:1:2:3:4", "2001:db8:a:b::/64"),
        ("2001:DB8:A:B::", "2001:db8:a:b::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("203.0.113.9/32", "203.0.113.9"),
        ("2001:db8:a:b::/64", "2001:db8:a:b::/64"),
    ],
)
def test_one_key_per_client(text: str, key: str) -> None:
    assert parse_key(text) == key


@pytest.mark.parametrize(
    "text",
    ["", "pump", "1.2.3", "1.2.3.4/24", "2001:db8::/48", "1.2.3.4/x", "::1::", "1/2/3"],
)
def test_what_is_no_single_client_is_refused(text: str) -> None:
    with pytest.raises(AddressInvalidError):
        parse_key(text)


def test_strangers_can_be_banned() -> None:
    client = BOOK.classify("203.0.113.9")
    assert client.bannable
    assert not client.shared
    assert client.key == "203.0.113.9"


@pytest.mark.parametrize(
    "remote", ["127.0.0.1", "::1", "10.0.0.2", "172.30.32.1", "fd00::7", "0.0.0.0"]
)
def test_addresses_shared_by_nature_are_never_banned(remote: str) -> None:
    client = BOOK.classify(remote)
    assert client.shared
    assert not client.bannable


@pytest.mark.parametrize("remote", [None, "", "unix:/run/x"])
def test_an_unreadable_address_is_shared(remote: str | None) -> None:
    client = BOOK.classify(remote)
    assert client.key == UNKNOWN
    assert client.shared
    assert not client.bannable
    assert not client.private


@pytest.mark.parametrize("remote", ["192.168.1.5", "2001:db8:1:2::77"])
def test_the_hub_itself_is_never_banned_nor_its_network(remote: str) -> None:
    client = BOOK.classify(remote)
    assert not client.bannable
    assert not client.shared


def test_the_clouds_remote_access_is_shared_and_public() -> None:
    client = BOOK.classify("203.0.113.9", via_cloud=True)
    assert client.shared
    assert not client.private
    assert not BOOK.classify("192.168.1.9", via_cloud=True).private


@pytest.mark.parametrize(
    ("remote", "private"),
    [
        ("10.9.9.9", True),
        ("172.31.255.255", True),
        ("192.168.1.9", True),
        ("::ffff:192.168.1.9", True),
        ("100.64.0.1", True),
        ("169.254.1.1", True),
        ("127.0.0.1", True),
        ("::1", True),
        ("fe80::2", True),
        ("fc00::2", True),
        ("8.8.8.8", False),
        ("172.32.0.1", False),
        ("100.128.0.1", False),
        ("2a00:1450::1", False),
        # Private to `ipaddress`, but no network of anybody's home.
        ("192.0.2.9", False),
        ("198.18.0.1", False),
        ("203.0.113.9", False),
        ("240.0.0.1", False),
        ("0.0.0.1", False),
        ("2001:db8::1", False),
        # A trusted proxy that says for nobody whom it forwards for.
        ("10.0.0.2", False),
        ("fd00::7", False),
    ],
)
def test_private_addresses(remote: str, private: bool) -> None:
    assert BOOK.classify(remote).private is private


def test_a_malformed_configuration_is_refused() -> None:
    with pytest.raises(AddressInvalidError):
        AddressBook(trusted_proxies=["10.0.0.0/99"])
    with pytest.raises(AddressInvalidError):
        AddressBook(own_addresses=["hub"])


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    client = BOOK.classify(text)
    assert client.bannable <= (not client.shared)


@given(st.ip_addresses())
def test_a_key_is_its_own_key(address: object) -> None:
    key = parse_key(str(address))
    assert parse_key(key) == key
    assert BOOK.classify(str(address)).key == key


def test_addresses_within_one_network_share_a_key() -> None:
    assert parse_address("2001:db8::1") != parse_address("2001:db8::2")
    assert parse_key("2001:db8::1") == parse_key("2001:db8::ffff:ffff:ffff:ffff")
