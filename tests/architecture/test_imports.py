"""The import rules hold in the integration."""

from .layers import circles, violations
from .source import integration_modules


def test_every_module_imports_only_what_its_layer_may() -> None:
    assert violations(integration_modules()) == []


def test_no_import_circles() -> None:
    assert circles(integration_modules()) == []


def test_the_layers_are_there_to_be_judged() -> None:
    names = {module.name for module in integration_modules()}
    assert {"", "hub", "protocol", "policy", "gateway", "entity"} <= names
