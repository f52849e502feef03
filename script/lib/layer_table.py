"""The layer-failure matrix as a table, read from the docstrings of its tests."""

import ast
from collections.abc import Iterator
from pathlib import Path
import re
from typing import Final, NamedTuple

FOLDER: Final = Path(__file__).resolve().parents[2] / "tests/security"
FILES: Final = ("test_layers.py", "test_layers_carrier.py")
_ROW = re.compile(
    r"(?P<lost>.+?)\.\s+Tries: (?P<tries>.+?)\s+"
    r"Stopped by: (?P<stopped>.+?)\s+Noticed: (?P<noticed>.+)"
)


class LayerRow(NamedTuple):
    """One row: what is lost, what is tried, what stops it, what is noticed."""

    lost: str
    tries: str
    stopped: str
    noticed: str
    test: str


def layer_rows(folder: Path = FOLDER) -> Iterator[LayerRow]:
    """Yield the row of every test; raises ValueError for a docstring that is none."""
    for name in FILES:
        tree = ast.parse((folder / name).read_text(encoding="utf-8"))
        for node in tree.body:
            if not isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
                continue
            if not node.name.startswith("test_"):
                continue
            text = " ".join((ast.get_docstring(node) or "").split())
            match = _ROW.fullmatch(text)
            if match is None:
                raise ValueError(f"{name}: the docstring of {node.name} is no row")
            yield LayerRow(*match.groups(), test=node.name)


def layer_table() -> str:
    """Return the rows as Markdown."""
    lines = [
        "| lost or broken, alone | the attacker tries | what stops it | what is noticed |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {row.lost} (`{row.test}`) | {row.tries} | {row.stopped} | {row.noticed} |"
        for row in layer_rows()
    ]
    return "\n".join(lines)
