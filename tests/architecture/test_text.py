"""No file carries what must not be in the repository."""

import ast
from collections.abc import Callable, Iterable
from pathlib import Path

from . import text_rules
from .source import REPO, integration_modules, repository_files, text_of

CODE = {".py", ".h", ".cpp", ".ino", ".js", ".mjs", ".yaml", ".yml", ".sh", ".md"}
FILE_LINES = 400
FUNCTION_LINES = 60


def found_in(
    rule: Callable[[str], list[str]], paths: Iterable[Path]
) -> dict[str, list[str]]:
    """Return what a rule finds, by file."""
    return {
        str(path.relative_to(REPO)): found
        for path in paths
        if (text := text_of(path)) is not None
        if (found := rule(text))
    }


def python_files(*folders: str) -> list[Path]:
    """Return the Python files below the folders of the repository."""
    return [
        path
        for path in repository_files()
        if path.suffix == ".py" and path.relative_to(REPO).parts[0] in folders
    ]


def firmware_files() -> list[Path]:
    """Return the C++ files of the firmware."""
    return [
        path
        for path in repository_files()
        if path.suffix in {".h", ".cpp", ".ino"}
        and path.relative_to(REPO).parts[0] == "esphome"
    ]


def lines_in(
    rule: Callable[[ast.AST], Iterable[object]], paths: Iterable[Path]
) -> dict[str, list[object]]:
    """Return what a rule on syntax trees finds, by file."""
    return {
        str(path.relative_to(REPO)): found
        for path in paths
        if (found := list(rule(ast.parse(path.read_text()))))
    }


def test_there_are_files_to_be_judged() -> None:
    names = {str(path.relative_to(REPO)) for path in repository_files()}
    assert {"script/setup", "custom_components/oceanremote/manifest.json"} <= names


def test_no_address_of_a_package_registry() -> None:
    assert found_in(text_rules.registry_hosts, repository_files()) == {}


def test_no_path_of_a_developers_machine() -> None:
    assert found_in(text_rules.machine_paths, repository_files()) == {}


def test_no_kind_of_machine_is_taken_for_granted() -> None:
    assert found_in(text_rules.kinds_of_machine, repository_files()) == {}


def test_no_mark_of_unfinished_work() -> None:
    code = [path for path in repository_files() if path.suffix in CODE]
    assert found_in(text_rules.unfinished, code) == {}


def test_extremes_of_the_firmware_name_their_type() -> None:
    assert found_in(text_rules.untyped_extremes, firmware_files()) == {}


def test_no_socket_of_the_firmware_is_shut_down() -> None:
    assert found_in(text_rules.shutdowns, firmware_files()) == {}


def test_no_exception_is_swallowed() -> None:
    everywhere = python_files("custom_components", "esphome", "script", "tests")
    assert lines_in(text_rules.swallowed, everywhere) == {}


def test_logs_are_formatted_lazily() -> None:
    assert lines_in(text_rules.eager_logs, python_files("custom_components")) == {}


def test_no_test_is_skipped() -> None:
    assert lines_in(text_rules.skipped_tests, python_files("tests")) == {}


def test_functions_fit_a_screen() -> None:
    def too_long(tree: ast.AST) -> Iterable[str]:
        return text_rules.long_functions(tree, FUNCTION_LINES)

    assert lines_in(too_long, python_files("custom_components", "esphome")) == {}


def test_files_hold_one_idea() -> None:
    """But for the header that `script/generate` writes: nobody reads it for an idea."""
    product = {".py", ".h", ".cpp"}
    lengths = {
        str(path.relative_to(REPO)): len(path.read_text().splitlines())
        for path in repository_files()
        if path.suffix in product
        and path.relative_to(REPO).parts[0] in {"custom_components", "esphome"}
        and path.name != "wire_domains.h"
    }
    assert {name: n for name, n in lengths.items() if n > FILE_LINES} == {}


def test_every_module_says_what_it_is() -> None:
    assert [
        m.name for m in integration_modules() if not ast.get_docstring(m.tree)
    ] == []
