"""The published vectors that lie in tests/vectors."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "vectors"


def load(name: str) -> Any:
    """Return the content of a vector file."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def wycheproof(name: str) -> list[dict[str, Any]]:
    """Return all tests of a Wycheproof file, with their group's fields."""
    return [
        {key: value for key, value in group.items() if key != "tests"} | test
        for group in load(f"wycheproof_{name}.json")["testGroups"]
        for test in group["tests"]
    ]
