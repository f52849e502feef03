"""The import rules hold in the integration."""

from .layers import PACKAGES, TO_CUT, circles, package_of, strangers, violations
from .source import imports_of, integration_modules


def test_every_module_imports_only_what_its_layer_may() -> None:
    assert violations(integration_modules()) == []


def test_no_import_circles() -> None:
    assert circles(integration_modules()) == []


def test_the_root_holds_what_home_assistant_looks_for_and_nothing_else() -> None:
    assert strangers(integration_modules()) == []


def test_the_layers_are_there_to_be_judged() -> None:
    names = {module.name for module in integration_modules()}
    assert {"", "entity", *PACKAGES} <= names


def test_what_waits_to_be_cut_is_still_there() -> None:
    modules = integration_modules()
    known = frozenset(module.name for module in modules)
    arrows = {
        (module.name, package_of(found.target))
        for module in modules
        for found in imports_of(module, known)
        if found.own
    }
    assert arrows >= TO_CUT
