"""Writes every file that is made from the tables; `--check` only compares."""

from collections.abc import Iterator
from pathlib import Path
import sys
from typing import Final

import domain_document
import domain_grammar
import domain_header

# The protocol needs no Home Assistant, so what is made from it needs none either.
import tests.plugins.homeassistant_blocked  # noqa: F401
from tests.support import vector_files

REPO: Final = Path(__file__).parents[2]
HEADER: Final = REPO / "esphome/components/oceanremote_core/wire_domains.h"
GRAMMAR: Final = REPO / "docs/protocol.cddl"
DOCUMENT: Final = REPO / "docs/entities.md"


def between(text: str, begin: str, end: str, new: str) -> str:
    """Return a text with what lies between two marks replaced.

    Raises ValueError where a mark is missing.
    """
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"no {begin.strip()!r} … {end.strip()!r}")
    return f"{before}{begin}{new}{end}{after}"


def files() -> Iterator[tuple[Path, str]]:
    """Yield every file with the text that it is to have."""
    yield HEADER, domain_header.header()
    yield (
        GRAMMAR,
        between(
            GRAMMAR.read_text(encoding="utf-8"),
            domain_grammar.BEGIN,
            domain_grammar.END,
            domain_grammar.rules(),
        ),
    )
    yield (
        DOCUMENT,
        between(
            DOCUMENT.read_text(encoding="utf-8"),
            domain_document.BEGIN,
            domain_document.END,
            domain_document.tables(),
        ),
    )
    vectors = vector_files.build()
    yield vector_files.JSON_FILE, vector_files.as_json(vectors)
    yield vector_files.TEXT_FILE, vector_files.as_text(vectors)


def is_current(path: Path, text: str) -> bool:
    """Return whether a file has that text."""
    return path.exists() and path.read_text(encoding="utf-8") == text


def main() -> int:
    """Write the files, or return 1 if they are not current."""
    stale = [(path, text) for path, text in files() if not is_current(path, text)]
    if "--check" in sys.argv[1:]:
        for path, _ in stale:
            print(f"{path.relative_to(REPO)} is not current: run script/generate")
        return 1 if stale else 0
    for path, text in stale:
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.relative_to(REPO)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
