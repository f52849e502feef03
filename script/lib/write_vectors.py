"""Writes tests/vectors/transcripts.json and transcripts.txt; `--check` only compares."""

import sys

# The protocol needs no Home Assistant, so its vectors need none either.
import tests.plugins.homeassistant_blocked  # noqa: F401
from tests.support.vector_files import JSON_FILE, TEXT_FILE, as_json, as_text, build


def main() -> int:
    """Write the files, or return 1 if they are not current."""
    vectors = build()
    files = {JSON_FILE: as_json(vectors), TEXT_FILE: as_text(vectors)}
    if "--check" in sys.argv[1:]:
        stale = [path for path, text in files.items() if path.read_text() != text]
        for path in stale:
            print(f"{path.name} is not current: run script/generate-vectors")
        return 1 if stale else 0
    for path, text in files.items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
