"""Rules of tunnels: what is not said is not allowed, and what is damaged allows nothing."""

import pytest

from custom_components.oceanremote.policy.tunnels import (
    EVERYWHERE,
    LOOPBACK,
    MAX_SOURCES,
    SourceInvalidError,
    TunnelRule,
    TunnelRules,
    parse_sources,
)

LAN = parse_sources(["192.168.1.0/24", "2001:db8::/32"])


def test_rules_come_back_as_they_were_kept() -> None:
    rules = TunnelRules(
        {
            "api": TunnelRule(keep=True, port=6054, sources=LAN),
            "web_server": TunnelRule(),
        }
    )
    assert TunnelRules.from_data(rules.as_data()) == rules


@pytest.mark.parametrize(
    "rule",
    [
        "yes",
        {"port": 80},
        {"port": 65_536},
        {"port": True},
        {"port": "6053"},
        {"sources": ["everybody"]},
        {"sources": [4]},
        {"sources": 4},
    ],
)
def test_what_cannot_be_read_allows_nothing(rule: object) -> None:
    assert TunnelRules.from_data({"api": rule, "ssh": {}}) == TunnelRules()


def test_only_true_keeps_a_port_open() -> None:
    rules = TunnelRules.from_data({"api": {"keep": "true"}})
    assert rules.services["api"] == TunnelRule()


def test_without_sources_a_port_is_for_this_machine() -> None:
    rule = TunnelRule()
    assert rule.host == LOOPBACK
    assert rule.admits("127.0.0.1")
    assert rule.admits("::1")
    assert not rule.admits("192.168.1.20")


@pytest.mark.parametrize(
    ("peer", "admitted"),
    [
        ("192.168.1.20", True),
        ("::ffff:192.168.1.20", True),
        ("2001:db8::7", True),
        ("2001:db8::7%eth0", True),
        ("127.0.0.1", True),
        ("192.168.2.20", False),
        ("2001:db9::7", False),
        ("", False),
        ("localhost", False),
    ],
)
def test_with_sources_only_they_and_this_machine_come_in(
    peer: str, admitted: bool
) -> None:
    rule = TunnelRule(sources=LAN)
    assert rule.host == EVERYWHERE
    assert rule.admits(peer) is admitted


def test_sources_are_addresses_or_networks() -> None:
    assert [
        str(found) for found in parse_sources([" 192.168.1.20 ", "10.1.2.3/8"])
    ] == [
        "192.168.1.20/32",
        "10.0.0.0/8",
    ]
    with pytest.raises(SourceInvalidError):
        parse_sources(["192.168.1.0/33"])
    with pytest.raises(SourceInvalidError, match="more than"):
        parse_sources([f"10.0.0.{number}" for number in range(MAX_SOURCES + 1)])
