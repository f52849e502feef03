"""Print shell `export` lines that give uv the package sources pip is set up for.

uv ignores pip's configuration files and variables. Each variable that uv already
has in the environment is left alone. Runs on the system's Python 3.11.
"""

from __future__ import annotations

import ast
import os
import shlex
import subprocess
import sys

# uv's variable for each of pip's options, and what joins several values.
VARIABLES = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "cert": ("SSL_CERT_FILE", " "),
}


def pip_settings() -> dict[str, str]:
    """Return pip's effective options; later sources override earlier ones."""
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    settings: dict[str, str] = {}
    for line in listing.splitlines():
        name, _, value = line.partition("=")
        scope, _, option = name.rpartition(".")
        if option in settings and not scope.startswith(":env:"):
            continue
        settings[option] = str(ast.literal_eval(value))
    return settings


def main() -> None:
    """Print one export line per setting that uv lacks."""
    for option, value in pip_settings().items():
        variable, separator = VARIABLES.get(option, ("", ""))
        if variable and variable not in os.environ and value.split():
            joined = separator.join(value.split())
            print(f"export {variable}={shlex.quote(joined)}")
            if variable == "UV_INDEX":
                # As pip: the best version among all the indexes counts.
                print("export UV_INDEX_STRATEGY=unsafe-best-match")


if __name__ == "__main__":
    main()
