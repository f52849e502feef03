"""Every text that the code asks for is written; the checker is tested beside it."""

import ast
import json

import pytest
import yaml

from .source import INTEGRATION, integration_modules, parse_module
from .translation_keys import class_keys, missing, paths_of

TRANSLATIONS = INTEGRATION / "translations"
TEXTS = json.loads((TRANSLATIONS / "en.json").read_text())


def test_every_text_that_the_code_asks_for_is_written() -> None:
    lines = [
        line for module in integration_modules() for line in missing(module, TEXTS)
    ]
    assert lines == []


def test_every_error_class_has_a_text() -> None:
    tree = next(m.tree for m in integration_modules() if m.name == "common.errors")
    keys = class_keys(tree)
    assert keys
    assert keys <= set(TEXTS["exceptions"])


def test_the_keys_of_derived_classes_are_found() -> None:
    tree = ast.parse("class B(E):\n    key = 'b'\nclass C(B):\n    key = 'c'")
    assert class_keys(tree) == {"c"}


def test_services_have_names_texts_and_icons() -> None:
    services = yaml.safe_load((INTEGRATION / "services.yaml").read_text())
    icons = json.loads((INTEGRATION / "icons.json").read_text())
    assert set(services) == set(TEXTS["services"]) == set(icons["services"])
    for name, service in services.items():
        fields = set(service.get("fields") or {})
        assert fields == set(TEXTS["services"][name].get("fields", {})), name


def test_every_language_has_every_text() -> None:
    expected = paths_of(TEXTS)
    for path in sorted(TRANSLATIONS.glob("*.json")):
        assert paths_of(json.loads(path.read_text())) == expected, path.name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("config_flow", "self.async_show_form(step_id='absent')"),
        ("config_flow", "STEP = 'absent'\nself.async_show_form(step_id=STEP)"),
        ("config_flow", "self.async_abort(reason='absent')"),
        ("config_flow", "errors['base'] = 'absent'"),
        ("flows.device", "self.async_show_form(step_id='only_in_config')"),
        ("repairs", "self.async_abort(reason='only_in_config')"),
        ("hub", "raise Error(translation_key='absent')"),
        ("hub", "arguments = {'translation_key': 'absent'}"),
        ("sensor", "class S:\n    _attr_translation_key = 'absent'"),
        ("sensor", "class S:\n    _attr_translation_key: str = 'absent'"),
    ],
)
def test_an_absent_text_is_found(name: str, text: str) -> None:
    texts = {
        "config": {
            "step": {"only_in_config": {}},
            "abort": {"only_in_config": ""},
            "error": {},
        },
        "config_subentries": {"device": {"step": {}}},
        "issues": {"x": {"fix_flow": {"abort": {}}}},
        "exceptions": {},
    }
    assert missing(parse_module(name, text), texts)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("config_flow", "self.async_show_form(step_id='user')"),
        ("config_flow", "errors['base'] = 'wrong'"),
        ("hub", "raise Error(translation_key='lost')"),
        ("sensor", "class S:\n    _attr_translation_key = 'status'"),
        ("hub", "self.ban(reason='no text of a flow')"),
    ],
)
def test_a_written_text_is_fine(name: str, text: str) -> None:
    texts = {
        "config": {"step": {"user": {}}, "error": {"wrong": ""}},
        "exceptions": {"lost": {}},
        "entity": {"sensor": {"status": {}}},
    }
    assert missing(parse_module(name, text), texts) == []
