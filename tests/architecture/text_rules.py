"""What may stand in no file of the repository, and in no function of the product."""

import ast
from collections.abc import Iterator
import re

# In parts, as the pattern of unfinished work below: this file passes its own rules.
_HOSTS = (
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("npmjs", "(org|com)"),
    ("crates", "io"),
    ("deb.debian", "org"),
    ("security.debian", "org"),
    ("snapshot.debian", "org"),
    ("ghcr", "io"),
    ("registry.platformio", "org"),
    ("registry.components.espressif", "com"),
)
REGISTRY = re.compile(
    "|".join(rf"\b{name.replace('.', re.escape('.'))}\.{end}\b" for name, end in _HOSTS)
)
MACHINE_PATH = re.compile(r"(^|[^\w.])/(work|root|home/\w+)/")
KIND_OF_MACHINE = re.compile(r"\b(x86_64|i\d86|amd64|aarch64|arm\w*|riscv\d+)-linux")
UNFINISHED = re.compile(r"\b(TOD[O]|FIXM[E]|XX[X])\b")
UNTYPED_EXTREME = re.compile(r"\bstd::(?:min|max|clamp)\s*\([^\n]*")
SHUTDOWN = re.compile(r"(?:->|\.)shutdown\s*\(")
LOG_METHODS = frozenset(
    {"debug", "info", "warning", "error", "exception", "critical", "log"}
)
SKIPS = frozenset({"skip", "skipif", "xfail", "importorskip"})


def registry_hosts(text: str) -> list[str]:
    """Return the names of package registries in a text."""
    return [match.group() for match in REGISTRY.finditer(text)]


def machine_paths(text: str) -> list[str]:
    """Return the paths of a developer's machine in a text."""
    return [match.group() for match in MACHINE_PATH.finditer(text)]


def kinds_of_machine(text: str) -> list[str]:
    """Return the names of one kind of machine, as its folders of libraries have them."""
    return [match.group() for match in KIND_OF_MACHINE.finditer(text)]


def unfinished(text: str) -> list[str]:
    """Return the marks of unfinished work in a text."""
    return [match.group() for match in UNFINISHED.finditer(text)]


def untyped_extremes(text: str) -> list[str]:
    """Return the calls of std::min and its like that leave their type to a guess.

    A board's uint32_t is another type than this machine's, so that two arguments
    which agree here may disagree there.
    """
    return [match.group() for match in UNTYPED_EXTREME.finditer(text)]


def shutdowns(text: str) -> list[str]:
    """Return the calls that shut a socket down.

    lwIP frees the connection then, ESPHome's socket keeps the pointer, and close()
    works on freed memory.
    """
    return [match.group() for match in SHUTDOWN.finditer(text)]


def _catches_everything(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type
    if kinds is None:
        return True
    each = kinds.elts if isinstance(kinds, ast.Tuple) else [kinds]
    return any(
        isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"}
        for kind in each
    )


def _does_nothing(body: list[ast.stmt]) -> bool:
    return all(
        isinstance(statement, ast.Pass | ast.Continue)
        or (
            isinstance(statement, ast.Expr)
            and isinstance(statement.value, ast.Constant)
        )
        for statement in body
    )


def swallowed(tree: ast.AST) -> Iterator[int]:
    """Yield the lines where any exception at all is silently dropped."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            if _catches_everything(node) and _does_nothing(node.body):
                yield node.lineno
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            kinds = {getattr(argument, "id", "") for argument in node.args}
            if name == "suppress" and kinds & {"Exception", "BaseException"}:
                yield node.lineno


def eager_logs(tree: ast.AST) -> Iterator[int]:
    """Yield the lines of log calls that format their text before the level is known."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner = getattr(node.func.value, "id", getattr(node.func.value, "attr", ""))
        if node.func.attr not in LOG_METHODS or "log" not in owner.lower():
            continue
        message = int(node.func.attr == "log")
        for argument in node.args[message : message + 1]:
            formatted = isinstance(argument, ast.JoinedStr | ast.BinOp) or (
                isinstance(argument, ast.Call)
                and isinstance(argument.func, ast.Attribute)
                and argument.func.attr == "format"
            )
            if formatted:
                yield node.lineno


def skipped_tests(tree: ast.AST) -> Iterator[int]:
    """Yield the lines where a test is left out or expected to fail."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in SKIPS
            and ast.unparse(node.value) in {"pytest", "pytest.mark"}
        ):
            yield node.lineno


def long_functions(tree: ast.AST, limit: int) -> Iterator[str]:
    """Yield `name (lines)` of functions whose body, docstring apart, exceeds `limit`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        first = node.body[0]
        documented = isinstance(first, ast.Expr) and isinstance(
            first.value, ast.Constant
        )
        begin = first.end_lineno if documented else node.lineno
        length = (node.end_lineno or node.lineno) - (begin or node.lineno)
        if length > limit:
            yield f"{node.name} ({length})"
