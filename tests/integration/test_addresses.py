"""What a person may type as an address, and what is said about it."""

from unittest.mock import patch

from homeassistant.components.http import ApiConfig
from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError
import pytest

from custom_components.oceanremote.flows.hub_addresses import (
    AddressError,
    AddressProblem,
    AddressWarning,
    check_address,
    check_addresses,
    suggested_address,
    suggested_elsewhere,
)

CLOUD_URL = "homeassistant.helpers.network._get_cloud_url"
GET_URL = "custom_components.oceanremote.flows.hub_addresses.get_url"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("ws://192.168.1.10:8123", "ws://192.168.1.10:8123"),
        (" http://192.168.1.10:8123/ ", "ws://192.168.1.10:8123"),
        ("192.168.1.10:8123", "ws://192.168.1.10:8123"),
        ("HOME.example.com", "ws://home.example.com"),
        ("ws://home.example.com:80", "ws://home.example.com"),
        ("ws://home.example.com./", "ws://home.example.com"),
        ("ws://home.example.com/ha/", "ws://home.example.com/ha"),
        ("ws://a.example/api/oceanremote/connect", "ws://a.example"),
        ("my_nas:8123", "ws://my_nas:8123"),
        ("https://home.example.com", "wss://home.example.com"),
        ("wss://home.example.com:443/ha/", "wss://home.example.com/ha"),
        ("https://home.example.com:8123", "wss://home.example.com:8123"),
        ("https://home.example.com:80", "wss://home.example.com:80"),
        ("http://home.example.com:443", "ws://home.example.com:443"),
        ("https://abcdef.ui.nabu.casa/", "wss://abcdef.ui.nabu.casa"),
        ("ws://[FD00:0::0010]:8123/", "ws://[fd00::10]:8123"),
        ("http://[2001:db8::1]:80/ha", "ws://[2001:db8::1]/ha"),
        ("[fd00::10]:8123", "ws://[fd00::10]:8123"),
        ("fd00::10", "ws://[fd00::10]"),
    ],
)
def test_good_addresses_are_put_into_one_form(text: str, url: str) -> None:
    """However it is typed, the YAML gets one spelling, without a warning."""
    address = check_address(text)
    assert (address.url, address.warning) == (url, None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", AddressProblem.NOT_AN_ADDRESS),
        ("ws://", AddressProblem.NOT_AN_ADDRESS),
        ("mqtt://broker", AddressProblem.NOT_AN_ADDRESS),
        ("ws://host:port", AddressProblem.NOT_AN_ADDRESS),
        ("ws://host:0", AddressProblem.NOT_AN_ADDRESS),
        ("ws://host:65536", AddressProblem.NOT_AN_ADDRESS),
        ("ws://two words", AddressProblem.NOT_AN_ADDRESS),
        ("ws://-dash.example", AddressProblem.NOT_AN_ADDRESS),
        ("ws://a..b", AddressProblem.NOT_AN_ADDRESS),
        ("ws://999.1.1.1", AddressProblem.NOT_AN_ADDRESS),
        ("ws://host/pa th", AddressProblem.NOT_AN_ADDRESS),
        ("ws://[::1", AddressProblem.NOT_AN_ADDRESS),
        ("abcdef.ui.nabu.casa", AddressProblem.CLOUD_PLAIN),
        ("http://abcdef.ui.nabu.casa", AddressProblem.CLOUD_PLAIN),
        ("ws://me:secret@host", AddressProblem.CREDENTIALS),
        ("ws://host?token=1", AddressProblem.QUERY),
        ("ws://host/#top", AddressProblem.QUERY),
        ("ws://[fe80::1]:8123", AddressProblem.IPV6_LINK_LOCAL),
        ("fe80::1", AddressProblem.IPV6_LINK_LOCAL),
        ("ws://[fd00::1%25eth0]", AddressProblem.IPV6_LINK_LOCAL),
        ("ws://[::]:8123", AddressProblem.UNSPECIFIED),
        ("ws://[ff02::1]", AddressProblem.UNSPECIFIED),
        ("ws://[::ffff:192.168.1.10]", AddressProblem.NOT_AN_ADDRESS),
        ("fd00::1:8123:", AddressProblem.NOT_AN_ADDRESS),
        ("ws://0.0.0.0:8123", AddressProblem.UNSPECIFIED),
        ("ws://255.255.255.255", AddressProblem.UNSPECIFIED),
        ("ws://224.0.0.251", AddressProblem.UNSPECIFIED),
        ("ws://" + "a" * 200, AddressProblem.TOO_LONG),
        ("ws://" + ".".join(["a" * 60] * 3), AddressProblem.TOO_LONG),
    ],
)
def test_unusable_addresses_are_refused_with_the_reason(
    text: str, problem: AddressProblem
) -> None:
    """Every refusal is its own text."""
    with pytest.raises(AddressError) as refused:
        check_address(text)
    assert refused.value.problem is problem


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("ws://homeassistant.local:8123", AddressWarning.MDNS),
        ("ws://localhost:8123", AddressWarning.LOOPBACK),
        ("ws://ha.localhost", AddressWarning.LOOPBACK),
        ("ws://127.0.1.1", AddressWarning.LOOPBACK),
        ("ws://[::1]:8123", AddressWarning.LOOPBACK),
        ("https://[2001:db8::1]", AddressWarning.TLS_NUMBER),
        ("ws://172.17.0.2:8123", AddressWarning.CONTAINER),
        ("ws://172.30.32.1", AddressWarning.CONTAINER),
        ("ws://homeassistant:8123", AddressWarning.CONTAINER),
        ("ws://169.254.3.4", AddressWarning.LINK_LOCAL),
        ("https://192.168.1.10:8123", AddressWarning.TLS_NUMBER),
    ],
)
def test_odd_addresses_are_warned_about(text: str, warning: AddressWarning) -> None:
    """They work for some; the person decides."""
    assert check_address(text).warning is warning


def test_172_16_is_an_ordinary_network() -> None:
    """The warning does not extend to what containers do not use."""
    assert check_address("ws://172.16.0.1").warning is None
    assert check_address("ws://172.32.0.1").warning is None


def test_one_address_counts_once() -> None:
    """Two spellings of one address are one address."""
    with pytest.raises(AddressError) as refused:
        check_addresses(["ws://host", "http://HOST:80/"])
    assert refused.value.problem is AddressProblem.TWICE
    assert [item.url for item in check_addresses(["b", "a"])] == ["ws://b", "ws://a"]


@pytest.mark.parametrize(
    ("internal", "suggested"),
    [
        ("http://192.168.1.10:8123", "ws://192.168.1.10:8123"),
        ("http://homeassistant.local:8123", "ws://192.168.7.7:8123"),
        ("https://home.example.com", "wss://home.example.com"),
        (None, "ws://192.168.7.7:8123"),
    ],
)
async def test_suggestion_is_the_best_that_is_known(
    hass: HomeAssistant, internal: str | None, suggested: str
) -> None:
    """A configured address without oddities, else the server's own."""
    hass.config.api = ApiConfig("192.168.7.7", "192.168.7.7", 8123, False)
    effect = NoURLAvailableError if internal is None else None
    with patch(GET_URL, return_value=internal, side_effect=effect):
        assert suggested_address(hass) == suggested


async def test_odd_suggestion_is_better_than_none(hass: HomeAssistant) -> None:
    """With TLS on the server's own port, and nothing known, there is none."""
    hass.config.api = ApiConfig("192.168.7.7", "192.168.7.7", 8123, True)
    with patch(GET_URL, return_value="http://homeassistant.local:8123"):
        assert suggested_address(hass) == "ws://homeassistant.local:8123"
    with patch(GET_URL, side_effect=NoURLAvailableError):
        assert suggested_address(hass) is None


@pytest.mark.parametrize(
    ("external", "cloud", "suggested"),
    [
        ("https://home.example.com:8443", None, "wss://home.example.com:8443"),
        ("http://home.example.com:8123", None, "ws://home.example.com:8123"),
        (
            "http://home.example.com:8123",
            "https://abcdef.ui.nabu.casa",
            "wss://abcdef.ui.nabu.casa",
        ),
        ("http://203.0.113.5:8123", None, "ws://203.0.113.5:8123"),
        (None, None, None),
    ],
)
async def test_an_address_with_tls_is_suggested_for_elsewhere(
    hass: HomeAssistant, external: str | None, cloud: str | None, suggested: str | None
) -> None:
    """Home Assistant Cloud's remote address included."""
    hass.config.external_url = external
    hass.config.internal_url = "http://192.168.1.10:8123"
    remote = patch(CLOUD_URL, return_value=cloud)
    if cloud is None:
        remote = patch(CLOUD_URL, side_effect=NoURLAvailableError)
    with remote:
        assert suggested_elsewhere(hass) == suggested
