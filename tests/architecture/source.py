"""Reading the sources: modules, syntax trees and imports."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
import subprocess

REPO = Path(__file__).parents[2]
INTEGRATION = REPO / "custom_components/oceanremote"
PACKAGE = "custom_components.oceanremote"


@dataclass(frozen=True)
class Module:
    """One Python file of the integration; `name` is relative to it, '' for its root."""

    name: str
    tree: ast.Module
    is_package: bool

    @property
    def parents(self) -> list[str]:
        """The parts of the package that relative imports start from."""
        parts = self.name.split(".") if self.name else []
        return parts if self.is_package else parts[:-1]


@dataclass(frozen=True)
class Import:
    """One imported module: `own` tells whether it belongs to the integration."""

    target: str
    line: int
    own: bool


def parse_module(name: str, text: str, *, is_package: bool = False) -> Module:
    """Return the module that this text is."""
    return Module(name, ast.parse(text), is_package)


@cache
def integration_modules() -> tuple[Module, ...]:
    """Return every module of the integration."""
    modules = []
    for path in sorted(INTEGRATION.rglob("*.py")):
        parts = path.relative_to(INTEGRATION).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        modules.append(parse_module(name, path.read_text(), is_package=is_package))
    return tuple(modules)


def _absolute(target: str, line: int) -> Import:
    if target == PACKAGE or target.startswith(f"{PACKAGE}."):
        return Import(target[len(PACKAGE) + 1 :], line, own=True)
    return Import(target, line, own=False)


def _from_import(
    module: Module, node: ast.ImportFrom, known: frozenset[str]
) -> Iterator[Import]:
    """Yield what a `from … import …` reaches: submodules by name, else the module."""
    if node.level == 0:
        base = node.module or ""
    else:
        parents = module.parents
        kept = parents[: len(parents) - node.level + 1]
        base = ".".join([PACKAGE, *kept, *(node.module or "").split(".")]).rstrip(".")
    for alias in node.names:
        found = _absolute(f"{base}.{alias.name}", node.lineno)
        if found.own and found.target in known:
            yield found
        else:
            yield _absolute(base, node.lineno)


def imports_of(module: Module, known: frozenset[str]) -> list[Import]:
    """Return every import, also those inside functions and below TYPE_CHECKING.

    `known` holds the names of the integration's modules, which tells a submodule
    from a name defined in a package.
    """
    found: list[Import] = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found += [_absolute(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += _from_import(module, node, known)
        elif isinstance(node, ast.Call):
            found += _dynamic_import(node)
    return found


def _dynamic_import(node: ast.Call) -> Iterator[Import]:
    """Yield what `import_module("…")` or `__import__("…")` names."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if isinstance(node.func, ast.Name):
        name = node.func.id
    if name not in {"import_module", "__import__"} or not node.args:
        return
    argument = node.args[0]
    literal = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    # A computed name cannot be judged, so it is nobody's.
    yield _absolute(str(argument.value) if literal else "<computed>", node.lineno)


@cache
def repository_files() -> tuple[Path, ...]:
    """Return the files that git tracks or would, without the ignored ones."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPO,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    paths = sorted({REPO / name for name in listing.split("\0") if name})
    return tuple(path for path in paths if path.is_file())


def text_of(path: Path) -> str | None:
    """Return a file's text; None for a binary file."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None
