"""Which texts the code asks for, and which the translations have."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from .source import Module

# The keyword of a call, and the part of a flow's texts that it names.
FLOW_KEYWORDS = {"step_id": "step", "reason": "abort"}
ABORTS = frozenset({"async_abort", "AbortFlow"})
FORMS = frozenset({"async_show_form", "async_show_menu", "async_show_progress"})
# Where texts lie that are asked for by translation_key.
KEYED_SECTIONS = ("exceptions", "issues", "selector", "device")


@dataclass(frozen=True)
class Wanted:
    """One text that the code asks for: `kind` is step, abort, error or key."""

    kind: str
    key: str
    line: int


def constants_of(tree: ast.Module) -> dict[str, str]:
    """Return the module's own string constants by name."""
    return {
        target.id: statement.value.value
        for statement in tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for target in (
            statement.targets
            if isinstance(statement, ast.Assign)
            else [statement.target]
        )
        if isinstance(target, ast.Name)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    }


def _text(node: ast.expr | None, constants: dict[str, str]) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Name):
        return constants.get(node.id)
    return None


def _of_call(node: ast.Call, constants: dict[str, str]) -> Iterator[Wanted]:
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    for keyword in node.keywords:
        value = _text(keyword.value, constants)
        if value is None or keyword.arg is None:
            continue
        flow = (keyword.arg == "step_id" and name in FORMS) or (
            keyword.arg == "reason" and name in ABORTS
        )
        if flow:
            yield Wanted(FLOW_KEYWORDS[keyword.arg], value, node.lineno)
        elif keyword.arg == "translation_key":
            yield Wanted("key", value, node.lineno)


def _of_assignment(
    target: ast.expr, value: ast.expr | None, constants: dict[str, str]
) -> Iterator[Wanted]:
    text = _text(value, constants)
    if text is None:
        return
    if isinstance(target, ast.Subscript):
        if getattr(target.value, "id", "") == "errors":
            yield Wanted("error", text, target.lineno)
    elif getattr(target, "id", getattr(target, "attr", "")) == "_attr_translation_key":
        yield Wanted("key", text, target.lineno)


def _of_dict(node: ast.Dict, constants: dict[str, str]) -> Iterator[Wanted]:
    for key, value in zip(node.keys, node.values, strict=True):
        text = _text(value, constants)
        if text is not None and _text(key, constants) == "translation_key":
            yield Wanted("key", text, node.lineno)


def wanted_by(module: Module) -> list[Wanted]:
    """Return the texts that a module asks for by constant names."""
    constants = constants_of(module.tree)
    found: list[Wanted] = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            found += _of_call(node, constants)
        elif isinstance(node, ast.Dict):
            found += _of_dict(node, constants)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                found += _of_assignment(target, node.value, constants)
        elif isinstance(node, ast.AnnAssign):
            found += _of_assignment(node.target, node.value, constants)
    return found


def class_keys(tree: ast.Module) -> set[str]:
    """Return the `key` of every class from which no other derives."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    bases = {getattr(base, "id", "") for node in classes for base in node.bases}
    return {
        statement.value.value
        for node in classes
        if node.name not in bases
        for statement in node.body
        if isinstance(statement, ast.Assign)
        and getattr(statement.targets[0], "id", "") == "key"
        and isinstance(statement.value, ast.Constant)
    }


def flows_for(module: str, texts: dict[str, dict]) -> list[dict]:
    """Return the flow sections that a module's steps may lie in."""
    if module.partition(".")[0] == "repairs":
        issues = texts.get("issues", {}).values()
        return [issue["fix_flow"] for issue in issues if "fix_flow" in issue]
    if module in {"config_flow", "flows.address_pages", "flows.options"}:
        return [texts.get("config", {}), texts.get("options", {})]
    return list(texts.get("config_subentries", {}).values())


def keyed(texts: dict[str, dict]) -> set[str]:
    """Return every key that a translation_key may name."""
    found = {key for section in KEYED_SECTIONS for key in texts.get(section, {})}
    for platform in texts.get("entity", {}).values():
        found |= set(platform)
    return found


def missing(module: Module, texts: dict[str, dict]) -> list[str]:
    """Return one line per text that a module asks for and nobody wrote."""
    lines = []
    for wanted in wanted_by(module):
        if wanted.kind == "key":
            there = wanted.key in keyed(texts)
        else:
            flows = flows_for(module.name, texts)
            there = any(wanted.key in flow.get(wanted.kind, {}) for flow in flows)
        if not there:
            lines.append(f"{module.name}:{wanted.line}: no {wanted.kind} {wanted.key}")
    return lines


def paths_of(texts: dict[str, object], prefix: str = "") -> set[str]:
    """Return the dotted paths of all texts."""
    found: set[str] = set()
    for key, value in texts.items():
        path = f"{prefix}{key}"
        found |= paths_of(value, f"{path}.") if isinstance(value, dict) else {path}
    return found
