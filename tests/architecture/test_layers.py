"""The checker of imports finds what it must find."""

import pytest

from .layers import circles, violations
from .source import Module, parse_module

FORBIDDEN = [
    ("protocol.x", "import homeassistant.core"),
    ("protocol.x", "import asyncio"),
    ("protocol.x", "from aiohttp import web"),
    ("protocol.x", "import time"),
    ("protocol.x", "from ..policy import trust"),
    ("protocol.x", "from .. import hub"),
    ("protocol.x", "from ..common.const import DOMAIN"),
    ("protocol.x", "from custom_components.oceanremote.vault import Vault"),
    ("protocol.x", "def f():\n    import socket"),
    ("protocol.x", "if TYPE_CHECKING:\n    from ..policy.trust import Trust"),
    ("protocol.x", "from importlib import import_module\nimport_module('asyncio')"),
    ("protocol.x", "import importlib\nimportlib.import_module(name)"),
    ("policy.x", "import cryptography"),
    ("policy.x", "from ..protocol.limits import HUB_RX_LIMIT"),
    ("policy.x", "import custom_components.oceanremote.protocol"),
    ("challenge.protocol.x", "import asyncio"),
    ("challenge.protocol.x", "from ...vault import Vault"),
    ("common.x", "from ..vault import Vault"),
    ("vault.x", "from ..audit.record import SecurityLog"),
    ("transport.x", "from ..hub import Hub"),
    ("transport.x", "from ..device.coordinator import DeviceCoordinator"),
    ("transport.x", "import cbor2"),
    ("device.x", "from ..transport._frames import Frame"),
    ("hub.x", "from ..challenge.devices import ChallengeDevices"),
    ("hub.x", "from ..entity import DeviceEntity"),
    ("sensor", "from .vault import Vault"),
    ("sensor", "from .hub import Hub"),
    ("sensor", "from .protocol.keys import KeyPair"),
    ("sensor", "from .protocol import HubConnection"),
    ("sensor", "from .light.color import to_rgb"),
    ("light.color", "from ..transport.link import Link"),
    ("device.coordinator", "from ..http.pages import Page"),
]
ALLOWED = [
    ("protocol.x", "from cryptography.hazmat.primitives import hashes\nimport cbor2"),
    ("protocol.x", "from .keys import KeyPair\nfrom dataclasses import dataclass"),
    ("policy.x", "from .trust import Trust\nimport hashlib"),
    ("transport.x", "from aiohttp import web\nfrom ..protocol import HubConnection"),
    ("transport.x", "from homeassistant.components.http import HomeAssistantView"),
    ("sensor", "from .entity import Base\nfrom .protocol.entities import Domain"),
    ("light", "from .light.color import to_rgb"),
    ("hub", "from .transport.link import Link\nfrom .vault import Vault"),
    ("device.coordinator", "from ..transport.link import Link"),
    ("device.coordinator", "from ..protocol import HubConnection\nimport asyncio"),
    ("transport.x", "from ._frames import Frame"),
]
KNOWN = [
    "challenge.devices",
    "common.const",
    "device.coordinator",
    "entity",
    "http.pages",
    "hub",
    "light.color",
    "policy.trust",
    "protocol",
    "protocol.entities",
    "protocol.keys",
    "transport._frames",
    "transport.link",
    "vault",
]


def tree_with(name: str, text: str) -> list[Module]:
    others = [parse_module(other, "") for other in KNOWN if other != name]
    return [*others, parse_module(name, text)]


@pytest.mark.parametrize(("name", "text"), FORBIDDEN)
def test_a_forbidden_import_is_found(name: str, text: str) -> None:
    assert violations(tree_with(name, text))


@pytest.mark.parametrize(("name", "text"), ALLOWED)
def test_an_allowed_import_passes(name: str, text: str) -> None:
    assert violations(tree_with(name, text)) == []


def test_a_circle_is_found_through_lazy_imports() -> None:
    tree = [
        parse_module("a", "from .b import x"),
        parse_module("b", "def f():\n    from . import c"),
        parse_module("c", "if TYPE_CHECKING:\n    from .a import y"),
        parse_module("d", "from .a import z"),
    ]
    assert circles(tree) == ["a -> b -> c -> a"]


def test_a_circle_through_a_package_is_found() -> None:
    tree = [
        parse_module("p", "from .inner import x", is_package=True),
        parse_module("p.inner", "from . import y"),
    ]
    assert circles(tree) == ["p -> p.inner -> p"]


def test_a_tree_is_no_circle() -> None:
    tree = [
        parse_module("", "from .a import x", is_package=True),
        parse_module("a", "from .b import x\nfrom .c import y"),
        parse_module("b", "from .c import z"),
        parse_module("c", ""),
    ]
    assert circles(tree) == []
