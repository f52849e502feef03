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
    ("protocol.x", "from custom_components.oceanremote.vault import Vault"),
    ("protocol.x", "def f():\n    import socket"),
    ("protocol.x", "if TYPE_CHECKING:\n    from ..policy.trust import Trust"),
    ("protocol.x", "from importlib import import_module\nimport_module('asyncio')"),
    ("protocol.x", "import importlib\nimportlib.import_module(name)"),
    ("policy.x", "import cryptography"),
    ("policy.x", "from ..protocol.limits import HUB_RX_LIMIT"),
    ("policy.x", "import custom_components.oceanremote.protocol"),
    ("gateway.x", "from ..hub import Hub"),
    ("gateway.x", "from ..vault import Vault"),
    ("gateway.x", "import cbor2"),
    ("sensor", "from .vault import Vault"),
    ("sensor", "from .hub import Hub"),
    ("sensor", "from .protocol.keys import KeyPair"),
    ("sensor", "from .protocol import HubConnection"),
    ("sensor", "from .light_color import to_rgb"),
    ("light_color", "from .gateway.link import Link"),
    ("coordinator", "from .gateway.views import ConnectView"),
]
ALLOWED = [
    ("protocol.x", "from cryptography.hazmat.primitives import hashes\nimport cbor2"),
    ("protocol.x", "from .keys import KeyPair\nfrom dataclasses import dataclass"),
    ("policy.x", "from .trust import Trust\nimport hashlib"),
    ("gateway.x", "from aiohttp import web\nfrom ..protocol import HubConnection"),
    ("gateway.x", "from homeassistant.components.http import HomeAssistantView"),
    ("sensor", "from .entity import Base\nfrom .protocol.entities import Domain"),
    ("light", "from .light_color import to_rgb"),
    ("hub", "from .gateway.link import Link\nfrom .vault import Vault"),
    ("coordinator", "from .gateway.link import Link"),
    ("coordinator", "from .protocol import HubConnection\nimport asyncio"),
]
NAMES = ["protocol", "policy", "gateway", "hub", "vault", "entity", "light_color"]


def tree_with(name: str, text: str) -> list[Module]:
    others = [parse_module(other, "") for other in NAMES if other != name]
    known = ["protocol.keys", "protocol.entities", "policy.trust"]
    known += ["gateway.link", "gateway.views"]
    others += [parse_module(other, "") for other in known]
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
