"""The import rules hold in the integration."""

from .layers import PACKAGES, circles, strangers, violations
from .source import integration_modules


def test_every_module_imports_only_what_its_layer_may() -> None:
    assert violations(integration_modules()) == []


def test_no_import_circles() -> None:
    assert circles(integration_modules()) == []


def test_the_root_holds_what_home_assistant_looks_for_and_nothing_else() -> None:
    assert strangers(integration_modules()) == []


def test_the_layers_are_there_to_be_judged() -> None:
    names = {module.name for module in integration_modules()}
    assert {"", "entity", *PACKAGES} <= names
